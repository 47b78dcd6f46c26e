import { useLingui } from "@lingui/react";
import { Button, Group, NumberInput, Select, Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, type Schemas, unwrap } from "../../../shared/api/client";
import { useMay } from "../../../shared/api/session";
import { ErrorAlert } from "../../../shared/ui/feedback";
import { pointsOf } from "../../../shared/ui/metrics";
import { count, shareTold } from "../../../shared/ui/numbers";
import { JobLine } from "../../../shared/ui/parts";
import { Section } from "../../../shared/ui/section";
import { interval, useCancel } from "../use-cancel";

type Ablation = Schemas["AblationOut"];
type Interval = Schemas["SeedIntervalOut"];

/** What each way of training is worth in labels: every option of one choice, on the same labels with the same seeds. */
export function AblationPanel({
  projectId,
  snapshot,
  recipes,
}: {
  projectId: number;
  snapshot: Schemas["SnapshotOut"] | undefined;
  recipes: Schemas["RecipeOut"][];
}) {
  const { i18n } = useLingui();
  const mayRun = useMay("runs.write");
  const cancel = useCancel("ablations");
  const ablations = useQuery({
    queryKey: ["ablations", projectId],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/ablations/", {
          params: { path: { project_id: projectId }, query: { limit: 3 } },
        }),
      ),
    refetchInterval: (query) =>
      interval(query.state.data?.results.flatMap((row) => row.jobs.map((job) => job.state)) ?? []),
  });
  const offered = recipes.filter((row) => row.params.some((param) => param.options?.length));
  const rows = ablations.data?.results ?? [];
  if (!offered.length) return null;
  const active = rows[0]?.jobs.filter((job) => ["queued", "running"].includes(job.state)) ?? [];
  const failed = rows[0]?.jobs.find((job) => job.state === "failed");
  return (
    <Section
      title={i18n._("Label efficiency of training methods")}
      note={i18n._(
        "Trains every option of one parameter on the same growing labels with the same seeds, and compares the labels that each needs.",
      )}
    >
      {ablations.error && <ErrorAlert error={ablations.error} retry={() => void ablations.refetch()} />}
      {rows[0] && active.length > 0 && (
        <Group gap="sm">
          <Text size="sm">
            {i18n._("{trained} of {trainings, plural, one {# training} other {# trainings}} completed", {
              trained: count(rows[0].completed_trainings, i18n.locale),
              trainings: rows[0].planned_trainings,
            })}
          </Text>
          {mayRun && (
            <Button
              variant="default"
              size="compact-sm"
              onClick={() => {
                for (const job of active) cancel(job.id);
              }}
            >
              {i18n._("Stop")}
            </Button>
          )}
        </Group>
      )}
      {failed && <JobLine job={failed} />}
      {rows
        .filter((row) => row.variants.length > 0)
        .map((row) => (
          <AblationTable key={row.id} ablation={row} />
        ))}
      {mayRun && snapshot && active.length === 0 && (
        <AblationForm projectId={projectId} snapshot={snapshot} offered={offered} />
      )}
    </Section>
  );
}

function AblationTable({ ablation }: { ablation: Ablation }) {
  const { i18n } = useLingui();
  const share = (savings: Interval) => shareTold(savings, i18n.locale, 0);
  const best = [...ablation.variants]
    .filter((row) => row.label_savings && row.label_savings.low > 0)
    .sort((a, b) => (b.label_savings?.value ?? 0) - (a.label_savings?.value ?? 0))[0];
  return (
    <>
      <Text fw={600} my="xs">
        {best?.label_savings
          ? i18n._("{option} saves {saved} of the labels compared with {standard} (80% interval).", {
              option: best.variant,
              saved: share(best.label_savings),
              standard: ablation.baseline,
            })
          : i18n._("No method saves a measurable number of labels compared with {standard}.", {
              standard: ablation.baseline,
            })}
      </Text>
      <Table.ScrollContainer minWidth={640}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{ablation.parameter}</Table.Th>
              {ablation.sizes.map((size) => (
                <Table.Th scope="col" key={size}>
                  {i18n._("Error at {size, plural, one {# label} other {# labels}}", { size })}
                </Table.Th>
              ))}
              <Table.Th scope="col">{i18n._("Error reduction (pp)")}</Table.Th>
              <Table.Th scope="col">{i18n._("Labels saved (80% interval)")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {ablation.variants.map((row) => {
              const gain = row.error_reductions[row.error_reductions.length - 1];
              return (
                <Table.Tr key={row.variant} fw={row === best ? 600 : undefined}>
                  <Table.Th scope="row">{row.variant}</Table.Th>
                  {row.errors.map((error, at) => (
                    <Table.Td key={ablation.sizes[at]} ta="right">
                      {shareTold(error, i18n.locale)}
                    </Table.Td>
                  ))}
                  <Table.Td ta="right">
                    {row.label_savings && gain ? pointsOf(gain, i18n.locale) : "–"}
                  </Table.Td>
                  <Table.Td ta="right">{row.label_savings ? share(row.label_savings) : "–"}</Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Text size="sm" c="dimmed">
        {i18n._(
          "{recipe} on snapshot version {version}: {seeds, plural, one {# paired seed} other {# paired seeds}}, 95% intervals over seeds on the same test items, error reduction at {size, plural, one {# label} other {# labels}}. Negative savings mean that more labels are needed.",
          {
            recipe: ablation.recipe,
            version: ablation.snapshot_version,
            seeds: ablation.completed_seeds,
            size: ablation.sizes[ablation.sizes.length - 1] ?? 0,
          },
        )}
      </Text>
    </>
  );
}

function AblationForm({
  projectId,
  snapshot,
  offered,
}: {
  projectId: number;
  snapshot: Schemas["SnapshotOut"];
  offered: Schemas["RecipeOut"][];
}) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const choices = offered.flatMap((recipe) =>
    recipe.params
      .filter((param) => param.options?.length)
      .map((param) => ({
        recipe: recipe.key,
        parameter: param.key,
        title: `${recipe.title}: ${param.title}`,
        options: param.options,
      })),
  );
  const [at, setAt] = useState(0);
  const [seeds, setSeeds] = useState(5);
  const picked = choices[at];
  const order = useMutation({
    mutationFn: (body: Schemas["AblationIn"]) =>
      unwrap(
        api.POST("/api/v1/projects/{project_id}/ablations/", {
          params: { path: { project_id: projectId } },
          body,
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["ablations", projectId] }),
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (picked)
      order.mutate({ snapshot_id: snapshot.id, recipe: picked.recipe, parameter: picked.parameter, seeds });
  };
  return (
    <form onSubmit={send}>
      <Group align="end" gap="sm" mt="sm">
        <Select
          label={i18n._("Parameter")}
          allowDeselect={false}
          w={360}
          maw="100%"
          data={choices.map((row, number) => ({ value: String(number), label: row.title }))}
          value={String(at)}
          onChange={(value) => setAt(Number(value))}
        />
        <NumberInput
          label={i18n._("Seeds")}
          min={2}
          max={20}
          w={100}
          value={seeds}
          onChange={(value) => setSeeds(Number(value))}
          required
        />
        <Button type="submit" loading={order.isPending}>
          {i18n._(
            "Start {trainings, plural, one {# training} other {# trainings}} on snapshot version {version}",
            {
              trainings: 3 * seeds * (picked?.options?.length ?? 0),
              version: snapshot.version,
            },
          )}
        </Button>
      </Group>
      {order.error && <ErrorAlert error={order.error} />}
    </form>
  );
}
