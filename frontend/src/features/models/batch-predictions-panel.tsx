import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { count, moment, percent } from "../../shared/ui/numbers";
import { Failure, Field, JobLine } from "../../shared/ui/parts";

/** Many items at once: predictions over a dataset, or proposals in the labeling queue. */
export function BatchPredictionsPanel({ version }: { version: Schemas["VersionDetail"] }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const may = useMay("models.write");
  const path = { params: { path: { version_id: version.id } } };
  const batches = useQuery({
    queryKey: ["batch-predictions", version.id],
    queryFn: () => unwrap(api.GET("/api/v1/model-versions/{version_id}/batch-predictions/", path)),
    refetchInterval: (query) =>
      query.state.data?.results.some((row) => ["queued", "running"].includes(row.job.state)) ? 1000 : false,
  });
  const datasets = useQuery({
    queryKey: ["datasets"],
    enabled: may,
    queryFn: () => unwrap(api.GET("/api/v1/datasets/")),
  });
  const order = useMutation({
    mutationFn: (body: Schemas["BatchPredictionIn"]) =>
      unwrap(api.POST("/api/v1/model-versions/{version_id}/batch-predictions/", { ...path, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["batch-predictions", version.id] }),
  });
  const propose = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    order.mutate({ hidden_fraction: Number(new FormData(event.currentTarget).get("hidden")) / 100 });
  };
  const predict = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    order.mutate({ dataset_id: Number(new FormData(event.currentTarget).get("dataset")) });
  };
  return (
    <section className="panel">
      <h2>{i18n._("Over many items")}</h2>
      {order.error && <Failure error={order.error} />}
      {batches.error && <Failure error={batches.error} />}
      {batches.data && batches.data.results.length > 0 && (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{i18n._("What")}</th>
                <th scope="col">{i18n._("State")}</th>
                <th scope="col">{i18n._("Items")}</th>
                <th scope="col">{i18n._("Ordered")}</th>
                <th scope="col">{i18n._("Result")}</th>
              </tr>
            </thead>
            <tbody>
              {batches.data.results.map((row) => (
                <tr key={row.id}>
                  <th scope="row">
                    {row.dataset_id
                      ? i18n._("Predictions")
                      : i18n._("Proposals, {share} kept back", {
                          share: percent(row.hidden_fraction ?? 0, i18n.locale, 0),
                        })}
                  </th>
                  <td className="wide">
                    <JobLine job={row.job} />
                  </td>
                  <td className="num">
                    {count(row.predicted_count, i18n.locale)}
                    {row.skipped_count > 0 && (
                      <span className="warn">
                        {" "}
                        {i18n._("{skipped} unreadable", { skipped: count(row.skipped_count, i18n.locale) })}
                      </span>
                    )}
                  </td>
                  <td>{moment(row.created_at, i18n.locale)}</td>
                  <td>
                    {row.has_result && (
                      <a href={`/api/v1/batch-predictions/${row.id}/result/`} download>
                        Parquet
                      </a>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {may && (
        <>
          <details>
            <summary>{i18n._("Propose labels for open tasks")}</summary>
            <form className="form" onSubmit={propose}>
              <p className="muted">
                {i18n._(
                  "Annotators see the proposal and take it by one key. Sealed items get none, and a random share is kept back, so that time saved and errors copied can be measured.",
                )}
              </p>
              <Field label={i18n._("Kept back, percent")}>
                <input name="hidden" type="number" min="0" max="90" defaultValue="20" required />
              </Field>
              <button type="submit" disabled={order.isPending}>
                {i18n._("Propose")}
              </button>
            </form>
          </details>
          <details>
            <summary>{i18n._("Predict over a dataset")}</summary>
            <form className="form" onSubmit={predict}>
              <Field label={i18n._("Dataset")}>
                <select name="dataset" required>
                  {datasets.data?.results.map((row) => (
                    <option key={row.id} value={row.id}>
                      {row.name}
                    </option>
                  ))}
                </select>
              </Field>
              <button type="submit" disabled={order.isPending}>
                {i18n._("Predict")}
              </button>
            </form>
          </details>
        </>
      )}
    </section>
  );
}
