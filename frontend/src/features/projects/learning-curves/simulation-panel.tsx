import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "../../../shared/api/client";
import { useMay } from "../../../shared/api/session";
import { count, percent, shareTold } from "../../../shared/ui/numbers";
import { Failure, JobLine } from "../../../shared/ui/parts";
import { interval, useCancel } from "../use-cancel";

interface Interval {
  value: number;
  low: number;
  high: number;
}

interface StrategyRow {
  strategy: string;
  scores: number[];
  label_savings?: Interval;
  difference?: Interval;
}

interface Comparison {
  sizes: number[];
  seeds: number;
  strategies: StrategyRow[];
  best_strategy: string | null;
}

/** Query strategies, measured on labels that are there: which one would have saved labels, or that none did. */
export function SimulationPanel({
  projectId,
  snapshot,
}: {
  projectId: number;
  snapshot: Schemas["SnapshotOut"] | undefined;
}) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const mayRun = useMay("runs.write");
  const cancel = useCancel("simulations");
  const path = { path: { project_id: projectId } };
  const simulations = useQuery({
    queryKey: ["simulations", projectId],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/active-learning-simulations/", {
          params: { ...path, query: { limit: 3 } },
        }),
      ),
    refetchInterval: (query) => interval(query.state.data?.results.map((row) => row.job.state) ?? []),
  });
  const order = useMutation({
    mutationFn: (id: number) =>
      unwrap(
        api.POST("/api/v1/projects/{project_id}/active-learning-simulations/", {
          params: path,
          body: { snapshot_id: id },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["simulations", projectId] }),
  });
  const rows = simulations.data?.results ?? [];
  const done = rows.find((row) => row.job.state === "done");
  const running = rows[0] && rows[0] !== done ? rows[0] : undefined;
  const comparison = done?.job.result as Comparison | undefined;
  const random = comparison?.strategies.find((row) => row.strategy === "random");
  const best = comparison?.strategies.find((row) => row.strategy === comparison.best_strategy);
  const share = (savings: Interval) => shareTold(savings, i18n.locale, 0);
  return (
    <details open={comparison !== undefined}>
      <summary>{i18n._("Active learning strategies")}</summary>
      {simulations.error && <Failure error={simulations.error} again={() => void simulations.refetch()} />}
      {running && <JobLine job={running.job} cancel={mayRun ? () => cancel(running.job.id) : undefined} />}
      {!comparison && !running && (
        <p className="muted">
          {i18n._(
            "Replays strategies on the existing labels and compares them with random sampling on the held-out test set.",
          )}
        </p>
      )}
      {comparison && done && (
        <>
          <p className="verdict">
            {best?.label_savings
              ? i18n._(
                  "{strategy} would have saved {saved} of the labels compared with random sampling (80% interval).",
                  {
                    strategy: best.strategy,
                    saved: share(best.label_savings),
                  },
                )
              : i18n._("No strategy saved a measurable number of labels compared with random sampling.")}
          </p>
          <div className="scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">{i18n._("Strategy")}</th>
                  {comparison.sizes.map((size) => (
                    <th scope="col" key={size} className="num">
                      {count(size, i18n.locale)}
                    </th>
                  ))}
                  <th scope="col">{i18n._("Labels saved (80% interval)")}</th>
                </tr>
              </thead>
              <tbody>
                {comparison.strategies.map((row) => (
                  <tr key={row.strategy} className={row === best ? "chosen" : ""}>
                    <th scope="row">{row.strategy}</th>
                    {row.scores.map((score, index) => (
                      <td key={comparison.sizes[index]} className="num">
                        {percent(score, i18n.locale)}
                      </td>
                    ))}
                    <td className="num">
                      {row === random || !row.label_savings ? "–" : share(row.label_savings)}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <p className="muted">
            {i18n._("Test accuracy, mean of {seeds} paired seeds, snapshot version {version}.", {
              seeds: comparison.seeds,
              version: done.snapshot_version,
            })}
          </p>
        </>
      )}
      {mayRun && snapshot && !running && (
        <button type="button" onClick={() => order.mutate(snapshot.id)} disabled={order.isPending}>
          {i18n._("Compare strategies on snapshot version {version}", { version: snapshot.version })}
        </button>
      )}
      {order.error && <Failure error={order.error} />}
    </details>
  );
}
