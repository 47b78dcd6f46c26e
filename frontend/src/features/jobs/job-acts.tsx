import { useLingui } from "@lingui/react";
import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { ConfirmButton } from "../../shared/ui/confirm-button";
import { toast } from "../../shared/ui/feedback";
import { jobTitle } from "../../words/jobs";
import { jobSubject } from "./job-subject";

type Job = Schemas["JobOut"];

export type Acts = ReturnType<typeof useJobActs>;

/** What may be done to jobs. */
export function useJobActs() {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: ["jobs"] });
  const cancel = useMutation({
    mutationFn: (id: number) =>
      unwrap(api.POST("/api/v1/jobs/{job_id}/cancel/", { params: { path: { job_id: id } } })),
    onSuccess: () => toast(i18n, i18n._("Cancellation requested.")),
    onSettled: refresh,
  });
  const requeue = useMutation({
    mutationFn: (id: number) =>
      unwrap(api.POST("/api/v1/jobs/{job_id}/requeue/", { params: { path: { job_id: id } } })),
    onSuccess: () => toast(i18n, i18n._("Job requeued.")),
    onSettled: refresh,
  });
  const restart = useMutation({
    mutationFn: (id: number) =>
      unwrap(api.POST("/api/v1/jobs/{job_id}/restart/", { params: { path: { job_id: id } } })),
    onSuccess: () => toast(i18n, i18n._("Job restarted.")),
    onSettled: refresh,
  });
  const setPriority = useMutation({
    mutationFn: ({ id, priority }: { id: number; priority: number }) =>
      unwrap(
        api.PUT("/api/v1/jobs/{job_id}/priority/", { params: { path: { job_id: id } }, body: { priority } }),
      ),
    onSuccess: () => toast(i18n, i18n._("Priority changed.")),
    onSettled: refresh,
  });
  return {
    cancel: (id: number) => cancel.mutate(id),
    requeue: (id: number) => requeue.mutate(id),
    restart: (id: number) => restart.mutate(id),
    isRestarting: restart.isPending,
    setPriority: (id: number, priority: number) => setPriority.mutate({ id, priority }),
    error: cancel.error ?? requeue.error ?? restart.error ?? setPriority.error,
  };
}

export function Requeue({ row, acts }: { row: Job; acts: Acts }) {
  const { i18n } = useLingui();
  return (
    <ConfirmButton
      size="compact-sm"
      isDestructive={false}
      title={i18n._("Requeue job {number}?", { number: row.id })}
      consequence={i18n._(
        "It starts again on another worker. What the current worker still writes is refused.",
      )}
      confirm={i18n._("Requeue job")}
      onConfirm={() => acts.requeue(row.id)}
    >
      {i18n._("Requeue…")}
    </ConfirmButton>
  );
}

/** Nothing where the job did not fail, or its kind is not done again. */
export function Restart({ row, acts, size }: { row: Job; acts: Acts; size?: "compact-sm" }) {
  const { i18n } = useLingui();
  if (row.state !== "failed" || row.restart_refusal) return null;
  return (
    <Button
      size={size}
      variant={size ? "default" : "filled"}
      leftSection={<IconRefresh size={16} aria-hidden />}
      disabled={acts.isRestarting}
      aria-label={i18n._("Restart job: {job}", { job: `${jobTitle(i18n, row.kind)} ${row.id}` })}
      onClick={() => acts.restart(row.id)}
    >
      {i18n._("Restart job")}
    </Button>
  );
}

export function Cancel({ row, acts }: { row: Job; acts: Acts }) {
  const { i18n } = useLingui();
  return (
    <ConfirmButton
      size="compact-sm"
      title={i18n._("Cancel {job} {number}?", { job: jobTitle(i18n, row.kind), number: row.id })}
      consequence={i18n._("What it has saved so far is kept; the rest is not done.")}
      confirm={i18n._("Cancel job")}
      onConfirm={() => acts.cancel(row.id)}
      disabled={row.cancel_requested}
    >
      {row.cancel_requested ? i18n._("Cancelling…") : i18n._("Cancel job…")}
    </ConfirmButton>
  );
}

export function isActive(row: Job): boolean {
  return row.state === "queued" || row.state === "running";
}

/** What a job is about, as a link. */
export function Subject({ row, names }: { row: Job; names?: Map<number, string> }) {
  const { i18n } = useLingui();
  const to = jobSubject(row);
  if (to === null) return "–";
  const project = row.project_id === null ? undefined : names?.get(row.project_id);
  const words: [prefix: string, text: string][] = [
    ["/versions/", i18n._("Model version")],
    ["/uploads/", i18n._("Dataset import")],
    ["/datasets/", i18n._("Erased items")],
    ["/applications/", i18n._("App")],
  ];
  const text = words.find(([prefix]) => to.startsWith(prefix))?.[1] ?? project ?? i18n._("Project");
  return <Link to={to}>{project && text !== project ? `${project}: ${text}` : text}</Link>;
}
