import { useLingui } from "@lingui/react";
import { Button, Modal, NumberInput, Select, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { DialogButtons } from "../../shared/ui/dialog-buttons";
import { ErrorAlert } from "../../shared/ui/feedback";
import { type Column, DataTable } from "../../shared/ui/list/data-table";
import { wholeList } from "../../shared/ui/list/use-list";
import { count, moment, percent } from "../../shared/ui/numbers";
import { JobLine } from "../../shared/ui/parts";
import { Section } from "../../shared/ui/section";

/** Many items at once: predictions over a dataset, or proposals in the labeling queue. */
export function BatchPredictionsPanel({ version }: { version: Schemas["VersionDetail"] }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const may = useMay("models.write");
  const path = { params: { path: { version_id: version.id } } };
  const batches = useQuery({
    queryKey: ["batch-predictions", version.id],
    queryFn: () => unwrap(api.GET("/api/v1/model-versions/{version_id}/batch-predictions/", path)),
    refetchInterval: (query) =>
      query.state.data?.results.some((row) => ["queued", "running"].includes(row.job.state)) ? 1000 : false,
  });
  const datasets = useQuery({
    queryKey: ["datasets", "names"],
    enabled: may,
    queryFn: () => unwrap(api.GET("/api/v1/datasets/", { params: { query: { limit: 100 } } })),
  });
  const [open, setOpen] = useState<"pre-label" | "predict" | null>(null);
  const order = useMutation({
    mutationFn: (body: Schemas["BatchPredictionIn"]) =>
      unwrap(api.POST("/api/v1/model-versions/{version_id}/batch-predictions/", { ...path, body })),
    onSuccess: () => {
      setOpen(null);
      return queries.invalidateQueries({ queryKey: ["batch-predictions", version.id] });
    },
  });
  const close = () => setOpen(null);
  const preLabel = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    order.mutate({ hidden_fraction: Number(new FormData(event.currentTarget).get("hidden")) / 100 });
  };
  const predict = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    order.mutate({ dataset_id: Number(new FormData(event.currentTarget).get("dataset")) });
  };
  const columns: Column<Schemas["BatchPredictionOut"]>[] = [
    {
      id: "what",
      header: i18n._("Batch"),
      isRowHeader: true,
      cell: (row) =>
        row.dataset_id
          ? i18n._("Predictions for a dataset")
          : i18n._("Pre-labels, {share} held out", {
              share: percent(row.hidden_fraction ?? 0, i18n.locale, 0),
            }),
    },
    { id: "state", header: i18n._("State"), cell: (row) => <JobLine job={row.job} /> },
    {
      id: "items",
      header: i18n._("Items"),
      isNumeric: true,
      cell: (row) => count(row.predicted_count, i18n.locale),
    },
    {
      id: "unreadable",
      header: i18n._("Unreadable"),
      isNumeric: true,
      cell: (row) => count(row.skipped_count, i18n.locale),
    },
    { id: "created", header: i18n._("Created"), cell: (row) => moment(row.created_at, i18n.locale) },
    {
      id: "result",
      header: i18n._("Result"),
      cell: (row) =>
        row.has_result ? (
          <a href={`/api/v1/batch-predictions/${row.id}/result/`} download>
            {i18n._("Download predictions (Parquet)")}
          </a>
        ) : (
          "–"
        ),
    },
  ];
  return (
    <Section
      title={i18n._("Batch prediction")}
      actions={
        may && (
          <>
            <Button variant="default" onClick={() => setOpen("pre-label")}>
              {i18n._("Pre-label open tasks…")}
            </Button>
            <Button variant="default" onClick={() => setOpen("predict")}>
              {i18n._("Predict on a dataset…")}
            </Button>
          </>
        )
      }
    >
      <DataTable
        id="batch-predictions"
        name={i18n._("Batch prediction")}
        list={wholeList(batches.data?.results, {
          isPending: batches.isPending,
          error: batches.error,
          reload: () => void batches.refetch(),
        })}
        columns={columns}
        rowId={(row) => String(row.id)}
        rowName={(row) => String(row.id)}
        empty={
          <Text size="sm" c="dimmed">
            {i18n._("No batch predictions yet.")}
          </Text>
        }
      />
      <Modal opened={open === "pre-label"} onClose={close} title={i18n._("Pre-label open tasks")}>
        <form onSubmit={preLabel}>
          <Stack gap="sm">
            <Text size="sm">
              {i18n._(
                "Annotators see each prediction and accept it with one key. Test items get none, and a random share is held out to measure time saved and errors copied.",
              )}
            </Text>
            <NumberInput
              name="hidden"
              label={i18n._("Held out without pre-labels (%)")}
              min={0}
              max={90}
              defaultValue={20}
              required
            />
            <Buttons close={close} isPending={order.isPending} error={order.error}>
              {i18n._("Pre-label open tasks")}
            </Buttons>
          </Stack>
        </form>
      </Modal>
      <Modal opened={open === "predict"} onClose={close} title={i18n._("Predict on a dataset")}>
        <form onSubmit={predict}>
          <Stack gap="sm">
            <Select
              name="dataset"
              label={i18n._("Dataset")}
              required
              searchable
              data={datasets.data?.results.map((row) => ({ value: String(row.id), label: row.name })) ?? []}
            />
            <Buttons close={close} isPending={order.isPending} error={order.error}>
              {i18n._("Start prediction")}
            </Buttons>
          </Stack>
        </form>
      </Modal>
    </Section>
  );
}

function Buttons({
  close,
  isPending,
  error,
  children,
}: {
  close: () => void;
  isPending: boolean;
  error: unknown;
  children: string;
}) {
  return (
    <>
      {error !== null && <ErrorAlert error={error} />}
      <DialogButtons close={close} isPending={isPending}>
        {children}
      </DialogButtons>
    </>
  );
}
