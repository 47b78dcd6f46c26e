import type { I18n } from "@lingui/core";
import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { type Metric, pointsOf, useMetrics } from "../../shared/ui/metrics";
import { moment, rough } from "../../shared/ui/numbers";
import { Empty, Failure, JobLine } from "../../shared/ui/parts";
import { TrainForm, useIsTrainable } from "./train-form";
import { interval, useCancel } from "./use-cancel";

interface Result {
  metrics?: Record<string, Metric>;
  model?: string;
  version?: number;
  train_seconds?: number;
  prediction_ms?: number;
  baseline?: Baseline | null;
}

interface Baseline {
  recipe: string;
  metrics: Record<string, Metric>;
  train_seconds: number;
  prediction_ms: number;
  difference: { value: number; low: number; high: number };
}

/** Trainings of a project, live; and the form that orders one, drawn from the recipe's card. */
export function RunsPanel({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  const mayRun = useMay("runs.write");
  const cancel = useCancel("runs");
  const metrics = useMetrics();
  const trainable = useIsTrainable(project.kind);
  const runs = useQuery({
    queryKey: ["runs", project.id],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/runs/", {
          params: { path: { project_id: project.id }, query: { limit: 20 } },
        }),
      ),
    refetchInterval: (query) => interval(query.state.data?.results.map((row) => row.job.state) ?? []),
  });
  if (trainable === undefined) return null;
  if (!trainable) {
    return (
      <section className="panel">
        <h2>{i18n._("Training")}</h2>
        <p className="muted">
          {i18n._(
            "No recipe learns from this kind of labels. Export them, and register what you train elsewhere.",
          )}
        </p>
      </section>
    );
  }
  return (
    <section className="panel">
      <h2>{i18n._("Training")}</h2>
      {runs.error && <Failure error={runs.error} again={() => void runs.refetch()} />}
      {runs.data?.results.length === 0 && <Empty>{i18n._("No model was trained yet.")}</Empty>}
      {runs.data && runs.data.results.length > 0 && (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{i18n._("Run")}</th>
                <th scope="col">{i18n._("Recipe")}</th>
                <th scope="col">{i18n._("Snapshot")}</th>
                <th scope="col">{i18n._("State")}</th>
                <th scope="col">{i18n._("On the sealed split")}</th>
                <th scope="col">{i18n._("Beside the baseline")}</th>
                <th scope="col">{i18n._("Registered as")}</th>
                <th scope="col">{i18n._("Ordered")}</th>
              </tr>
            </thead>
            <tbody>
              {runs.data.results.map((row) => {
                const result = row.job.result as Result;
                const primary = metrics.primaryOf(result.metrics ?? {});
                return (
                  <tr key={row.id}>
                    <th scope="row">{row.id}</th>
                    <td>{row.recipe}</td>
                    <td>{row.snapshot_version}</td>
                    <td className="wide">
                      <JobLine job={row.job} cancel={mayRun ? () => cancel(row.job.id) : undefined} />
                    </td>
                    <td className="num" title={primary && metrics.title(primary)}>
                      {result.metrics && metrics.format(primary, result.metrics[primary])}
                    </td>
                    <td>
                      {result.baseline && <BaselineComparison result={result} baseline={result.baseline} />}
                    </td>
                    <td>{result.model && `${result.model} ${result.version}`}</td>
                    <td>{moment(row.created_at, i18n.locale)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      {mayRun && <TrainForm project={project} />}
    </section>
  );
}

/** Whether the model is worth its cost: points over the baseline, and what it takes to train and to answer. */
function BaselineComparison({ result, baseline }: { result: Result; baseline: Baseline }) {
  const { i18n } = useLingui();
  const points = pointsOf(baseline.difference, i18n.locale);
  const said =
    baseline.difference.low > 0
      ? i18n._("{points} points better than {recipe}", { points, recipe: baseline.recipe })
      : baseline.difference.high < 0
        ? i18n._("{points} points: worse than {recipe}", { points, recipe: baseline.recipe })
        : i18n._("{points} points: no better than {recipe}, as far as these items show", {
            points,
            recipe: baseline.recipe,
          });
  return (
    <>
      <span className={baseline.difference.low > 0 ? "good" : "warn"}>{said}</span>
      <br />
      <span className="muted">
        {i18n._("{mine} against {other} to train, {mineEach} against {otherEach} ms an answer", {
          mine: seconds(i18n, result.train_seconds ?? 0),
          other: seconds(i18n, baseline.train_seconds),
          mineEach: rough(result.prediction_ms ?? 0, i18n.locale),
          otherEach: rough(baseline.prediction_ms, i18n.locale),
        })}
      </span>
    </>
  );
}

function seconds(i18n: I18n, value: number): string {
  return i18n._("{seconds} s", { seconds: rough(value, i18n.locale) });
}
