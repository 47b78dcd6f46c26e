import { useLingui } from "@lingui/react";
import { Badge, Button, Group, Modal, Stack, Textarea, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDatabase, IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { Link, useNavigate } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { DialogButtons } from "../../shared/ui/dialog-buttons";
import { EmptyState, ErrorAlert } from "../../shared/ui/feedback";
import { type Column, DataTable } from "../../shared/ui/list/data-table";
import { useListState } from "../../shared/ui/list/list-state";
import { ListToolbar } from "../../shared/ui/list/list-toolbar";
import { DeletedSwitch, RestoreButton } from "../../shared/ui/list/restore";
import { useList } from "../../shared/ui/list/use-list";
import { count, moment } from "../../shared/ui/numbers";
import { Page } from "../../shared/ui/parts";
import { useRestoreDataset } from "./dataset-frame";

type Dataset = Schemas["DatasetOut"];

/** Every dataset: how much is in it, and the way to a new one. */
export function DatasetsPage() {
  const { i18n } = useLingui();
  const mayWrite = useMay("data.write");
  const mayErase = useMay("data.erase");
  const [isCreating, creating] = useDisclosure(false);
  const restore = useRestoreDataset();
  const state = useListState(["state"]);
  const isDeleted = state.filters.state === "deleted";
  const list = useList(["datasets", "list", state.query], (cursor) =>
    unwrap(api.GET("/api/v1/datasets/", { params: { query: { ...state.query, ...cursor } } })),
  );
  const columns: Column<Dataset>[] = [
    {
      id: "name",
      header: i18n._("Dataset"),
      ordering: "name",
      isRowHeader: true,
      cell: (row) => (
        <Group gap="xs">
          <Link to={`/datasets/${row.id}`}>{row.name}</Link>
          {row.deleted_at && (
            <Badge variant="default" tt="none" leftSection={<IconTrash size={12} aria-hidden />}>
              {i18n._("Deleted")}
            </Badge>
          )}
        </Group>
      ),
    },
    {
      id: "items",
      header: i18n._("Items"),
      ordering: "items",
      isNumeric: true,
      cell: (row) => count(row.items, i18n.locale),
    },
    { id: "note", header: i18n._("Description"), cell: (row) => row.note || "–" },
    {
      id: "retention",
      header: i18n._("Retention"),
      cell: (row) =>
        row.retention_days === null
          ? i18n._("Unlimited")
          : i18n._("{count, plural, one {# day} other {# days}}", { count: row.retention_days }),
    },
    {
      id: "created",
      header: i18n._("Created"),
      ordering: "created_at",
      cell: (row) => moment(row.created_at, i18n.locale),
    },
  ];
  if (isDeleted) {
    columns.push({
      id: "erased",
      header: i18n._("Erased for good on"),
      cell: (row) => (row.erased_at ? moment(row.erased_at, i18n.locale) : "–"),
    });
    if (mayErase)
      columns.push({
        id: "actions",
        header: i18n._("Actions"),
        cell: (row) => (
          <RestoreButton
            name={row.name}
            isLoading={restore.isPending && restore.variables === row.id}
            restore={() => restore.mutate(row.id)}
          />
        ),
      });
  }
  const create = mayWrite && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={creating.open}>
      {i18n._("New dataset")}
    </Button>
  );
  return (
    <Page
      title={i18n._("Datasets")}
      actions={
        <>
          {mayErase && (
            <Button variant="default" component={Link} to="/datasets/erased">
              {i18n._("Erased items")}
            </Button>
          )}
          {create}
        </>
      }
    >
      <ListToolbar state={state} searchLabel={i18n._("Search datasets")} views={{ list: "datasets" }}>
        <DeletedSwitch state={state} label={i18n._("Datasets shown")} />
      </ListToolbar>
      {restore.error && <ErrorAlert error={restore.error} />}
      <DataTable
        id="datasets"
        name={i18n._("Datasets")}
        list={list}
        state={state}
        columns={columns}
        rowId={(row) => String(row.id)}
        rowName={(row) => row.name}
        noMatch={isDeleted && !state.search ? i18n._("No deleted datasets.") : i18n._("No dataset matches.")}
        empty={
          <EmptyState title={i18n._("No datasets yet")} Icon={IconDatabase} action={create}>
            {i18n._("A dataset holds the images, texts or table rows that projects label.")}
          </EmptyState>
        }
      />
      <Modal opened={isCreating} onClose={creating.close} title={i18n._("New dataset")}>
        <NewDataset close={creating.close} />
      </Modal>
    </Page>
  );
}

function NewDataset({ close }: { close: () => void }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const make = useMutation({
    mutationFn: (body: Schemas["DatasetIn"]) => unwrap(api.POST("/api/v1/datasets/", { body })),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: ["datasets"] });
      navigate(`/datasets/${made.id}/imports`);
    },
  });
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    make.mutate({ name: String(form.get("name")), note: String(form.get("note")) });
  };
  return (
    <form onSubmit={send}>
      <Stack gap="sm">
        <TextInput name="name" label={i18n._("Name")} required maxLength={120} data-autofocus />
        <Textarea name="note" label={i18n._("Description")} maxLength={4000} />
        {make.error && <ErrorAlert error={make.error} />}
        <DialogButtons close={close} isPending={make.isPending}>
          {i18n._("Create dataset")}
        </DialogButtons>
      </Stack>
    </form>
  );
}
