import type { I18n } from "@lingui/core";
import type { Schemas } from "../../shared/api/client";

type Job = Schemas["JobOut"];

/** Where what a job is about stands; null where no page shows it. */
export function jobSubject(job: Job): string | null {
  const ids = job.subject_ids ?? {};
  if (job.kind === "train" && ids.run_id) return `/runs/${ids.run_id}`;
  const made = job.result.version_id;
  if (typeof made === "number") return `/versions/${made}`;
  switch (job.kind) {
    case "ingest":
      return ids.batch_id ? `/uploads/${ids.batch_id}` : null;
    case "erase":
      return "/datasets/erased";
    case "evaluate":
    case "export":
      return ids.version_id ? `/versions/${ids.version_id}` : null;
    case "mesh-render":
    case "mesh-train":
    case "mesh-reconstruct":
      return ids.collection_id ? `/applications/meshes/${ids.collection_id}` : null;
    case "demand-report":
    case "demand-refresh":
      return ids.area_id ? `/applications/demand/${ids.area_id}` : null;
  }
  if (job.project_id === null) return null;
  const tabs: Record<string, string> = {
    snapshot: "/snapshots",
    import_labels: "/snapshots",
    consensus: "/quality",
    "label-issues": "/quality",
    train: "/experiments",
    trial: "/experiments",
    "learning-curve": "/budget",
    "active-learning-simulation": "/budget",
  };
  return `/projects/${job.project_id}${tabs[job.kind] ?? ""}`;
}

/** How long a job has been running, or ran, in milliseconds; null before its start. */
export function jobDuration(job: Job, now: number): number | null {
  if (job.started_at === null) return null;
  return (job.ended_at === null ? now : Date.parse(job.ended_at)) - Date.parse(job.started_at);
}

/** What a person does about a failed job: where to begin it again. */
export function jobAdvice(i18n: I18n, job: Job): string {
  if (job.restart_refusal) return job.restart_refusal;
  if (/memory|SIGKILL|SIGTERM/i.test(job.error))
    return i18n._(
      "The worker ran out of memory. Use a smaller input or batch, or a machine with more memory.",
    );
  switch (job.kind) {
    case "train":
      return i18n._("Restart the job, or open the training run and train again with other parameters.");
    case "ingest":
      return i18n._("Files that were imported are kept. Restart the job for the others.");
    case "evaluate":
    case "export":
      return i18n._("Restart the job. The model version is unchanged.");
    default:
      return i18n._("The log below says where it stopped. Correct the cause, then restart the job.");
  }
}
