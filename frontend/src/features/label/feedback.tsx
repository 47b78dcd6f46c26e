import { useLingui } from "@lingui/react";
import { useEffect, useRef } from "react";
import { brief } from "../../editor/core/brief";
import type { Kind } from "../../editor/core/kinds";
import type { Session } from "../../editor/sync/session";
import type { Schemas } from "../../shared/api/client";

/** After a qualification task: the person's annotation and the trusted one, side by side. */
export function Feedback({
  session,
  project,
  kind,
}: {
  session: Session;
  project: Schemas["ProjectDetail"];
  kind: Kind;
}) {
  const { i18n } = useLingui();
  const button = useRef<HTMLButtonElement>(null);
  const { feedback } = session;
  useEffect(() => {
    if (feedback) button.current?.focus();
  }, [feedback]);
  if (!feedback) return null;
  const names = new Map(project.labels.map((label) => [label.id, label.name]));
  const [own, trusted] = [brief(kind, feedback.own, names), brief(kind, feedback.trusted, names)];
  return (
    <section className="feedback" aria-label={i18n._("Practice")}>
      <h2>{own === trusted ? i18n._("Practice: correct") : i18n._("Practice: incorrect")}</h2>
      {feedback.task.item.image && <img src={feedback.task.item.image} alt="" />}
      <dl className="sides">
        <div>
          <dt>{i18n._("Your annotation")}</dt>
          <dd>{own}</dd>
        </div>
        <div>
          <dt>{i18n._("Ground truth")}</dt>
          <dd>{trusted}</dd>
        </div>
      </dl>
      <button type="button" ref={button} onClick={() => session.dismissFeedback()}>
        {i18n._("Continue")} <kbd>⏎</kbd>
      </button>
    </section>
  );
}
