import { useLingui } from "@lingui/react";
import { useEffect, useRef } from "react";
import { brief } from "../../editor/core/brief";
import type { Kind } from "../../editor/core/kinds";
import type { Session } from "../../editor/sync/session";
import type { Schemas } from "../../shared/api/client";

/** After a practice item: the person's answer and the right one, side by side. */
export function Lesson({
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
  const { lesson } = session;
  useEffect(() => {
    if (lesson) button.current?.focus();
  }, [lesson]);
  if (!lesson) return null;
  const names = new Map(project.labels.map((label) => [label.id, label.name]));
  const [mine, right] = [brief(kind, lesson.mine, names), brief(kind, lesson.right, names)];
  return (
    <section className="lesson" aria-label={i18n._("Practice")}>
      <h2>{mine === right ? i18n._("Practice: just so") : i18n._("Practice: it should be otherwise")}</h2>
      {lesson.task.item.image && <img src={lesson.task.item.image} alt="" />}
      <dl className="sides">
        <div>
          <dt>{i18n._("Your answer")}</dt>
          <dd>{mine}</dd>
        </div>
        <div>
          <dt>{i18n._("The right answer")}</dt>
          <dd>{right}</dd>
        </div>
      </dl>
      <button type="button" ref={button} onClick={() => session.learned()}>
        {i18n._("Go on")} <kbd>⏎</kbd>
      </button>
    </section>
  );
}
