import type { I18n } from "@lingui/core";
import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { useMetrics } from "../../shared/ui/metrics";
import { count, moment, percent, rough } from "../../shared/ui/numbers";
import { Empty, Failure, Field, Progress } from "../../shared/ui/parts";
import { SlicePlot } from "./slice-plot";
import { useIsTrainable, useReadySnapshots, useRecipes } from "./train-form";

type SweepDetail = Schemas["SweepDetail"];

/** Hyper-parameter searches: which parameters do best on labels that were held out for it. */
export function SweepPanel({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  const mayRun = useMay("runs.write");
  const [chosen, setChosen] = useState<number | null>(null);
  const trainable = useIsTrainable(project.kind);
  const sweeps = useQuery({
    queryKey: ["sweeps", project.id],
    enabled: trainable === true,
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/sweeps/", {
          params: { path: { project_id: project.id }, query: { limit: 10 } },
        }),
      ),
    refetchInterval: (query) =>
      query.state.data?.results.some((row) => row.ended_count < row.trial_count) ? 2000 : false,
  });
  if (!trainable) return null;
  const rows = sweeps.data?.results ?? [];
  const shown = rows.find((row) => row.id === chosen) ?? rows[0];
  return (
    <section className="panel" id="search">
      <h2>{i18n._("Search for parameters")}</h2>
      {sweeps.error && <Failure error={sweeps.error} again={() => void sweeps.refetch()} />}
      {sweeps.data && rows.length === 0 && (
        <Empty>
          {i18n._(
            "No search yet. Each trial learns with other parameters and is judged on a fifth of the labels that is held out; the sealed split is not looked at.",
          )}
        </Empty>
      )}
      {rows.length > 1 && (
        <Field label={i18n._("Search")}>
          <select value={shown?.id} onChange={(event) => setChosen(Number(event.target.value))}>
            {rows.map((row) => (
              <option key={row.id} value={row.id}>
                {row.recipe} · {moment(row.created_at, i18n.locale)}
              </option>
            ))}
          </select>
        </Field>
      )}
      {shown && (
        <SweepResult
          key={shown.id}
          id={shown.id}
          running={shown.ended_count < shown.trial_count}
          projectId={project.id}
        />
      )}
      {mayRun && <SweepForm project={project} done={setChosen} />}
    </section>
  );
}

function SweepResult({ id, running, projectId }: { id: number; running: boolean; projectId: number }) {
  const { i18n } = useLingui();
  const metrics = useMetrics();
  const mayRun = useMay("runs.write");
  const queries = useQueryClient();
  const path = { params: { path: { sweep_id: id } } };
  const detail = useQuery({
    queryKey: ["sweep", id],
    queryFn: () => unwrap(api.GET("/api/v1/sweeps/{sweep_id}/", path)),
    refetchInterval: running ? 2000 : false,
  });
  const stop = useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/sweeps/{sweep_id}/stop/", path)),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["sweeps", projectId] }),
  });
  const sweep = detail.data;
  const train = useMutation({
    mutationFn: (body: Schemas["RunIn"]) =>
      unwrap(
        api.POST("/api/v1/projects/{project_id}/runs/", {
          params: { path: { project_id: projectId } },
          body,
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["runs", projectId] }),
  });
  if (detail.error) return <Failure error={detail.error} again={() => void detail.refetch()} />;
  if (!sweep) return null;
  const best =
    sweep.best_trial === null ? undefined : sweep.trials.find((row) => row.number === sweep.best_trial);
  const keys = Object.keys(sweep.space);
  const ended = sweep.trials.filter((row) =>
    ["done", "pruned", "failed", "cancelled"].includes(row.state),
  ).length;
  return (
    <>
      <p>
        {i18n._("{recipe} on snapshot {version}: {over} of {trials} trials, {method}.", {
          recipe: sweep.recipe,
          version: sweep.snapshot_version,
          over: count(ended, i18n.locale),
          trials: count(sweep.trial_count, i18n.locale),
          method: sweep.method === "tpe" ? "TPE" : i18n._("random"),
        })}{" "}
        {running && mayRun && (
          <button type="button" className="small" onClick={() => stop.mutate()} disabled={stop.isPending}>
            {i18n._("Stop the search")}
          </button>
        )}
      </p>
      {running && <Progress done={ended} total={sweep.trial_count} label={i18n._("Trials")} />}
      {stop.error && <Failure error={stop.error} />}
      {best && (
        <div className="verdict" role="status">
          <p>
            <strong>
              {i18n._("Best so far: {value} {metric}, with {params}", {
                value: percent(best.value ?? 0, i18n.locale),
                metric: metrics.title(sweep.metric),
                params: keys.map((key) => `${key} ${formatParam(best.params[key], i18n.locale)}`).join(", "),
              })}
            </strong>
          </p>
          <p className="muted">
            {i18n._(
              "The best of many is a little lucky on the labels it was chosen by. Train it to see what the sealed split says.",
            )}
          </p>
          {mayRun && (
            <button
              type="button"
              className="primary"
              disabled={train.isPending || train.isSuccess}
              onClick={() =>
                train.mutate({
                  snapshot_id: sweep.snapshot_id,
                  recipe: sweep.recipe,
                  params: best.params,
                  seed: sweep.seed,
                })
              }
            >
              {train.isSuccess ? i18n._("Ordered; see the trainings above") : i18n._("Train with these")}
            </button>
          )}
          {train.error && <Failure error={train.error} />}
        </div>
      )}
      {Object.keys(sweep.importance).length > 0 && <Importance sweep={sweep} />}
      {ended >= 3 && (
        <div className="slices">
          {keys.map((key) => (
            <SlicePlot
              key={key}
              name={key}
              title={key}
              metric={metrics.title(sweep.metric)}
              range={sweep.space[key] ?? {}}
              trials={sweep.trials}
              best={sweep.best_trial}
            />
          ))}
        </div>
      )}
      <details>
        <summary>{i18n._("All trials")}</summary>
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{i18n._("Trial")}</th>
                <th scope="col">{i18n._("State")}</th>
                <th scope="col">{metrics.title(sweep.metric)}</th>
                {keys.map((key) => (
                  <th key={key} scope="col">
                    {key}
                  </th>
                ))}
                <th scope="col">{i18n._("Seconds")}</th>
              </tr>
            </thead>
            <tbody>
              {sweep.trials.map((row) => (
                <tr key={row.number}>
                  <th scope="row">{row.number}</th>
                  <td title={row.error}>{stateTitle(i18n, row.state)}</td>
                  <td className="num">
                    {row.rungs
                      .map((rung) => `${rung.label_count}: ${percent(rung.score, i18n.locale)}`)
                      .join(" → ")}
                  </td>
                  {keys.map((key) => (
                    <td key={key} className="num">
                      {formatParam(row.params[key], i18n.locale)}
                    </td>
                  ))}
                  <td className="num">{rough(row.seconds, i18n.locale)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </>
  );
}

function formatParam(value: unknown, locale: string): string {
  if (typeof value !== "number") return value === undefined ? "" : String(value);
  return new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 }).format(value);
}

function stateTitle(i18n: I18n, state: string): string {
  const titles: Record<string, string> = {
    done: `✓ ${i18n._("done")}`,
    pruned: `▽ ${i18n._("given up early")}`,
    failed: `✕ ${i18n._("failed")}`,
    cancelled: `▢ ${i18n._("stopped")}`,
    running: `▶ ${i18n._("running")}`,
    waiting: i18n._("waiting"),
  };
  return titles[state] ?? state;
}

/** Share of the spread of the scores that each parameter explains. */
function Importance({ sweep }: { sweep: SweepDetail }) {
  const { i18n } = useLingui();
  const rows = Object.entries(sweep.importance).sort((a, b) => b[1] - a[1]);
  return (
    <figure>
      <figcaption>{i18n._("What mattered: share of the spread of the scores")}</figcaption>
      <dl className="bars">
        {rows.map(([key, value]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>
              <span className="bar" style={{ inlineSize: `${Math.round(100 * value)}%` }} />{" "}
              {percent(value, i18n.locale, 0)}
            </dd>
          </div>
        ))}
      </dl>
    </figure>
  );
}

function SweepForm({
  project,
  done,
}: {
  project: Schemas["ProjectDetail"];
  done: (id: number | null) => void;
}) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const [key, setKey] = useState("");
  const recipes = useRecipes(project.kind).filter((row) => row.params.length > 0);
  const ready = useReadySnapshots(project.id);
  const submit = useMutation({
    mutationFn: (body: Schemas["SweepIn"]) =>
      unwrap(
        api.POST("/api/v1/projects/{project_id}/sweeps/", {
          params: { path: { project_id: project.id } },
          body,
        }),
      ),
    onSuccess: (sweep) => {
      done(sweep.id);
      return queries.invalidateQueries({ queryKey: ["sweeps", project.id] });
    },
  });
  const recipe = recipes.find((row) => row.key === key) ?? recipes[0];
  const snapshot = ready[0];
  if (!snapshot || !recipe) return null;
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const space: Record<string, Schemas["RangeIn"]> = {};
    for (const param of recipe.params) {
      if (form.get(`use:${param.key}`) === null) continue;
      space[param.key] = param.options?.length
        ? { options: param.options }
        : {
            min: Number(form.get(`min:${param.key}`)),
            max: Number(form.get(`max:${param.key}`)),
            options: [],
          };
    }
    submit.mutate({
      snapshot_id: snapshot.id,
      recipe: recipe.key,
      method: form.get("method") === "random" ? "random" : "tpe",
      trial_count: Number(form.get("trials")),
      pruning_enabled: form.get("pruning_enabled") !== null,
      seed: 0,
      space,
      fixed: {},
    });
  };
  return (
    <details>
      <summary>{i18n._("Search the parameters of a recipe")}</summary>
      <form className="form" onSubmit={send} key={recipe.key}>
        <div className="form row">
          <Field label={i18n._("Recipe")}>
            <select value={recipe.key} onChange={(event) => setKey(event.target.value)}>
              {recipes.map((row) => (
                <option key={row.key} value={row.key}>
                  {row.title}
                </option>
              ))}
            </select>
          </Field>
          <Field label={i18n._("Trials")}>
            <input name="trials" type="number" min={2} max={200} defaultValue={20} required />
          </Field>
          <Field label={i18n._("How the next one is chosen")}>
            <select name="method" defaultValue="tpe">
              <option value="tpe">{i18n._("TPE: near what did well")}</option>
              <option value="random">{i18n._("At random")}</option>
            </select>
          </Field>
          <label className="inline">
            <input type="checkbox" name="pruning_enabled" defaultChecked />{" "}
            {i18n._("Give up trials that lag behind with few labels")}
          </label>
        </div>
        <fieldset>
          <legend>{i18n._("Parameters and where to search them")}</legend>
          {recipe.params.map((param) => (
            <div key={param.key} className="form row range">
              <label className="inline">
                <input type="checkbox" name={`use:${param.key}`} defaultChecked={recipe.params.length < 5} />{" "}
                {param.title}
              </label>
              {param.options?.length ? (
                <span className="muted">{param.options.join(", ")}</span>
              ) : (
                <>
                  <input
                    aria-label={i18n._("{name}: from", { name: param.title })}
                    name={`min:${param.key}`}
                    type="number"
                    step="any"
                    min={param.min ?? undefined}
                    max={param.max ?? undefined}
                    defaultValue={param.min ?? 0}
                  />
                  –
                  <input
                    aria-label={i18n._("{name}: to", { name: param.title })}
                    name={`max:${param.key}`}
                    type="number"
                    step="any"
                    min={param.min ?? undefined}
                    max={param.max ?? undefined}
                    defaultValue={param.max ?? 0}
                  />
                </>
              )}
            </div>
          ))}
        </fieldset>
        {submit.error && <Failure error={submit.error} />}
        <button type="submit" className="primary" disabled={submit.isPending}>
          {i18n._("Search")}
        </button>
      </form>
    </details>
  );
}
