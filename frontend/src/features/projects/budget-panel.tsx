import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { CurveChart } from "../../shared/ui/curve-chart";
import { ForecastSentence } from "../../shared/ui/forecast-sentence";
import { count } from "../../shared/ui/numbers";
import { Empty, Failure, JobLine, Waiting } from "../../shared/ui/parts";
import { interval, useCancel } from "./use-cancel";

/** The label budget: the measured curve and what it says of the target. */
export function BudgetPanel({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const mayRun = useMay("runs:write");
  const cancel = useCancel("studies");
  const path = { path: { project_id: project.id } };
  const studies = useQuery({
    queryKey: ["studies", project.id],
    queryFn: () =>
      unwrap(api.GET("/api/v1/projects/{project_id}/studies/", { params: { ...path, query: { limit: 5 } } })),
    refetchInterval: (query) => interval(query.state.data?.rows.map((row) => row.job.state) ?? []),
  });
  const snapshots = useQuery({
    queryKey: ["snapshots", project.id],
    queryFn: () => unwrap(api.GET("/api/v1/projects/{project_id}/snapshots/", { params: path })),
  });
  const ready = snapshots.data?.rows.find((row) => row.state === "ready");
  const measure = useMutation({
    mutationFn: (snapshot: number) =>
      unwrap(
        api.POST("/api/v1/projects/{project_id}/studies/", {
          params: path,
          body: { snapshot_id: snapshot, recipe: "image_probe", points: 7, seeds: 5 },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["studies", project.id] }),
  });
  if (project.kind !== "classification") return null;
  const study = studies.data?.rows[0];
  const button = mayRun && ready && (
    <button type="button" onClick={() => measure.mutate(ready.id)} disabled={measure.isPending}>
      {i18n._("Measure the curve on snapshot {version}", { version: ready.version })}
    </button>
  );
  return (
    <section className="panel">
      <h2>{i18n._("Label budget")}</h2>
      {studies.isPending && <Waiting />}
      {studies.error && <Failure error={studies.error} again={() => void studies.refetch()} />}
      {studies.data && !study && (
        <Empty action={button}>
          {ready
            ? i18n._(
                "No curve yet. It trains on growing parts of the labels and is judged on the sealed split.",
              )
            : i18n._("No curve yet. Freeze a snapshot first, below.")}
        </Empty>
      )}
      {study && (
        <>
          {study.job.state !== "done" && (
            <JobLine job={study.job} cancel={mayRun ? () => cancel(study.job.id) : undefined} />
          )}
          <ForecastSentence forecast={study.forecast} />
          <CurveChart study={study} />
          <p className="muted">
            {i18n._("Recipe {recipe}, snapshot {version}, {seeds} seeds, {sealed} sealed items.", {
              recipe: study.recipe,
              version: study.snapshot_version,
              seeds: study.seeds.length,
              sealed: count(study.points[0]?.test_items ?? 0, i18n.locale),
            })}{" "}
            {button}
          </p>
        </>
      )}
      {measure.error && <Failure error={measure.error} />}
    </section>
  );
}
