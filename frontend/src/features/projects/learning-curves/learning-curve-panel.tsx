import { useLingui } from "@lingui/react";
import { Button, Card, Grid, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconChartLine } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { api, type Schemas, unwrap } from "../../../shared/api/client";
import { useMay } from "../../../shared/api/session";
import { CurveChart } from "../../../shared/ui/curve-chart";
import { EmptyState, ErrorAlert } from "../../../shared/ui/feedback";
import { ForecastSentence, SufficiencyChart } from "../../../shared/ui/forecast-sentence";
import { useMetrics } from "../../../shared/ui/metrics";
import { count, rough } from "../../../shared/ui/numbers";
import { onDemand } from "../../../shared/ui/on-demand";
import { JobLine } from "../../../shared/ui/parts";
import { Reasons } from "../../../shared/ui/reasons";
import { interval, useCancel } from "../use-cancel";
import { useIsTrainable, useReadySnapshots, useRecipes } from "../use-recipes";
import { BudgetFigures } from "./budget-figures";
import { CalibrationHistory } from "./calibration-history";
import { LabelingValue } from "./labeling-value";
import { AS_IT_IS, PRIMARY_METRIC, useCurveForecast, type WhatIf } from "./use-curve-forecast";
import { WhatIfBar } from "./what-if";

const CostModelButton = onDemand(async () => (await import("./cost-model")).CostModelButton);
const MeasureButton = onDemand(async () => (await import("./measure-button")).MeasureButton);
const ScheduleButton = onDemand(async () => (await import("./schedule-panel")).ScheduleButton);
const AblationPanel = onDemand(async () => (await import("./ablation-panel")).AblationPanel);
const SimulationPanel = onDemand(async () => (await import("./simulation-panel")).SimulationPanel);
const SubgroupsTable = onDemand(async () => (await import("./subgroups-table")).SubgroupsTable);

/** The label budget: one sentence, its numbers, the curve, and the evidence for them. */
export function LearningCurvePanel({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  const mayRun = useMay("runs.write");
  const cancel = useCancel("learning-curves");
  const [what, setWhat] = useState<WhatIf>(AS_IT_IS);
  const recipes = useRecipes(project.kind);
  const trainable = useIsTrainable(project.kind);
  const snapshot = useReadySnapshots(project.id)[0];
  const curves = useQuery({
    queryKey: ["learning-curves", project.id],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/learning-curves/", {
          params: { path: { project_id: project.id }, query: { limit: 5 } },
        }),
      ),
    refetchInterval: (query) => interval(query.state.data?.results.map((row) => row.job.state) ?? []),
  });
  const rows = curves.data?.results ?? [];
  const curve = rows.find((row) => row.pooled.length >= 3) ?? rows[0];
  const running = rows.find((row) => row.job.state !== "done" && row.id >= (curve?.id ?? 0));
  const forecast = useCurveForecast(curve, what);
  if (trainable === false)
    return (
      <EmptyState title={i18n._("No recipe for this project type")} Icon={IconChartLine}>
        {i18n._("A learning curve needs a recipe that trains on these labels.")}
      </EmptyState>
    );
  const detail = forecast.data;
  const measure = mayRun && snapshot && (
    <MeasureButton projectId={project.id} snapshot={snapshot} recipes={recipes} />
  );
  return (
    <Stack gap="lg" id="budget" component="section">
      <Group justify="space-between">
        <Title order={2}>{i18n._("Label budget")}</Title>
        {curve && (
          <Group gap="xs">
            {detail && mayRun && <CostModelButton projectId={project.id} value={detail.cost_model} />}
            {mayRun && <ScheduleButton projectId={project.id} />}

            {measure}
          </Group>
        )}
      </Group>
      {(curves.isPending || trainable === undefined) && <Skeleton height={340} />}
      {curves.error && <ErrorAlert error={curves.error} retry={() => void curves.refetch()} />}
      {curves.data && !curve && (
        <EmptyState
          title={snapshot ? i18n._("No learning curve yet.") : i18n._("Create a snapshot first")}
          Icon={IconChartLine}
          action={
            measure ||
            (!project.archived && !snapshot && (
              <Button component={Link} to={`/projects/${project.id}/snapshots`}>
                {i18n._("Open snapshots")}
              </Button>
            ))
          }
        >
          {i18n._(
            "A learning curve trains a recipe on growing parts of a snapshot and tests each on the held-out items. It shows how many labels the target needs.",
          )}
        </EmptyState>
      )}
      {running && <JobLine job={running.job} cancel={mayRun ? () => cancel(running.job.id) : undefined} />}
      {curve && curve.points.length > 0 && (
        <>
          <ForecastSentence forecast={detail ? detail.forecast : curve.forecast} />
          {detail && <Reasons rows={detail.diagnosis} />}
          {detail && <BudgetFigures detail={detail} teamSpeed={what.teamSpeed} />}
          <Grid gap="lg">
            <Grid.Col span={{ base: 12, lg: 8 }}>
              <Card withBorder>
                <Curve curve={curve} detail={detail} metric={what.metric} />
              </Card>
              <Text size="xs" c="dimmed" mt={4}>
                {i18n._(
                  "Recipe {recipe}, snapshot version {version}, {trainings, plural, one {# training} other {# trainings}}, {items} test items.",
                  {
                    recipe: curve.recipe,
                    version: curve.snapshot_version,
                    trainings: curve.points.length,
                    items: count(curve.points[0]?.test_items ?? 0, i18n.locale),
                  },
                )}{" "}
                {curve.compute_cost !== null &&
                  i18n._("Compute relative to one training on all labels: {cost}×", {
                    cost: rough(curve.compute_cost, i18n.locale),
                  })}
              </Text>
            </Grid.Col>
            <Grid.Col span={{ base: 12, lg: 4 }}>
              <Stack>
                <WhatIfBar
                  project={project}
                  metrics={curve.metrics}
                  costPerLabel={detail?.cost_forecast?.cost_per_label ?? null}
                  value={what}
                  onChange={setWhat}
                />
                {detail?.forecast && <SufficiencyChart forecast={detail.forecast} />}
              </Stack>
            </Grid.Col>
          </Grid>
          {forecast.error && <ErrorAlert error={forecast.error} retry={() => void forecast.refetch()} />}
          {detail && <LabelingValue forecast={detail} />}
          {detail && <CalibrationHistory history={detail.calibration_history} projectId={project.id} />}
          {detail && (
            <SubgroupsTable
              subgroups={detail.subgroups}
              metric={what.metric}
              target={what.target ?? project.target}
              onPick={(metric) => setWhat({ ...what, metric })}
            />
          )}
        </>
      )}

      {curve && <AblationPanel projectId={project.id} snapshot={snapshot} recipes={recipes} />}
      {curve && project.project_type.is_single_class && project.project_type.editor_view === "image" && (
        <SimulationPanel projectId={project.id} snapshot={snapshot} />
      )}
    </Stack>
  );
}

function Curve({
  curve,
  detail,
  metric,
}: {
  curve: Schemas["LearningCurveOut"];
  detail: Schemas["LearningCurveForecastOut"] | undefined;
  metric: string;
}) {
  const { i18n } = useLingui();
  const names = useMetrics();
  const subgroup = detail?.subgroups.find(({ key }) => key === metric);
  const isShown = detail?.metric === metric;
  const pooled = subgroup ? subgroup.pooled : metric === PRIMARY_METRIC ? curve.pooled : null;
  const otherMetric = useQuery({
    queryKey: ["learning-curve", curve.id, curve.points.length, metric],
    enabled: pooled === null,
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/learning-curves/{learning_curve_id}/", {
          params: { path: { learning_curve_id: curve.id }, query: { metric } },
        }),
      ),
  });
  const seeds =
    metric === PRIMARY_METRIC
      ? curve.points.map((point) => ({
          n: point.n,
          score: point.accuracy,
          key: `${point.n}-${point.seed}`,
        }))
      : [];
  return (
    <CurveChart
      pooled={pooled ?? otherMetric.data?.pooled ?? []}
      forecast={isShown ? (detail?.forecast ?? null) : metric === PRIMARY_METRIC ? curve.forecast : null}
      seeds={seeds}
      name={`curve-${curve.project_id}-${metric.replaceAll(/[^a-z0-9]+/gi, "-")}`}
      metric={subgroup ? i18n._("Recall of {part}", { part: subgroup.title }) : names.title(metric)}
    />
  );
}
