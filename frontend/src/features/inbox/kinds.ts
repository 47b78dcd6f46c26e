import type { I18n } from "@lingui/core";
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconAt,
  IconCircleCheck,
  IconFileCertificate,
  IconFileX,
  IconGavel,
  IconInfoCircle,
  IconMessage,
  type IconProps,
  IconSignature,
} from "@tabler/icons-react";
import type { ComponentType } from "react";
import type { Schemas } from "../../shared/api/client";

type Notification = Schemas["NotificationOut"];

const ICONS: Record<string, ComponentType<IconProps>> = {
  sent_back: IconArrowBackUp,
  mentioned: IconAt,
  commented: IconMessage,
  conflict: IconGavel,
  contract_to_sign: IconSignature,
  contract_evaluated: IconFileCertificate,
  job_failed: IconAlertTriangle,
  job_done: IconCircleCheck,
  import_rejected: IconFileX,
};

export function kindIcon(kind: string): ComponentType<IconProps> {
  return ICONS[kind] ?? IconInfoCircle;
}

/** Kinds of notifications that the server has, with their titles; one that is not known here reads as its key. */
export function kindTitles(i18n: I18n): Record<string, string> {
  return {
    sent_back: i18n._("Annotation sent back"),
    mentioned: i18n._("Mention in a comment"),
    commented: i18n._("Comment on your task"),
    conflict: i18n._("Conflict to resolve"),
    contract_to_sign: i18n._("Contract to sign"),
    contract_evaluated: i18n._("Contract evaluated"),
    job_failed: i18n._("Job failed"),
    job_done: i18n._("Job finished"),
    import_rejected: i18n._("Import with rejected rows"),
  };
}

export function kindTitle(i18n: I18n, kind: string): string {
  return kindTitles(i18n)[kind] ?? kind;
}

/** What happened, in one sentence. */
export function sentenceOf(i18n: I18n, row: Notification): string {
  const values = { actor: row.actor, ...row.parameters };
  switch (row.kind) {
    case "sent_back":
      return i18n._("{actor} sent task {task} in {project} back: {text}", values);
    case "mentioned":
      return i18n._("{actor} mentioned you on task {task} in {project}: {text}", values);
    case "commented":
      return i18n._("{actor} commented on task {task} in {project}: {text}", values);
    case "conflict":
      return i18n._(
        "{count, plural, one {Annotators disagree on # task in {project}.} other {Annotators disagree on # tasks in {project}.}}",
        values,
      );
    case "contract_to_sign":
      return i18n._("{contract} waits for your signature.", values);
    case "contract_evaluated":
      return i18n._("A model was evaluated under {contract}. Verdict: {verdict}", {
        ...values,
        verdict: verdictTitle(i18n, String(row.parameters.verdict)),
      });
    case "job_failed":
      return i18n._("Job {number} ({job}) failed: {error}", values);
    case "job_done":
      return i18n._("Job {number} ({job}) is finished.", values);
    case "import_rejected":
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
