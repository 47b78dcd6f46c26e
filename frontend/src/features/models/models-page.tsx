import { useLingui } from "@lingui/react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { Link } from "react-router";
import { api, unwrap } from "../../shared/api/client";
import { useMetrics } from "../../shared/ui/metrics";
import { count } from "../../shared/ui/numbers";
import { Empty, Failure, Field, Page, Waiting } from "../../shared/ui/parts";
import { SegmentationModelsPanel } from "./segmentation-models-panel";

/** Every registered model: its newest version, where its aliases point and what runs. */
export function ModelsPage() {
  const { i18n } = useLingui();
  const metrics = useMetrics();
  const [q, setQ] = useState("");
  const part = useDeferredValue(q.trim());
  const models = useInfiniteQuery({
    queryKey: ["models", part],
    queryFn: ({ pageParam }) =>
      unwrap(
        api.GET("/api/v1/models/", {
          params: {
            query: { ...(part ? { search: part } : {}), ...(pageParam ? { cursor: pageParam } : {}) },
          },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: (before) => before,
  });
  const rows = models.data?.pages.flatMap((page) => page.results) ?? [];
  const first = rows[0];
  return (
    <Page
      title={i18n._("Models")}
      lead={i18n._("Any model, from a recipe or a notebook, traced to every label that made it.")}
    >
      <Field label={i18n._("Search by name")}>
        <input type="search" value={q} onChange={(event) => setQ(event.target.value)} />
      </Field>
      {models.isPending && <Waiting />}
      {models.error && <Failure error={models.error} again={() => void models.refetch()} />}
      {models.data && rows.length === 0 && part !== "" && (
        <Empty
          action={
            <button type="button" onClick={() => setQ("")}>
              {i18n._("Show all")}
            </button>
          }
        >
          {i18n._("No model has this in its name.")}
        </Empty>
      )}
      {models.data && rows.length === 0 && part === "" && (
        <Empty
          action={
            <Link className="button primary" to="/projects">
              {i18n._("Go to the projects")}
            </Link>
          }
        >
          {i18n._("No model yet. Train one on a project's page, or register one from a notebook as below.")}
        </Empty>
      )}
      {rows.length > 0 && (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{i18n._("Model")}</th>
                <th scope="col">{i18n._("Project")}</th>
                <th scope="col">{i18n._("Newest version")}</th>
                <th scope="col">{i18n._("On the sealed split")}</th>
                <th scope="col">{i18n._("Aliases")}</th>
                <th scope="col">{i18n._("Deployments")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  <th scope="row">
                    <Link to={`/models/${row.project_id}/${encodeURIComponent(row.name)}`}>{row.name}</Link>
                  </th>
                  <td>{row.project}</td>
                  <td className="num">
                    {row.latest_version_id ? (
                      <Link to={`/versions/${row.latest_version_id}`}>{row.latest_version}</Link>
                    ) : (
                      row.latest_version
                    )}{" "}
                    <span className="muted">
                      {i18n._("of {versions}", { versions: count(row.version_count, i18n.locale) })}
                    </span>
                  </td>
                  <td className="num" title={metrics.title(metrics.primaryOf(row.metrics))}>
                    {metrics.format(
                      metrics.primaryOf(row.metrics),
                      row.metrics[metrics.primaryOf(row.metrics)],
                    )}
                  </td>
                  <td>
                    {Object.entries(row.aliases).map(([alias, version]) => (
                      <span key={alias} className="badge">
                        ★ {alias} → {version}
                      </span>
                    ))}
                  </td>
                  <td>
                    {row.deployments.map((name) => (
                      <Link key={name} to={`/deployments/${name}`}>
                        {name}{" "}
                      </Link>
                    ))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {models.hasNextPage && (
        <button type="button" onClick={() => void models.fetchNextPage()} disabled={models.isFetching}>
          {i18n._("Show more")}
        </button>
      )}
      <section className="panel">
        <h2>{i18n._("From a notebook")}</h2>
        <p className="muted">
          {i18n._(
            "The stock MLflow client, with a token from Settings. The tag with a snapshot's hash ties the version to every label of it.",
          )}
        </p>
        <pre>
          <code>{`import os, mlflow
os.environ["MLFLOW_TRACKING_TOKEN"] = "plt_…"
mlflow.set_tracking_uri("${window.location.origin}/mlflow/project-${first?.project_id ?? 1}")
with mlflow.start_run():
    mlflow.set_tag("plateau.snapshot_hash", "…")
    mlflow.sklearn.log_model(model, name="model", registered_model_name="my-model")`}</code>
        </pre>
      </section>
      <SegmentationModelsPanel />
    </Page>
  );
}
