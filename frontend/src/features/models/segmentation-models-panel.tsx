import { useLingui } from "@lingui/react";
import { Button, FileInput, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { ApiError, api, ownHeaders, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { bytes } from "../../shared/ui/amounts";
import { ConfirmButton } from "../../shared/ui/confirm-button";
import { DialogButtons } from "../../shared/ui/dialog-buttons";
import { EmptyState, ErrorAlert, toast } from "../../shared/ui/feedback";
import { type Column, DataTable } from "../../shared/ui/list/data-table";
import { useList } from "../../shared/ui/list/use-list";

async function send(body: FormData): Promise<void> {
  const answer = await fetch("/api/v1/segmentation-models/", {
    method: "POST",
    body,
    headers: ownHeaders(),
  });
  if (answer.ok) return;
  const data = await answer.json();
  throw new ApiError(answer.status, data.code, data.detail, data.errors);
}

/** Click-to-mask models: the newest one is offered to everybody who paints masks, and runs in their browser. */
export function SegmentationModelsPanel() {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const may = useMay("models.write");
  const [isAdding, adding] = useDisclosure(false);
  const list = useList(["segmentation-models"], (cursor) =>
    unwrap(api.GET("/api/v1/segmentation-models/", { params: { query: cursor } })),
  );
  const refresh = () => queries.invalidateQueries({ queryKey: ["segmentation-models"] });
  const add = useMutation({
    mutationFn: send,
    onSuccess: () => {
      adding.close();
      toast(i18n, i18n._("Segmentation model registered."));
      return refresh();
    },
  });
  const remove = useMutation({
    mutationFn: (id: number) =>
      unwrap(
        api.DELETE("/api/v1/segmentation-models/{segmentation_model_id}/", {
          params: { path: { segmentation_model_id: id } },
        }),
      ),
    onSuccess: refresh,
  });
  const columns: Column<Schemas["SegmentationModelOut"]>[] = [
    { id: "name", header: i18n._("Name"), isRowHeader: true, cell: (row) => row.name },
    {
      id: "size",
      header: i18n._("Size"),
      isNumeric: true,
      cell: (row) => bytes(row.size_bytes, i18n.locale),
    },
    ...(may
      ? [
          {
            id: "actions",
            header: i18n._("Actions"),
            cell: (row: Schemas["SegmentationModelOut"]) => (
              <ConfirmButton
                size="compact-sm"
                title={i18n._("Remove {name}?", { name: row.name })}
                consequence={i18n._("Annotators can no longer use it. Masks made with it stay.")}
                confirm={i18n._("Remove model")}
                onConfirm={() => remove.mutate(row.id)}
              >
                {i18n._("Remove…")}
              </ConfirmButton>
            ),
          },
        ]
      : []),
  ];
  const button = may && (
    <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={adding.open}>
      {i18n._("Register segmentation model")}
    </Button>
  );
  return (
    <>
      {remove.error && <ErrorAlert error={remove.error} />}
      <DataTable
        id="segmentation-models"
        name={i18n._("Interactive segmentation models")}
        list={list}
        columns={columns}
        rowId={(row) => String(row.id)}
        rowName={(row) => row.name}
        empty={<EmptyState title={i18n._("No segmentation models yet")} action={button} />}
      />
      {list.rows.length > 0 && button && <Group mt="sm">{button}</Group>}
      <Modal opened={isAdding} onClose={adding.close} title={i18n._("Register segmentation model")}>
        <form
          onSubmit={(event: FormEvent<HTMLFormElement>) => {
            event.preventDefault();
            add.mutate(new FormData(event.currentTarget));
          }}
        >
          <Stack gap="sm">
            <TextInput name="name" label={i18n._("Name")} required maxLength={120} data-autofocus />
            <FileInput
              name="file"
              label={i18n._("File")}
              placeholder={i18n._("Choose an ONNX file")}
              accept=".onnx"
              required
            />
            {add.error && <ErrorAlert error={add.error} />}
            <DialogButtons close={adding.close} isPending={add.isPending}>
              {i18n._("Register")}
            </DialogButtons>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
