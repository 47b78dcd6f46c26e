import { useLingui } from "@lingui/react";
import { Button, Group, Modal, Select, Skeleton, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconAdjustments, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { EmptyState, ErrorAlert } from "../../shared/ui/feedback";
import { moment } from "../../shared/ui/numbers";
import { onDemand } from "../../shared/ui/on-demand";
import { useIsTrainable, useReadySnapshots } from "./use-recipes";

const SweepResult = onDemand(
  async () => (await import("./sweep-result")).SweepResult,
  <Skeleton height={240} />,
);
const SweepForm = onDemand(async () => (await import("./sweep-form")).SweepForm, <Skeleton height={240} />);

type Sweep = Schemas["SweepOut"];

/** Hyperparameter sweeps: which parameters do best on labels that were held out for it. */
export function SweepPanel({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  const mayRun = useMay("runs.write");
  const [chosen, setChosen] = useState<number | null>(null);
  const trainable = useIsTrainable(project.kind);
  const snapshots = useReadySnapshots(project.id);
  const sweeps = useQuery({
    queryKey: ["sweeps", project.id],
    enabled: trainable === true,
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/sweeps/", {
          params: { path: { project_id: project.id }, query: { limit: 50 } },
        }),
      ),
    refetchInterval: (query) => (query.state.data?.results.some(isRunning) ? 2000 : false),
  });
  if (!trainable) return null;
  const rows = sweeps.data?.results ?? [];
  const shown = rows.find((row) => row.id === chosen) ?? rows[0];
  const start = mayRun && snapshots.length > 0 && <SweepButton project={project} onStarted={setChosen} />;
  return (
    <section id="sweeps">
      <Group justify="space-between" mb="xs">
        <Title order={2}>{i18n._("Hyperparameter sweeps")}</Title>
        {rows.length > 0 && start}
      </Group>
      {sweeps.error && <ErrorAlert error={sweeps.error} retry={() => void sweeps.refetch()} />}
      {sweeps.data && rows.length === 0 && (
        <EmptyState title={i18n._("No sweeps yet.")} Icon={IconAdjustments} action={start || undefined}>
          {i18n._(
            "A sweep trains a recipe with many parameter values and compares them on a fifth of the training labels. The held-out test set is not used.",
          )}
        </EmptyState>
      )}
      {rows.length > 1 && (
        <Select
          label={i18n._("Sweep")}
          maw={420}
          mb="sm"
          allowDeselect={false}
          data={rows.map((row) => ({
            value: String(row.id),
            label: `${row.recipe} · ${moment(row.created_at, i18n.locale)}`,
          }))}
          value={shown ? String(shown.id) : null}
          onChange={(value) => value !== null && setChosen(Number(value))}
        />
      )}
      {shown && <SweepResult key={shown.id} summary={shown} project={project} />}
    </section>
  );
}

const isRunning = (sweep: Sweep) => sweep.ended_count < sweep.trial_count;

function SweepButton({
  project,
  onStarted,
}: {
  project: Schemas["ProjectDetail"];
  onStarted: (id: number) => void;
}) {
  const { i18n } = useLingui();
  const [isOpen, dialog] = useDisclosure(false);
  return (
    <>
      <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={dialog.open}>
        {i18n._("New sweep")}
      </Button>
      <Modal opened={isOpen} onClose={dialog.close} title={i18n._("New hyperparameter sweep")} size="lg">
        <SweepForm
          project={project}
          onStarted={(id) => {
            dialog.close();
            onStarted(id);
          }}
          close={dialog.close}
        />
      </Modal>
    </>
  );
}
