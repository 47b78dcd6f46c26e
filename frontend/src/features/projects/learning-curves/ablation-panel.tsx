import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, type Schemas, unwrap } from "../../../shared/api/client";
import { useMay } from "../../../shared/api/session";
import { pointsOf } from "../../../shared/ui/metrics";
import { count, shareTold } from "../../../shared/ui/numbers";
import { Failure, Field, JobLine } from "../../../shared/ui/parts";
import { interval, useCancel } from "../use-cancel";

type Ablation = Schemas["AblationOut"];
type Interval = Schemas["SeedIntervalOut"];

/** What each way of training is worth in labels: every option of one choice, on the same labels with the same seeds. */
export function AblationPanel({
  projectId,
  snapshot,
  recipes,
}: {
  projectId: number;
  snapshot: Schemas["SnapshotOut"] | undefined;
  recipes: Schemas["RecipeOut"][];
}) {
  const { i18n } = useLingui();
  const mayRun = useMay("runs.write");
  const cancel = useCancel("ablations");
  const ablations = useQuery({
    queryKey: ["ablations", projectId],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/ablations/", {
          params: { path: { project_id: projectId }, query: { limit: 3 } },
        }),
      ),
    refetchInterval: (query) =>
      interval(query.state.data?.results.flatMap((row) => row.jobs.map((job) => job.state)) ?? []),
  });
  const offered = recipes.filter((row) => row.params.some((param) => param.options?.length));
  const rows = ablations.data?.results ?? [];
  if (!offered.length) return null;
  const active = rows[0]?.jobs.filter((job) => ["queued", "running"].includes(job.state)) ?? [];
  const failed = rows[0]?.jobs.find((job) => job.state === "failed");
  return (
    <details open={rows.length > 0}>
      <summary>{i18n._("Label efficiency of training methods")}</summary>
      {ablations.error && <Failure error={ablations.error} again={() => void ablations.refetch()} />}
      {rows.length === 0 && (
        <p className="muted">
          {i18n._(
            "Trains every option of one parameter on the same growing labels with the same seeds, and compares the labels that each needs.",
          )}
        </p>
      )}
      {rows[0] && active.length > 0 && (
        <p>
          {i18n._("{trained} of {trainings} trainings completed", {
            trained: count(rows[0].completed_trainings, i18n.locale),
            trainings: count(rows[0].planned_trainings, i18n.locale),
          })}{" "}
          {mayRun && (
            <button
              type="button"
              className="small"
              onClick={() => {
                for (const job of active) cancel(job.id);
              }}
            >
              {i18n._("Stop")}
            </button>
          )}
        </p>
      )}
      {failed && <JobLine job={failed} />}
      {rows
        .filter((row) => row.variants.length > 0)
        .map((row) => (
          <AblationTable key={row.id} ablation={row} />
        ))}
      {mayRun && snapshot && active.length === 0 && (
        <Order projectId={projectId} snapshot={snapshot} offered={offered} />
      )}
    </details>
  );
}

function AblationTable({ ablation }: { ablation: Ablation }) {
  const { i18n } = useLingui();
  const share = (savings: Interval) => shareTold(savings, i18n.locale, 0);
  const best = [...ablation.variants]
    .filter((row) => row.label_savings && row.label_savings.low > 0)
    .sort((a, b) => (b.label_savings?.value ?? 0) - (a.label_savings?.value ?? 0))[0];
  return (
    <>
      <p className="verdict">
        {best?.label_savings
          ? i18n._("{option} saves {saved} of the labels compared with {standard} (80% interval).", {
              option: best.variant,
              saved: share(best.label_savings),
              standard: ablation.baseline,
            })
          : i18n._("No method saves a measurable number of labels compared with {standard}.", {
              standard: ablation.baseline,
            })}
      </p>
      <div className="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{ablation.parameter}</th>
              {ablation.sizes.map((size) => (
                <th scope="col" key={size}>
                  {i18n._("Error at {size} labels", { size: count(size, i18n.locale) })}
                </th>
              ))}
              <th scope="col">{i18n._("Error reduction (pp)")}</th>
              <th scope="col">{i18n._("Labels saved (80% interval)")}</th>
            </tr>
          </thead>
          <tbody>
            {ablation.variants.map((row) => {
              const gain = row.error_reductions[row.error_reductions.length - 1];
              return (
                <tr key={row.variant} className={row === best ? "chosen" : ""}>
                  <th scope="row">{row.variant}</th>
                  {row.errors.map((error, at) => (
                    <td key={ablation.sizes[at]} className="num">
                      {shareTold(error, i18n.locale)}
                    </td>
                  ))}
                  <td className="num">{row.label_savings && gain ? pointsOf(gain, i18n.locale) : "–"}</td>
                  <td className="num">{row.label_savings ? share(row.label_savings) : "–"}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <p className="muted">
        {i18n._(
          "{recipe} on snapshot version {version}: {seeds} paired seeds, 95% intervals over seeds on the same test items, error reduction at {size} labels. Negative savings mean that more labels are needed.",
          {
            recipe: ablation.recipe,
            version: ablation.snapshot_version,
            seeds: ablation.completed_seeds,
            size: count(ablation.sizes[ablation.sizes.length - 1] ?? 0, i18n.locale),
          },
        )}
      </p>
    </>
  );
}

function Order({
  projectId,
  snapshot,
  offered,
}: {
  projectId: number;
  snapshot: Schemas["SnapshotOut"];
  offered: Schemas["RecipeOut"][];
}) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const choices = offered.flatMap((recipe) =>
    recipe.params
      .filter((param) => param.options?.length)
      .map((param) => ({
        recipe: recipe.key,
        parameter: param.key,
        title: `${recipe.title}: ${param.title}`,
        options: param.options,
      })),
  );
  const [at, setAt] = useState(0);
  const [seeds, setSeeds] = useState(5);
  const picked = choices[at];
  const order = useMutation({
    mutationFn: (body: Schemas["AblationIn"]) =>
      unwrap(
        api.POST("/api/v1/projects/{project_id}/ablations/", {
          params: { path: { project_id: projectId } },
          body,
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["ablations", projectId] }),
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (picked)
      order.mutate({ snapshot_id: snapshot.id, recipe: picked.recipe, parameter: picked.parameter, seeds });
  };
  return (
    <form className="form row" onSubmit={send}>
      <Field label={i18n._("Parameter")}>
        <select value={at} onChange={(event) => setAt(Number(event.target.value))}>
          {choices.map((row, number) => (
            <option key={`${row.recipe}-${row.parameter}`} value={number}>
              {row.title}
            </option>
          ))}
        </select>
      </Field>
      <Field label={i18n._("Seeds")}>
        <input
          type="number"
          min={2}
          max={20}
          value={seeds}
          onChange={(event) => setSeeds(Number(event.target.value))}
          required
        />
      </Field>
      <button type="submit" disabled={order.isPending}>
        {i18n._("Start {trainings} trainings on snapshot version {version}", {
          trainings: count(3 * seeds * (picked?.options?.length ?? 0), i18n.locale),
          version: snapshot.version,
        })}
      </button>
      {order.error && <Failure error={order.error} />}
    </form>
  );
}
