import type { I18n } from "@lingui/core";
import { useLingui } from "@lingui/react";
import { Alert, Badge, Button, Card, Group, Progress, SimpleGrid, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { Chart } from "../../shared/ui/chart/chart";
import { ConfirmButton } from "../../shared/ui/confirm-button";
import { shareAxis } from "../../shared/ui/curve-chart";
import { ErrorAlert, toast } from "../../shared/ui/feedback";
import { useMetrics } from "../../shared/ui/metrics";
import { count, percent, rough } from "../../shared/ui/numbers";
import { parameterText } from "./run-parts";
import { type Range, SlicePlot } from "./slice-plot";
import { useRecipes } from "./use-recipes";

type Sweep = Schemas["SweepOut"];
type SweepDetail = Schemas["SweepDetail"];

const isRunning = (sweep: Sweep) => sweep.ended_count < sweep.trial_count;

export function SweepResult({ summary, project }: { summary: Sweep; project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  const metrics = useMetrics();
  const mayRun = useMay("runs.write");
  const queries = useQueryClient();
  const running = isRunning(summary);
  const path = { params: { path: { sweep_id: summary.id } } };
  const detail = useQuery({
    queryKey: ["sweep", summary.id, running],
    queryFn: () => unwrap(api.GET("/api/v1/sweeps/{sweep_id}/", path)),
    placeholderData: (before) => before,
    refetchInterval: running ? 2000 : false,
  });
  const recipe = useRecipes(project.kind).find((row) => row.key === summary.recipe);
  const stop = useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/sweeps/{sweep_id}/stop/", path)),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["sweeps", project.id] }),
  });
  if (detail.error) return <ErrorAlert error={detail.error} retry={() => void detail.refetch()} />;
  const sweep = detail.data;
  if (!sweep) return null;
  const ended = sweep.trials.filter((row) => !["waiting", "running"].includes(row.state)).length;
  const titleOf = (key: string) => recipe?.params.find((param) => param.key === key)?.title ?? key;
  return (
    <Card withBorder>
      <Group justify="space-between">
        <Text size="sm">
          {i18n._(
            "{recipe} on snapshot version {version}: {ended} of {trials, plural, one {# trial} other {# trials}}, {method}",
            {
              recipe: sweep.recipe,
              version: sweep.snapshot_version,
              ended: count(ended, i18n.locale),
              trials: sweep.trial_count,
              method: sweep.method === "tpe" ? i18n._("Bayesian (TPE)") : i18n._("Random search"),
            },
          )}
        </Text>
        {running && mayRun && (
          <ConfirmButton
            size="compact-sm"
            title={i18n._("Stop this sweep?")}
            consequence={i18n._("Trials that are finished are kept; the others are not run.")}
            confirm={i18n._("Stop sweep")}
            disabled={stop.isPending}
            onConfirm={() => stop.mutate()}
          >
            {i18n._("Stop sweep…")}
          </ConfirmButton>
        )}
      </Group>
      {running && (
        <Progress value={(100 * ended) / sweep.trial_count} my="xs" aria-label={i18n._("Finished trials")} />
      )}
      {stop.error && <ErrorAlert error={stop.error} />}
      <BestTrial sweep={sweep} projectId={project.id} titleOf={titleOf} />
      {Object.keys(sweep.importance).length > 0 && <Importance sweep={sweep} titleOf={titleOf} />}
      {ended >= 3 && (
        <SimpleGrid cols={{ base: 1, md: 2 }} mt="md">
          {Object.entries(sweep.space).map(([key, range]) => (
            <SlicePlot
              key={key}
              name={key}
              title={titleOf(key)}
              range={rangeOf(range)}
              metric={metrics.title(sweep.metric)}
              trials={sweep.trials}
              best={sweep.best_trial}
            />
          ))}
        </SimpleGrid>
      )}
      <TrialTable sweep={sweep} titleOf={titleOf} />
    </Card>
  );
}

/** The part of a search space that belongs to one parameter, as the server sends it. */
function rangeOf(value: unknown): Range {
  return typeof value === "object" && value !== null ? (value as Range) : {};
}

function BestTrial({
  sweep,
  projectId,
  titleOf,
}: {
  sweep: SweepDetail;
  projectId: number;
  titleOf: (key: string) => string;
}) {
  const { i18n } = useLingui();
  const metrics = useMetrics();
  const mayRun = useMay("runs.write");
  const navigate = useNavigate();
  const queries = useQueryClient();
  const train = useMutation({
    mutationFn: (body: Schemas["RunIn"]) =>
      unwrap(
        api.POST("/api/v1/projects/{project_id}/runs/", {
          params: { path: { project_id: projectId } },
          body,
        }),
      ),
    onSuccess: (run) => {
      void queries.invalidateQueries({ queryKey: ["runs", projectId] });
      toast(i18n, i18n._("Training run {id} started.", { id: run.id }));
      navigate(`/runs/${run.id}`);
    },
  });
  const best = sweep.trials.find((row) => row.number === sweep.best_trial);
  if (!best) return null;
  return (
    <Alert variant="light" my="sm" role="status">
      <Text fw={650}>
        {i18n._("Best so far: {value} {metric}, trial {number}", {
          value: percent(best.value ?? 0, i18n.locale),
          metric: metrics.title(sweep.metric),
          number: best.number,
        })}
      </Text>
      <Text size="sm">
        {Object.keys(sweep.space)
          .map((key) => `${titleOf(key)}: ${parameterText(best.params[key], i18n.locale)}`)
          .join(" · ")}
      </Text>
      <Text size="sm" c="dimmed">
        {i18n._("The best trial is optimistically biased; train it to get a test score.")}
      </Text>
      {mayRun && (
        <Button
          mt="xs"
          loading={train.isPending}
          onClick={() =>
            train.mutate({
              snapshot_id: sweep.snapshot_id,
              recipe: sweep.recipe,
              params: best.params,
              seed: sweep.seed,
            })
          }
        >
          {i18n._("Train with best parameters")}
        </Button>
      )}
      {train.error && <ErrorAlert error={train.error} />}
    </Alert>
  );
}

/** Share of the variance of the scores that each parameter explains. */
function Importance({ sweep, titleOf }: { sweep: SweepDetail; titleOf: (key: string) => string }) {
  const { i18n } = useLingui();
  const rows = Object.entries(sweep.importance).sort((a, b) => b[1] - a[1]);
  return (
    <Chart
      title={i18n._("Parameter importance")}
      hasHeading
      fileName="parameter-importance"
      height={200}
      x={{
        label: i18n._("Parameter"),
        categories: rows.map(([key]) => titleOf(key)),
        format: (value) => titleOf(rows[value]?.[0] ?? ""),
      }}
      y={{ ...shareAxis(i18n._("Share of variance"), i18n.locale), domain: [0, 1] }}
      series={[
        {
          key: "importance",
          name: i18n._("Importance"),
          mark: "bars",
          points: rows.map(([, value], x) => ({ x, y: value })),
        },
      ]}
    />
  );
}

function TrialTable({ sweep, titleOf }: { sweep: SweepDetail; titleOf: (key: string) => string }) {
  const { i18n } = useLingui();
  const [isOpen, panel] = useDisclosure(false);
  const keys = Object.keys(sweep.space);
  return (
    <>
      <Button variant="subtle" size="compact-sm" mt="sm" aria-expanded={isOpen} onClick={panel.toggle}>
        {i18n._("All trials")}
      </Button>
      {isOpen && (
        <Table.ScrollContainer minWidth={520}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{i18n._("Trial")}</Table.Th>
                <Table.Th scope="col">{i18n._("State")}</Table.Th>
                <Table.Th scope="col">{i18n._("Score at each size")}</Table.Th>
                {keys.map((key) => (
                  <Table.Th key={key} scope="col">
                    {titleOf(key)}
                  </Table.Th>
                ))}
                <Table.Th scope="col">{i18n._("Seconds")}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {sweep.trials.map((row) => (
                <Table.Tr key={row.number}>
                  <Table.Th scope="row">
                    {row.number}{" "}
                    {row.number === sweep.best_trial && <Badge size="xs">{i18n._("Best")}</Badge>}
                  </Table.Th>
                  <Table.Td>
                    {stateTitle(i18n, row.state)}
                    {row.error && (
                      <Text size="xs" c="var(--bad)">
                        {row.error}
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td className="num">
                    {row.rungs.map((rung) => percent(rung.score, i18n.locale)).join(" → ") || "–"}
                  </Table.Td>
                  {keys.map((key) => (
                    <Table.Td key={key} className="num">
                      {parameterText(row.params[key], i18n.locale)}
                    </Table.Td>
                  ))}
                  <Table.Td className="num">
                    {row.seconds > 0 ? rough(row.seconds, i18n.locale) : "–"}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </>
  );
}

function stateTitle(i18n: I18n, state: string): string {
  const titles: Record<string, string> = {
    done: `✓ ${i18n._("Completed")}`,
    pruned: `▽ ${i18n._("Stopped early")}`,
    failed: `✕ ${i18n._("Failed")}`,
    cancelled: `▢ ${i18n._("Canceled")}`,
    running: `▶ ${i18n._("Running")}`,
    waiting: `○ ${i18n._("Queued")}`,
  };
  return titles[state] ?? state;
}
