import { useLingui } from "@lingui/react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { brief } from "../../editor/core/brief";
import { kindOf } from "../../editor/core/kinds";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { Empty, Failure, JobLine, Waiting } from "../../shared/ui/parts";

/** Review of a task and of those after it, each once. */
function reviewFrom(projectId: number, rows: readonly { task_id: number }[]): string {
  const tasks = [...new Set(rows.map((row) => row.task_id))].slice(0, 100);
  return `/review/${projectId}?task=${tasks.join(",")}`;
}

/** Labels that look wrong, the most doubtful first; each opens in review, and those after it follow. */
export function DoubtsPanel({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  const may = useMay("runs.write");
  const path = { path: { project_id: project.id } };
  const doubts = useQuery({
    queryKey: ["doubts", project.id],
    queryFn: () => unwrap(api.GET("/api/v1/projects/{project_id}/doubts/", { params: path })),
  });
  const order = useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/projects/{project_id}/doubts/", { params: path })),
  });
  const job = useQuery({
    queryKey: ["job", order.data?.id],
    queryFn: async () => {
      const found = await unwrap(
        api.GET("/api/v1/jobs/{job_id}/", { params: { path: { job_id: order.data?.id ?? 0 } } }),
      );
      if (found.state === "done") void doubts.refetch();
      return found;
    },
    enabled: order.data !== undefined,
    refetchInterval: (query) =>
      ["queued", "running"].includes(query.state.data?.state ?? "queued") ? 1000 : false,
  });
  const names = new Map(project.labels.map((label) => [label.id, label.name]));
  const reasons: Record<string, string> = {
    confident_learning: i18n._("a model that never saw it says otherwise"),
    near_duplicate: i18n._("a near-duplicate has another label"),
  };
  return (
    <>
      {may && (
        <p className="actions">
          <button type="button" className="primary" disabled={order.isPending} onClick={() => order.mutate()}>
            {i18n._("Look for doubtful labels")}
          </button>
          {job.data && <JobLine job={job.data} />}
        </p>
      )}
      {order.error && <Failure error={order.error} />}
      {doubts.error && <Failure error={doubts.error} again={() => void doubts.refetch()} />}
      {doubts.isPending && <Waiting />}
      {doubts.data?.results.length === 0 && (
        <Empty>{i18n._("No label is in doubt, or nobody has looked yet.")}</Empty>
      )}
      <ul className="tasks">
        {doubts.data?.results.map((row, index, rows) => (
          <li key={`${row.task_id}:${row.reason}`}>
            {row.image && <img src={row.image} alt="" width="48" height="48" loading="lazy" />}
            <div>
              <Link to={reviewFrom(project.id, rows.slice(index))}>{row.name}</Link>
              <p className="muted">
                {brief(kindOf(project.kind), row.value, names)}
                {row.suggested && ` → ${names.get(row.suggested) ?? row.suggested}?`} · {reasons[row.reason]}
                {row.twin_id !== null && (
                  <Link to={`/review/${project.id}?task=${row.twin_id}`}> {i18n._("see it")}</Link>
                )}{" "}
                <span className="num">{row.score.toFixed(2)}</span>
              </p>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}
