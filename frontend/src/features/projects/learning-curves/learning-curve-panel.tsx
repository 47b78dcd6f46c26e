import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Schemas, unwrap } from "../../../shared/api/client";
import { useMay } from "../../../shared/api/session";
import { CurveChart } from "../../../shared/ui/curve-chart";
import { EnoughBars, ForecastSentence } from "../../../shared/ui/forecast-sentence";
import { useMetrics } from "../../../shared/ui/metrics";
import { count } from "../../../shared/ui/numbers";
import { Empty, Failure, JobLine, Waiting } from "../../../shared/ui/parts";
import { Reasons } from "../../../shared/ui/reasons";
import { useIsTrainable, useRecipes } from "../train-form";
import { interval, useCancel } from "../use-cancel";
import { AblationPanel } from "./ablation-panel";
import { CalibrationHistory } from "./calibration-history";
import { CostForecast } from "./cost-forecast";
import { CostModelEdit, LabelingValue } from "./cost-model";
import { SchedulePanel } from "./schedule-panel";
import { SimulationPanel } from "./simulation-panel";
import { SubgroupsTable } from "./subgroups-table";
import { AS_IT_IS, PRIMARY_METRIC, useCurveForecast, type WhatIf } from "./use-curve-forecast";
import { WhatIfBar } from "./what-if";

/** The label budget: the measured curve, what it says of the target, what that costs, and how right it was before. */
export function LearningCurvePanel({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const mayRun = useMay("runs.write");
  const mayFreeze = useMay("snapshots.read");
  const cancel = useCancel("learning-curves");
  const [what, setWhat] = useState<WhatIf>(AS_IT_IS);
  const [order, setOrder] = useState<Order>({ recipe: "", budget: null });
  const recipes = useRecipes(project.kind);
  const trainable = useIsTrainable(project.kind);
  const recipe = order.recipe || (recipes[0]?.key ?? "");
  const path = { path: { project_id: project.id } };
  const curves = useQuery({
    queryKey: ["learning-curves", project.id],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/learning-curves/", {
          params: { ...path, query: { limit: 5 } },
        }),
      ),
    refetchInterval: (query) => interval(query.state.data?.results.map((row) => row.job.state) ?? []),
  });
  const snapshots = useQuery({
    queryKey: ["snapshots", project.id],
    enabled: mayFreeze,
    queryFn: () => unwrap(api.GET("/api/v1/projects/{project_id}/snapshots/", { params: path })),
  });
  const ready = snapshots.data?.results.find((row) => row.state === "ready");
  const measure = useMutation({
    mutationFn: (snapshot: number) =>
      unwrap(
        api.POST("/api/v1/projects/{project_id}/learning-curves/", {
          params: path,
          body: { snapshot_id: snapshot, recipe, compute_budget: order.budget },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["learning-curves", project.id] }),
  });
  const rows = curves.data?.results ?? [];
  const curve = rows.find((row) => row.pooled.length >= 3) ?? rows[0];
  const running = rows.find((row) => row.job.state !== "done" && row.id >= (curve?.id ?? 0));
  const forecast = useCurveForecast(curve, what);
  if (!trainable) return null;
  const button = mayRun && ready && (
    <span className="measure">
      <button type="button" onClick={() => measure.mutate(ready.id)} disabled={measure.isPending}>
        {i18n._("Measure the curve on snapshot {version}", { version: ready.version })}
      </button>
      <OrderFields recipes={recipes} value={{ ...order, recipe }} onChange={setOrder} />
    </span>
  );
  const detail = forecast.data;
  return (
    <section className="panel" id="budget">
      <h2>{i18n._("Label budget")}</h2>
      {curves.isPending && <Waiting />}
      {curves.error && <Failure error={curves.error} again={() => void curves.refetch()} />}
      {curves.data && !curve && (
        <Empty action={button}>
          {ready
            ? i18n._(
                "No curve yet. It trains on growing parts of the labels and is judged on the sealed split.",
              )
            : project.archived
              ? i18n._("No curve yet.")
              : i18n._("No curve yet. Freeze a snapshot first, below.")}
        </Empty>
      )}
      {running && <JobLine job={running.job} cancel={mayRun ? () => cancel(running.job.id) : undefined} />}
      {curve && curve.points.length > 0 && (
        <>
          <ForecastSentence forecast={detail ? detail.forecast : curve.forecast} />
          {detail && <Reasons rows={detail.diagnosis} />}
          <div className="budget-columns">
            <div>
              <Curve curve={curve} detail={detail} metric={what.metric} />
            </div>
            <div className="budget-side">
              <WhatIfBar
                project={project}
                metrics={curve.metrics}
                costPerLabel={detail?.cost_forecast?.cost_per_label ?? null}
                value={what}
                onChange={setWhat}
              />
              {detail?.forecast && <EnoughBars forecast={detail.forecast} />}
              {detail?.cost_forecast && !detail.forecast?.is_reached && (
                <CostForecast cost={detail.cost_forecast} teamSpeed={what.teamSpeed} />
              )}
            </div>
          </div>
          {forecast.error && <Failure error={forecast.error} again={() => void forecast.refetch()} />}
          {detail && <CalibrationHistory history={detail.calibration_history} projectId={project.id} />}
          <p className="muted">
            {i18n._("Recipe {recipe}, snapshot {version}, {trainings} trainings, {sealed} sealed items.", {
              recipe: curve.recipe,
              version: curve.snapshot_version,
              trainings: curve.points.length,
              sealed: count(curve.points[0]?.test_items ?? 0, i18n.locale),
            })}{" "}
            {curve.compute_cost !== null &&
              i18n._("The curve cost as much as {cost} trainings on all labels.", {
                cost: new Intl.NumberFormat(i18n.locale, { maximumSignificantDigits: 2 }).format(
                  curve.compute_cost,
                ),
              })}{" "}
            {button}
          </p>
          {detail && (
            <SubgroupsTable
              subgroups={detail.subgroups}
              metric={what.metric}
              target={what.target ?? project.target}
              onPick={(metric) => setWhat({ ...what, metric })}
            />
          )}
          {detail && <LabelingValue forecast={detail} />}
          {detail && mayRun && <CostModelEdit projectId={project.id} value={detail.cost_model} />}
        </>
      )}
      {measure.error && <Failure error={measure.error} />}
      {mayRun && <SchedulePanel projectId={project.id} />}
      {curve && project.project_type.is_single_class && project.project_type.editor_view === "image" && (
        <SimulationPanel projectId={project.id} snapshot={ready} />
      )}
      {curve && <AblationPanel projectId={project.id} snapshot={ready} recipes={recipes} />}
    </section>
  );
}

interface Order {
  recipe: string;
  budget: number | null;
}

/** By which recipe, and for how much compute. */
function OrderFields({
  recipes,
  value,
  onChange,
}: {
  recipes: Schemas["RecipeOut"][];
  value: Order;
  onChange: (next: Order) => void;
}) {
  const { i18n } = useLingui();
  return (
    <>
      <select
        aria-label={i18n._("Recipe")}
        value={value.recipe}
        onChange={(event) => onChange({ ...value, recipe: event.target.value })}
      >
        {recipes.map((row) => (
          <option key={row.key} value={row.key}>
            {row.title}
          </option>
        ))}
      </select>
      <input
        type="number"
        min={1}
        max={200}
        step="any"
        aria-label={i18n._("Compute, in trainings on all labels")}
        title={i18n._("Compute, in trainings on all labels")}
        placeholder={i18n._("compute: 4 trainings")}
        value={value.budget ?? ""}
        onChange={(event) =>
          onChange({ ...value, budget: event.target.value === "" ? null : Number(event.target.value) })
        }
      />
    </>
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
  const subgroup = detail?.subgroups.find((subgroup) => subgroup.key === metric);
  const shown = detail?.metric === metric;
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
      ? curve.points.map((p) => ({ n: p.n, score: p.accuracy, key: `${p.n}-${p.seed}` }))
      : [];
  return (
    <CurveChart
      pooled={pooled ?? otherMetric.data?.pooled ?? []}
      forecast={shown ? (detail?.forecast ?? null) : metric === PRIMARY_METRIC ? curve.forecast : null}
      seeds={seeds}
      name={`curve-${curve.project_id}-${metric.replaceAll(/[^a-z0-9]+/gi, "-")}`}
      metric={subgroup ? i18n._("Recall of {part}", { part: subgroup.title }) : names.title(metric)}
    />
  );
}
