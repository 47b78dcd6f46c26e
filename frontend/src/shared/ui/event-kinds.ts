import type { I18n } from "@lingui/core";
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconAt,
  IconCamera,
  IconChartLine,
  IconCircleCheck,
  IconDatabaseImport,
  IconFileCertificate,
  IconFileX,
  IconGauge,
  IconGavel,
  IconInfoCircle,
  IconMessage,
  type IconProps,
  IconSignature,
} from "@tabler/icons-react";
import type { ComponentType } from "react";
import { jobTitle } from "../../words/jobs";
import type { Schemas } from "../api/client";

type Notification = Schemas["NotificationOut"];

const ICONS: Record<string, ComponentType<IconProps>> = {
  "task.returned": IconArrowBackUp,
  "comment.mentioned": IconAt,
  "comment.created": IconMessage,
  "task.conflict": IconGavel,
  "contract.to_sign": IconSignature,
  "contract.verdict": IconFileCertificate,
  "job.failed": IconAlertTriangle,
  "job.finished": IconCircleCheck,
  "import.rejected": IconFileX,
  "import.finished": IconDatabaseImport,
  "snapshot.created": IconCamera,
  "run.finished": IconChartLine,
  "quota.nearly_used": IconGauge,
};

export function kindIcon(kind: string): ComponentType<IconProps> {
  return ICONS[kind] ?? IconInfoCircle;
}

/** Kinds of notifications that the server has, with their titles; one that is not known here reads as its key. */
export function kindTitles(i18n: I18n): Record<string, string> {
  return {
    "task.returned": i18n._("Annotation sent back"),
    "comment.mentioned": i18n._("Mention in a comment"),
    "comment.created": i18n._("Comment on your task"),
    "task.conflict": i18n._("Conflict to resolve"),
    "contract.to_sign": i18n._("Contract to sign"),
    "contract.verdict": i18n._("Contract evaluated"),
    "job.failed": i18n._("Job failed"),
    "job.finished": i18n._("Job finished"),
    "import.rejected": i18n._("Import with rejected rows"),
    "import.finished": i18n._("Import finished"),
    "snapshot.created": i18n._("Snapshot created"),
    "run.finished": i18n._("Training run finished"),
    "quota.nearly_used": i18n._("Quota nearly used"),
  };
}

/** Events of machines that nobody is told of in person, with their titles: other systems are, by webhook. */
export function machineEventTitles(i18n: I18n): Record<string, string> {
  return {
    "version.registered": i18n._("Model version registered"),
    "alias.moved": i18n._("Alias set"),
    "alias.removed": i18n._("Alias removed"),
    "webhook.test": i18n._("Test delivery"),
  };
}

export function kindTitle(i18n: I18n, kind: string): string {
  return kindTitles(i18n)[kind] ?? machineEventTitles(i18n)[kind] ?? kind;
}

/** What happened, in one sentence. */
export function sentenceOf(i18n: I18n, row: Notification): string {
  const values = { actor: row.actor, ...row.parameters };
  const job = jobTitle(i18n, String(row.parameters.job));
  switch (row.kind) {
    case "task.returned":
      return i18n._("{actor} sent task {task} in {project} back: {text}", values);
    case "comment.mentioned":
      return i18n._("{actor} mentioned you on task {task} in {project}: {text}", values);
    case "comment.created":
      return i18n._("{actor} commented on task {task} in {project}: {text}", values);
    case "task.conflict":
      return i18n._(
        "{count, plural, one {Annotators disagree on # task in {project}.} other {Annotators disagree on # tasks in {project}.}}",
        values,
      );
    case "contract.to_sign":
      return i18n._("{contract} waits for your signature.", values);
    case "contract.verdict":
      return i18n._("A model was evaluated under {contract}. Verdict: {verdict}", {
        ...values,
        verdict: verdictTitle(i18n, String(row.parameters.verdict)),
      });
    case "job.failed":
      return i18n._("Job {number} ({job}) failed: {error}", { ...values, job });
    case "job.finished":
      return i18n._("Job {number} ({job}) is finished.", { ...values, job });
    case "import.finished":
      return i18n._("Import job {number} is finished.", values);
    case "quota.nearly_used":
      return row.parameters.quota === "storage_bytes"
        ? i18n._("Your organization has used {percent}% of its storage quota.", values)
        : row.parameters.quota === "items"
          ? i18n._("Your organization has used {percent}% of its item quota.", values)
          : i18n._("Your organization has used {percent}% of the requests it may send today.", values);
    case "snapshot.created":
      return i18n._("A snapshot is ready (job {number}).", values);
    case "run.finished":
      return i18n._("A training run is finished (job {number}).", values);
    case "import.rejected":
      return i18n._(
        "{rejected, plural, one {# row was rejected by import job {number}.} other {# rows were rejected by import job {number}.}}",
        values,
      );
    default:
      return kindTitle(i18n, row.kind);
  }
}

function verdictTitle(i18n: I18n, verdict: string): string {
  if (verdict === "pass") return i18n._("Passed");
  if (verdict === "fail") return i18n._("Failed");
  return i18n._("Not decided yet");
}
