import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, type Schemas, unwrap } from "../../../shared/api/client";
import { useMay } from "../../../shared/api/session";
import { pointsOf } from "../../../shared/ui/metrics";
import { count, shareTold } from "../../../shared/ui/numbers";
import { Failure, Field, JobLine } from "../../../shared/ui/parts";
import { interval, useCancel } from "../use-cancel";

type Found = Schemas["WaysOut"];
type Interval = Schemas["SeedEstimate"];

/** What each way of training is worth in labels: every option of one choice, on the same labels with the same seeds. */
export function WaysPanel({
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
  const cancel = useCancel("ways");
  const ways = useQuery({
    queryKey: ["ways", projectId],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/ways/", {
          params: { path: { project_id: projectId }, query: { limit: 3 } },
        }),
      ),
    refetchInterval: (query) =>
      interval(query.state.data?.results.flatMap((row) => row.jobs.map((job) => job.state)) ?? []),
  });
  const offered = recipes.filter((row) => row.params.some((one) => one.options?.length));
  const rows = ways.data?.results ?? [];
  if (!offered.length) return null;
  const active = rows[0]?.jobs.filter((job) => ["queued", "running"].includes(job.state)) ?? [];
  const failed = rows[0]?.jobs.find((job) => job.state === "failed");
  return (
    <details open={rows.length > 0}>
      <summary>{i18n._("Ways of training, measured in labels")}</summary>
      {ways.error && <Failure error={ways.error} again={() => void ways.refetch()} />}
      {rows.length === 0 && (
        <p className="muted">
          {i18n._(
            "Does learning on mixtures save labels, or tuning the pretrained layers? Every option is trained on the same growing labels with the same seeds, and read off the curves.",
          )}
        </p>
      )}
      {rows[0] && active.length > 0 && (
        <p>
          {i18n._("{trained} of {trainings} trainings are through.", {
            trained: count(rows[0].trained, i18n.locale),
            trainings: count(rows[0].trainings, i18n.locale),
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
        .filter((row) => row.rows.length > 0)
        .map((row) => (
          <WaysTable key={row.id} found={row} />
        ))}
      {mayRun && snapshot && active.length === 0 && (
        <Order projectId={projectId} snapshot={snapshot} offered={offered} />
      )}
    </details>
  );
}

function WaysTable({ found }: { found: Found }) {
  const { i18n } = useLingui();
  const share = (one: Interval) => shareTold(one, i18n.locale, 0);
  const best = [...found.rows]
    .filter((row) => row.saved && row.saved.low > 0)
    .sort((a, b) => (b.saved?.value ?? 0) - (a.saved?.value ?? 0))[0];
  return (
    <>
      <p className="verdict">
        {best?.saved
          ? i18n._("{option} saves {saved} of the labels against {standard} (80 % interval).", {
              option: best.option,
              saved: share(best.saved),
              standard: found.standard,
            })
          : i18n._("No way saves labels that can be told from chance: {standard} is as good here.", {
              standard: found.standard,
            })}
      </p>
      <div className="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{found.choice}</th>
              {found.sizes.map((size) => (
                <th scope="col" key={size}>
                  {i18n._("Error at {size} labels", { size: count(size, i18n.locale) })}
                </th>
              ))}
              <th scope="col">{i18n._("Points below the standard")}</th>
              <th scope="col">{i18n._("Labels saved (80 % interval)")}</th>
            </tr>
          </thead>
          <tbody>
            {found.rows.map((row) => {
              const gain = row.gains[row.gains.length - 1];
              return (
                <tr key={row.option} className={row === best ? "chosen" : ""}>
                  <th scope="row">{row.option}</th>
                  {row.errors.map((one, at) => (
                    <td key={found.sizes[at]} className="num">
                      {shareTold(one, i18n.locale)}
                    </td>
                  ))}
                  <td className="num">{row.saved && gain ? pointsOf(gain, i18n.locale) : "–"}</td>
                  <td className="num">{row.saved ? share(row.saved) : "–"}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <p className="muted">
        {i18n._(
          "{recipe} on snapshot {version}: {seeds} seeds, paired; 95 % intervals over seeds, on the same sealed items; points at {size} labels. A way that saves less than nothing needs more labels.",
          {
            recipe: found.recipe,
            version: found.snapshot_version,
            seeds: found.seeds,
            size: count(found.sizes[found.sizes.length - 1] ?? 0, i18n.locale),
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
      .filter((one) => one.options?.length)
      .map((one) => ({ recipe: recipe.key, choice: one.key, title: `${recipe.title}: ${one.title}`, one })),
  );
  const [at, setAt] = useState(0);
  const [seeds, setSeeds] = useState(5);
  const picked = choices[at];
  const order = useMutation({
    mutationFn: (body: Schemas["WaysIn"]) =>
      unwrap(
        api.POST("/api/v1/projects/{project_id}/ways/", {
          params: { path: { project_id: projectId } },
          body,
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["ways", projectId] }),
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (picked)
      order.mutate({ snapshot_id: snapshot.id, recipe: picked.recipe, choice: picked.choice, seeds });
  };
  return (
    <form className="form row" onSubmit={send}>
      <Field label={i18n._("Choice")}>
        <select value={at} onChange={(event) => setAt(Number(event.target.value))}>
          {choices.map((row, number) => (
            <option key={`${row.recipe}-${row.choice}`} value={number}>
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
        {i18n._("Train {trainings} times on snapshot {version}", {
          trainings: count(3 * seeds * (picked?.one.options?.length ?? 0), i18n.locale),
          version: snapshot.version,
        })}
      </button>
      {order.error && <Failure error={order.error} />}
    </form>
  );
}
