import { useLingui } from "@lingui/react";
import { brief } from "../../editor/core/brief";
import type { Kind } from "../../editor/core/kinds";
import { Icon } from "../../editor/panels/icons";
import { moment } from "../../shared/ui/numbers";
import type { Case } from "./use-cases";
import { nameOf, type Others } from "./use-others";

/** What else is known of the case: the annotations of all people, and verdicts that may be seen. */
export function CaseNotes({
  current,
  kind,
  labels,
  others,
}: {
  current: Case;
  kind: Kind;
  labels: { id: string; name: string }[];
  others: Others;
}) {
  const { i18n } = useLingui();
  const names = new Map(labels.map((label) => [label.id, label.name]));
  const draws = kind.shapes.length > 0;
  const verdicts: Record<string, string> = {
    accepted: i18n._("accepted"),
    corrected: i18n._("corrected"),
    rejected: i18n._("rejected"),
  };
  return (
    <section className="notes">
      {current.annotations.length > 1 && (
        <>
          <h2>{i18n._("Annotations to compare")}</h2>
          <ul className="others">
            {current.annotations.map((annotation, from) => {
              const name = nameOf(from);
              const isShown = others.shown.has(from);
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: annotations have no names, on purpose
                <li key={from}>
                  <b>{name}</b> <span className="brief">{brief(kind, annotation, names)}</span>
                  {draws && kind.view === "image" && (
                    <button
                      type="button"
                      className="small quiet"
                      aria-pressed={isShown}
                      aria-label={i18n._("Show annotation {name}", { name })}
                      title={i18n._("Show annotation {name}", { name })}
                      onClick={() => others.toggle(from)}
                    >
                      <Icon name={isShown ? "eye" : "eye-off"} size={16} />
                    </button>
                  )}
                  <button type="button" className="small" onClick={() => others.takeAll(from)}>
                    {i18n._("Use {name}", { name })}
                  </button>
                </li>
              );
            })}
          </ul>
          {draws && <Differences others={others} names={names} />}
        </>
      )}
      {current.reviews.map((review) => (
        <p key={review.created_at} className="muted">
          {review.reviewer}: {verdicts[review.verdict] ?? review.verdict}
          {review.reason && ` – ${review.reason}`}, {moment(review.created_at, i18n.locale)}
        </p>
      ))}
    </section>
  );
}

/** Regions that others marked and this annotation does not have: one key takes each. */
function Differences({ others, names }: { others: Others; names: ReadonlyMap<string, string> }) {
  const { i18n } = useLingui();
  if (others.proposals.length === 0)
    return <p className="muted">{i18n._("No other regions: the annotations agree.")}</p>;
  return (
    <>
      <p className="muted">
        {i18n._(
          "{count, plural, one {# region is missing here.} other {# regions are missing here.}} Q shows the next one, Y takes it.",
          { count: others.proposals.length },
        )}
      </p>
      <ul className="differences">
        {others.proposals.map((proposal) => (
          <li key={proposal.region.id} aria-current={proposal === others.at ? "true" : undefined}>
            <span className="brief">
              {names.get(proposal.region.label) ?? proposal.region.label} ({nameOf(proposal.from)})
            </span>
            <button type="button" className="small" onClick={() => others.take(proposal)}>
              {i18n._("Take region")}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
