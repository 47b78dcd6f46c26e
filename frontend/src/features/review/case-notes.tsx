import { useLingui } from "@lingui/react";
import { brief } from "../../editor/core/brief";
import type { Kind } from "../../editor/core/kinds";
import { moment } from "../../shared/ui/numbers";
import type { Case } from "./use-cases";

/** What else is known of the case: the answers of all people, and verdicts that may be seen. */
export function CaseNotes({
  current,
  kind,
  labels,
}: {
  current: Case;
  kind: Kind;
  labels: { id: string; name: string }[];
}) {
  const { i18n } = useLingui();
  const names = new Map(labels.map((label) => [label.id, label.name]));
  const verdicts: Record<string, string> = {
    accepted: i18n._("accepted"),
    corrected: i18n._("mended"),
    rejected: i18n._("rejected"),
  };
  return (
    <section className="notes">
      {current.annotations.length > 1 && (
        <>
          <h2>{i18n._("Answers")}</h2>
          <ol>
            {current.annotations.map((answer, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: answers have no names, on purpose
              <li key={index}>{brief(kind, answer, names)}</li>
            ))}
          </ol>
        </>
      )}
      {current.reviews.map((one) => (
        <p key={one.created_at} className="muted">
          {one.reviewer}: {verdicts[one.verdict] ?? one.verdict}
          {one.reason && ` – ${one.reason}`}, {moment(one.created_at, i18n.locale)}
        </p>
      ))}
    </section>
  );
}
