import type { I18n } from "@lingui/core";

/** What happened, in the words of the field. */
export function eventTitle(i18n: I18n, type: string): string {
  const titles: Record<string, string> = {
    "annotation:person": i18n._("Annotated"),
    "annotation:reviewer": i18n._("Corrected by a reviewer"),
    "annotation:consensus": i18n._("Consensus"),
    "annotation:imported": i18n._("Imported"),
    "annotation:model": i18n._("Predicted by a model"),
    "annotation:relabeled": i18n._("Relabeled by a schema change"),
    "review:accepted": i18n._("Accepted"),
    "review:corrected": i18n._("Accepted with corrections"),
    "review:rejected": i18n._("Rejected"),
    skip: i18n._("Skipped"),
    comment: i18n._("Comment"),
  };
  return titles[type] ?? type;
}
