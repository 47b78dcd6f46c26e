import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Schemas, unwrap } from "../../../shared/api/client";
import { useMay } from "../../../shared/api/session";
import { CurveChart } from "../../../shared/ui/curve-chart";
import { EnoughBars, ForecastSentence } from "../../../shared/ui/forecast-sentence";
import { TRAINED_KINDS } from "../../../shared/ui/metrics";
import { count } from "../../../shared/ui/numbers";
import { Empty, Failure, JobLine, Waiting } from "../../../shared/ui/parts";
import { Reasons } from "../../../shared/ui/reasons";
import { useRecipes } from "../train-form";
import { interval, useCancel } from "../use-cancel";
import { EconomicsEdit, Worth } from "./economics";
import { LivePanel } from "./live-panel";
import { MoneyLine } from "./money-line";
import { PartsTable } from "./parts-table";
import { RecordLine } from "./record-line";
import { ReplayPanel } from "./replay-panel";
import { AS_IT_IS, metricNames, useBudget, type WhatIf } from "./use-budget";
import { WaysPanel } from "./ways-panel";
import { WhatIfBar } from "./what-if";

/** The label budget: the measured curve, what it says of the target, what that costs, and how right it was before. */
export function BudgetPanel({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const mayRun = useMay("runs.write");
  const mayFreeze = useMay("snapshots.read");
  const cancel = useCancel("studies");
  const [what, setWhat] = useState<WhatIf>(AS_IT_IS);
  const [order, setOrder] = useState<Order>({ recipe: "", budget: null });
  const recipes = useRecipes(project.kind);
  const recipe = order.recipe || (recipes[0]?.key ?? "");
  const path = { path: { project_id: project.id } };
  const studies = useQuery({
    queryKey: ["studies", project.id],
    queryFn: () =>
      unwrap(api.GET("/api/v1/projects/{project_id}/studies/", { params: { ...path, query: { limit: 5 } } })),
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
        api.POST("/api/v1/projects/{project_id}/studies/", {
          params: path,
          body: { snapshot_id: snapshot, recipe, budget: order.budget },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["studies", project.id] }),
  });
  const rows = studies.data?.results ?? [];
  const study = rows.find((row) => row.pooled.length >= 3) ?? rows[0];
  const running = rows.find((row) => row.job.state !== "done" && row.id >= (study?.id ?? 0));
  const budget = useBudget(study, what);
  if (!TRAINED_KINDS.has(project.kind)) return null;
  const button = mayRun && ready && (
    <span className="measure">
      <button type="button" onClick={() => measure.mutate(ready.id)} disabled={measure.isPending}>
        {i18n._("Measure the curve on snapshot {version}", { version: ready.version })}
      </button>
      <OrderFields recipes={recipes} value={{ ...order, recipe }} onChange={setOrder} />
    </span>
  );
  const found = budget.data;
  return (
    <section className="panel" id="budget">
      <h2>{i18n._("Label budget")}</h2>
      {studies.isPending && <Waiting />}
      {studies.error && <Failure error={studies.error} again={() => void studies.refetch()} />}
      {studies.data && !study && (
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
      {study && study.points.length > 0 && (
        <>
          <ForecastSentence forecast={found ? found.forecast : study.forecast} />
          {found && <Reasons rows={found.diagnosis} />}
          <div className="budget-columns">
            <div>
              <Curve study={study} budget={found} metric={what.metric} />
            </div>
            <div className="budget-side">
              <WhatIfBar
                project={project}
                metrics={study.metrics}
                price={found?.money?.price ?? null}
                value={what}
                onChange={setWhat}
              />
              {found?.forecast && <EnoughBars forecast={found.forecast} />}
              {found?.money && !found.forecast?.reached && (
                <MoneyLine money={found.money} speed={what.speed} />
              )}
            </div>
          </div>
          {budget.error && <Failure error={budget.error} again={() => void budget.refetch()} />}
          {found && <RecordLine record={found.record} projectId={project.id} />}
          <p className="muted">
            {i18n._("Recipe {recipe}, snapshot {version}, {trainings} trainings, {sealed} sealed items.", {
              recipe: study.recipe,
              version: study.snapshot_version,
              trainings: study.points.length,
              sealed: count(study.points[0]?.test_items ?? 0, i18n.locale),
            })}{" "}
            {study.cost !== null &&
              i18n._("The curve cost as much as {cost} trainings on all labels.", {
                cost: new Intl.NumberFormat(i18n.locale, { maximumSignificantDigits: 2 }).format(study.cost),
              })}{" "}
            {button}
          </p>
          {found && (
            <PartsTable
              parts={found.parts}
              metric={what.metric}
              target={what.target ?? project.target}
              onPick={(metric) => setWhat({ ...what, metric })}
            />
          )}
          {found && <Worth budget={found} />}
          {found && mayRun && <EconomicsEdit projectId={project.id} value={found.economics} />}
        </>
      )}
      {measure.error && <Failure error={measure.error} />}
      {mayRun && <LivePanel projectId={project.id} />}
      {study && project.kind === "classification" && <ReplayPanel projectId={project.id} snapshot={ready} />}
      {study && <WaysPanel projectId={project.id} snapshot={ready} recipes={recipes} />}
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
  study,
  budget,
  metric,
}: {
  study: Schemas["StudyOut"];
  budget: Schemas["BudgetOut"] | undefined;
  metric: string;
}) {
  const { i18n } = useLingui();
  const names = metricNames(i18n);
  const part = budget?.parts.find((one) => one.key === metric);
  const shown = budget?.metric === metric;
  const pooled = part ? part.pooled : metric === "accuracy" ? study.pooled : null;
  const other = useQuery({
    queryKey: ["study", study.id, study.points.length, metric],
    enabled: pooled === null,
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/studies/{study_id}/", {
          params: { path: { study_id: study.id }, query: { metric } },
        }),
      ),
  });
  const seeds =
    metric === "accuracy"
      ? study.points.map((p) => ({ n: p.n, score: p.accuracy, key: `${p.n}-${p.seed}` }))
      : [];
  return (
    <CurveChart
      pooled={pooled ?? other.data?.pooled ?? []}
      forecast={shown ? (budget?.forecast ?? null) : metric === "accuracy" ? study.forecast : null}
      seeds={seeds}
      name={`curve-${study.project_id}-${metric.replaceAll(/[^a-z0-9]+/gi, "-")}`}
      metric={names[metric] ?? i18n._("Recall of {part}", { part: part?.title ?? metric })}
    />
  );
}
