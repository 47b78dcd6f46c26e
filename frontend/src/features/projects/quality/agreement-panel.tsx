import { useLingui } from "@lingui/react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, type Schemas, unwrap } from "../../../shared/api/client";
import { useMay } from "../../../shared/api/session";
import { count } from "../../../shared/ui/numbers";
import { Empty, Failure, Waiting } from "../../../shared/ui/parts";
import { Estimate } from "./estimate";

type Project = Schemas["ProjectDetail"];

/** How alike people answer, beyond chance, by label and by person; every figure opens its tasks. */
export function AgreementPanel({ project }: { project: Project }) {
  const { i18n } = useLingui();
  const path = { path: { project_id: project.id } };
  const found = useQuery({
    queryKey: ["agreement", project.id],
    queryFn: () => unwrap(api.GET("/api/v1/projects/{project_id}/agreement/", { params: path })),
  });
  const names = new Map(project.labels.map((label) => [label.id, label.name]));
  if (found.error) return <Failure error={found.error} again={() => void found.refetch()} />;
  if (!found.data) return <Waiting what={i18n._("Comparing answers…")} />;
  const row = found.data;
  if (row.task_count === 0)
    return (
      <Empty>
        {i18n._(
          "No task has several answers yet. Set an overlap in the project's rules: 2 answers on a tenth of the tasks already say much.",
        )}
      </Empty>
    );
  return (
    <>
      <dl className="figures">
        <div className="figure">
          <dt>{i18n._("Tasks with several answers")}</dt>
          <dd>{count(row.task_count, i18n.locale)}</dd>
        </div>
        <div className="figure">
          <dt>{i18n._("Likeness of two answers")}</dt>
          <dd>
            <Estimate of={row.similarity} />
          </dd>
        </div>
        <div className="figure">
          <dt>{i18n._("Krippendorff's alpha")}</dt>
          <dd>
            <Estimate of={row.krippendorff_alpha} share={false} />
          </dd>
        </div>
        {row.fleiss_kappa && (
          <div className="figure">
            <dt>{i18n._("Fleiss' kappa")}</dt>
            <dd>
              <Estimate of={row.fleiss_kappa} share={false} />
            </dd>
          </div>
        )}
      </dl>
      {row.is_limited && (
        <p className="muted">
          {i18n._("There are older tasks with several answers; these figures are of the newest only.")}
        </p>
      )}
      <ConsensusForm project={project} />
      <Table
        title={i18n._("By label")}
        rows={row.labels.map((one) => [names.get(one.label) ?? one.label, one.similarity])}
      />
      <Table
        title={i18n._("By person, to all others")}
        rows={row.people.map((one) => [one.name, one.similarity])}
      />
      <Table
        title={i18n._("Cohen's kappa of two people")}
        rows={row.pairs.map((one) => [`${one.first_name} · ${one.second_name}`, one.kappa])}
        share={false}
      />
      <Table
        title={i18n._("By version of the guidelines")}
        rows={row.guidelines.map((one) => [String(one.guideline_version), one.similarity])}
      />
      {row.confusions.length > 0 && (
        <section className="panel">
          <h2>{i18n._("Labels that are mixed up")}</h2>
          <ul>
            {row.confusions.map((one) => (
              <li key={`${one.first_label}|${one.second_label}`}>
                {names.get(one.first_label) ?? one.first_label} ↔{" "}
                {names.get(one.second_label) ?? one.second_label}: {one.count}{" "}
                {one.task_ids.slice(0, 8).map((task) => (
                  <Link key={task} to={`/review/${project.id}?task=${task}`}>
                    {" "}
                    #{task}
                  </Link>
                ))}{" "}
                <Link to={`/review/${project.id}?task=${one.task_ids.join(",")}`}>
                  {i18n._("Look through all")}
                </Link>
              </li>
            ))}
          </ul>
        </section>
      )}
      <p>
        <Link to="?tab=tasks&order=agreement">{i18n._("All these tasks, the least alike first")}</Link>
      </p>
    </>
  );
}

function Table({
  title,
  rows,
  share = true,
}: {
  title: string;
  rows: [string, Schemas["QualityEstimateOut"]][];
  share?: boolean;
}) {
  if (rows.length === 0) return null;
  return (
    <section className="panel">
      <h2>{title}</h2>
      <table>
        <tbody>
          {rows.map(([name, estimate]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <Estimate of={estimate} share={share} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Resolve all tasks with several answers anew, by a method or by the one that fits. */
function ConsensusForm({ project }: { project: Project }) {
  const { i18n } = useLingui();
  const may = useMay("projects.write");
  const order = useMutation({
    mutationFn: (method: NonNullable<Schemas["ConsensusIn"]["method"]>) =>
      unwrap(
        api.POST("/api/v1/projects/{project_id}/consensus/", {
          params: { path: { project_id: project.id } },
          body: { method },
        }),
      ),
  });
  const job = useQuery({
    queryKey: ["job", order.data?.id],
    queryFn: () =>
      unwrap(api.GET("/api/v1/jobs/{job_id}/", { params: { path: { job_id: order.data?.id ?? 0 } } })),
    enabled: order.data !== undefined,
    refetchInterval: (query) =>
      ["queued", "running"].includes(query.state.data?.state ?? "queued") ? 1000 : false,
  });
  if (!may) return null;
  const result = (job.data?.result ?? {}) as Record<string, unknown>;
  return (
    <form
      className="actions"
      onSubmit={(event) => {
        event.preventDefault();
        order.mutate(new FormData(event.currentTarget).get("method") as "auto");
      }}
    >
      <label className="inline">
        {i18n._("Resolve several answers by")}
        <select name="method">
          <option value="auto">{i18n._("what fits")}</option>
          <option value="majority">{i18n._("majority")}</option>
          <option value="dawid_skene">Dawid–Skene</option>
          <option value="glad">GLAD</option>
          <option value="mace">MACE</option>
        </select>
      </label>
      <button type="submit" disabled={order.isPending}>
        {i18n._("Resolve")}
      </button>
      {order.error && <Failure error={order.error} />}
      <output>
        {job.data?.state === "done" &&
          i18n._("{method}: {changed} of {tasks} labels changed ({why})", {
            method: String(result.method),
            changed: String(result.changed),
            tasks: String(result.tasks),
            why: String(result.why),
          })}
        {job.data && job.data.state !== "done" && `${job.data.state} ${job.data.error}`}
      </output>
    </form>
  );
}
