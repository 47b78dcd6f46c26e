import { useLingui } from "@lingui/react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { brief } from "../../../editor/core/brief";
import { kindOf } from "../../../editor/core/kinds";
import { api, type Schemas, unwrap } from "../../../shared/api/client";
import { useMay } from "../../../shared/api/session";
import { Empty, Failure, JobLine, Waiting } from "../../../shared/ui/parts";

/** Review of a task and of those after it, each once. */
function reviewFrom(projectId: number, rows: readonly { task_id: number }[]): string {
  const tasks = [...new Set(rows.map((row) => row.task_id))].slice(0, 100);
  return `/review/${projectId}?task=${tasks.join(",")}`;
}

/** Labels that look wrong, the most probable first; each opens in review, and those after it follow. */
export function LabelIssuesPanel({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  const may = useMay("runs.write");
  const path = { path: { project_id: project.id } };
  const issues = useQuery({
    queryKey: ["label-issues", project.id],
    queryFn: () => unwrap(api.GET("/api/v1/projects/{project_id}/label-issues/", { params: path })),
  });
  const submit = useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/projects/{project_id}/label-issues/", { params: path })),
  });
  const job = useQuery({
    queryKey: ["job", submit.data?.id],
    queryFn: async () => {
      const job = await unwrap(
        api.GET("/api/v1/jobs/{job_id}/", { params: { path: { job_id: submit.data?.id ?? 0 } } }),
      );
      if (job.state === "done") void issues.refetch();
      return job;
    },
    enabled: submit.data !== undefined,
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
          <button
            type="button"
            className="primary"
            disabled={submit.isPending}
            onClick={() => submit.mutate()}
          >
            {i18n._("Look for doubtful labels")}
          </button>
          {job.data && <JobLine job={job.data} />}
        </p>
      )}
      {submit.error && <Failure error={submit.error} />}
      {issues.error && <Failure error={issues.error} again={() => void issues.refetch()} />}
      {issues.isPending && <Waiting />}
      {issues.data?.results.length === 0 && (
        <Empty>{i18n._("No label is in doubt, or nobody has looked yet.")}</Empty>
      )}
      <ul className="tasks">
        {issues.data?.results.map((row, index, rows) => (
          <li key={`${row.task_id}:${row.reason}`}>
            {row.image && <img src={row.image} alt="" width="48" height="48" loading="lazy" />}
            <div>
              <Link to={reviewFrom(project.id, rows.slice(index))}>{row.name}</Link>
              <p className="muted">
                {brief(kindOf(project.project_type), row.value, names)}
                {row.suggested_label && ` → ${names.get(row.suggested_label) ?? row.suggested_label}?`} ·{" "}
                {reasons[row.reason]}
                {row.duplicate_task_id !== null && (
                  <Link to={`/review/${project.id}?task=${row.duplicate_task_id}`}> {i18n._("see it")}</Link>
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
