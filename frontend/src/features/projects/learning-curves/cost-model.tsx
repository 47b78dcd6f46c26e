import { useLingui } from "@lingui/react";
import { Button, Modal, NumberInput, SimpleGrid, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, ifMatch, type Schemas, unwrap } from "../../../shared/api/client";
import { DialogButtons } from "../../../shared/ui/dialog-buttons";
import { ErrorAlert, toast } from "../../../shared/ui/feedback";

type StoredCostModel = Schemas["CostModelOut"];
type CostModel = Omit<StoredCostModel, "etag">;

/** What labels and errors cost, entered by people. */
export function CostModelButton({ projectId, value }: { projectId: number; value: StoredCostModel }) {
  const { i18n } = useLingui();
  const [isOpen, dialog] = useDisclosure(false);
  return (
    <>
      <Button variant="default" onClick={dialog.open}>
        {i18n._("Edit costs…")}
      </Button>
      <Modal opened={isOpen} onClose={dialog.close} title={i18n._("Costs of labels and errors")} size="lg">
        <CostModelForm projectId={projectId} value={value} close={dialog.close} />
      </Modal>
    </>
  );
}

function CostModelForm({
  projectId,
  value,
  close,
}: {
  projectId: number;
  value: StoredCostModel;
  close: () => void;
}) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const [start] = useState(value);
  const [draft, setDraft] = useState<CostModel>(() => {
    const { etag: _, ...entered } = value;
    return entered;
  });
  const save = useMutation({
    mutationFn: () =>
      unwrap(
        api.PATCH("/api/v1/projects/{project_id}/cost-model/", {
          params: { path: { project_id: projectId }, header: ifMatch(start) },
          body: draft,
        }),
      ),
    onSuccess: () => {
      toast(i18n, i18n._("Costs saved."));
      close();
      void queries.invalidateQueries({ queryKey: ["curve-forecast"] });
    },
  });
  const fields: [keyof CostModel, string, string?][] = [
    ["cost_per_label", i18n._("Price per accepted label"), i18n._("Empty: from recorded working time.")],
    ["fn_cost", i18n._("Cost of a miss (false negative)")],
    ["fp_cost", i18n._("Cost of a false alarm (false positive)")],
    ["fn_fraction", i18n._("Share of errors that are misses"), i18n._("0 to 1")],
    ["decisions_per_month", i18n._("Decisions per month")],
    ["months", i18n._("Months in operation")],
    [
      "baseline_cost",
      i18n._("Monthly cost of the current process"),
      i18n._("Including the cost of its errors."),
    ],
    ["operating_cost", i18n._("Monthly operating cost of the system")],
  ];
  const send = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={send}>
      <Stack>
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          {fields.map(([key, label, description]) => (
            <NumberInput
              key={key}
              label={label}
              description={description}
              min={0}
              decimalScale={6}
              required={["fn_fraction", "months", "operating_cost"].includes(key)}
              value={draft[key] ?? ""}
              onChange={(entered) => setDraft({ ...draft, [key]: entered === "" ? null : Number(entered) })}
            />
          ))}
        </SimpleGrid>
        {save.error && <ErrorAlert error={save.error} />}
        <DialogButtons close={close} isPending={save.isPending}>
          {i18n._("Save costs")}
        </DialogButtons>
      </Stack>
    </form>
  );
}
