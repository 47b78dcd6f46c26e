import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { moment, percent } from "../../shared/ui/numbers";
import { Empty, Failure, Field, JobLine } from "../../shared/ui/parts";
import { interval, useCancel } from "./use-cancel";

interface Metric {
  value: number;
  low: number;
  high: number;
}

/** Trainings of a project, live; and the form that orders one, drawn from the recipe's card. */
export function RunsPanel({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  const mayRun = useMay("runs:write");
  const cancel = useCancel("runs");
  const runs = useQuery({
    queryKey: ["runs", project.id],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/runs/", {
          params: { path: { project_id: project.id }, query: { limit: 20 } },
        }),
      ),
    refetchInterval: (query) => interval(query.state.data?.rows.map((row) => row.job.state) ?? []),
  });
  if (project.kind !== "classification") {
    return (
      <section className="panel">
        <h2>{i18n._("Training")}</h2>
        <p className="muted">
          {i18n._("No recipe for boxes yet. Label and export; recipes for boxes come later.")}
        </p>
      </section>
    );
  }
  return (
    <section className="panel">
      <h2>{i18n._("Training")}</h2>
      {runs.error && <Failure error={runs.error} again={() => void runs.refetch()} />}
      {runs.data?.rows.length === 0 && <Empty>{i18n._("No model was trained yet.")}</Empty>}
      {runs.data && runs.data.rows.length > 0 && (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{i18n._("Run")}</th>
                <th scope="col">{i18n._("Recipe")}</th>
                <th scope="col">{i18n._("Snapshot")}</th>
                <th scope="col">{i18n._("State")}</th>
                <th scope="col">{i18n._("Accuracy on the sealed split")}</th>
                <th scope="col">{i18n._("Registered as")}</th>
                <th scope="col">{i18n._("Ordered")}</th>
              </tr>
            </thead>
            <tbody>
              {runs.data.rows.map((row) => {
                const accuracy = (row.job.result as { metrics?: { accuracy?: Metric } }).metrics?.accuracy;
                const model = row.job.result as { model?: string; version?: number };
                return (
                  <tr key={row.id}>
                    <th scope="row">{row.id}</th>
                    <td>{row.recipe}</td>
                    <td>{row.snapshot_version}</td>
                    <td className="wide">
                      <JobLine job={row.job} cancel={mayRun ? () => cancel(row.job.id) : undefined} />
                    </td>
                    <td className="num">
                      {accuracy &&
                        `${percent(accuracy.value, i18n.locale)} (${percent(accuracy.low, i18n.locale)} – ${percent(accuracy.high, i18n.locale)})`}
                    </td>
                    <td>{model.model && `${model.model} ${model.version}`}</td>
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

function TrainForm({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const path = { path: { project_id: project.id } };
  const [key, setKey] = useState("image_probe");
  const recipes = useQuery({
    queryKey: ["recipes"],
    queryFn: () => unwrap(api.GET("/api/v1/recipes/")),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const snapshots = useQuery({
    queryKey: ["snapshots", project.id],
    queryFn: () => unwrap(api.GET("/api/v1/projects/{project_id}/snapshots/", { params: path })),
  });
  const order = useMutation({
    mutationFn: (body: Schemas["RunIn"]) =>
      unwrap(api.POST("/api/v1/projects/{project_id}/runs/", { params: path, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["runs", project.id] }),
  });
  const ready = snapshots.data?.rows.filter((row) => row.state === "ready") ?? [];
  const fitting = recipes.data?.rows.filter((row) => row.kinds.includes(project.kind)) ?? [];
  const recipe = fitting.find((row) => row.key === key) ?? fitting[0];
  if (ready.length === 0 || !recipe) {
    return <p className="muted">{i18n._("To train, freeze a snapshot first.")}</p>;
  }
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    order.mutate({
      snapshot_id: Number(form.get("snapshot")),
      recipe: recipe.key,
      seed: Number(form.get("seed")),
      params: Object.fromEntries(recipe.params.map((one) => [one.key, Number(form.get(one.key))])),
    });
  };
  return (
    <details>
      <summary>{i18n._("Train a model")}</summary>
      <form className="form row" onSubmit={send} key={recipe.key}>
        <Field label={i18n._("Recipe")} hint={recipe.about}>
          <select value={recipe.key} onChange={(event) => setKey(event.target.value)}>
            {fitting.map((row) => (
              <option key={row.key} value={row.key}>
                {row.title}
              </option>
            ))}
          </select>
        </Field>
        <Field label={i18n._("Snapshot")}>
          <select name="snapshot">
            {ready.map((row) => (
              <option key={row.id} value={row.id}>
                {row.version}
              </option>
            ))}
          </select>
        </Field>
        {recipe.params.map((one) => (
          <Field key={one.key} label={one.title}>
            <input
              name={one.key}
              type="number"
              step={one.whole ? 1 : "any"}
              min={one.low}
              max={one.high}
              defaultValue={one.default}
              required
            />
          </Field>
        ))}
        <Field label={i18n._("Seed")}>
          <input name="seed" type="number" min={0} step={1} defaultValue={0} required />
        </Field>
        {order.error && <Failure error={order.error} />}
        <button type="submit" className="primary" disabled={order.isPending}>
          {i18n._("Train")}
        </button>
      </form>
    </details>
  );
}
