import { useLingui } from "@lingui/react";
import { useState } from "react";
import { brief } from "../../editor/core/brief";
import type { Kind } from "../../editor/core/kinds";
import type { Outgoing } from "../../editor/sync/journal";
import type { Session } from "../../editor/sync/session";
import type { Schemas } from "../../shared/api/client";
import { useArchived } from "../../shared/ui/parts";

/** Answers that the server would not take: both sides shown, until the person chooses. */
export function Refused({
  session,
  project,
  kind,
}: {
  session: Session;
  project: Schemas["ProjectDetail"];
  kind: Kind;
}) {
  const { i18n } = useLingui();
  const closed = session.refused.filter((outgoing) => outgoing.clientId !== session.reopened?.clientId);
  if (closed.length === 0) return null;
  return (
    <section className="failure" role="alert">
      <h2>{i18n._("Submission rejected")}</h2>
      <ul>
        {closed.map((outgoing) => (
          <Conflict
            key={outgoing.clientId}
            outgoing={outgoing}
            session={session}
            project={project}
            kind={kind}
          />
        ))}
      </ul>
    </section>
  );
}

function Conflict({
  outgoing,
  session,
  project,
  kind,
}: {
  outgoing: Outgoing;
  session: Session;
  project: Schemas["ProjectDetail"];
  kind: Kind;
}) {
  const { i18n } = useLingui();
  const [failed, setFailed] = useState(false);
  const [theirs, setTheirs] = useState<string | null>(null);
  const names = new Map(project.labels.map((label) => [label.id, label.name]));
  const archived = useArchived();
  const why = outgoing.code === "project_archived" ? archived : (outgoing.refused ?? "");
  const mine = outgoing.value ? brief(kind, outgoing.value, names) : (outgoing.skipReason ?? "");
  const compare = async () => {
    const match = await session.theirs(outgoing.clientId).catch(() => null);
    setTheirs(match ? brief(kind, match, names) : i18n._("no annotation of yours"));
  };
  return (
    <li>
      <p>{i18n._("Item {task}: {why}", { task: outgoing.taskId, why })}</p>
      <dl className="sides">
        <div>
          <dt>{i18n._("Your local version")}</dt>
          <dd>{mine}</dd>
        </div>
        <div>
          <dt>{i18n._("On the server")}</dt>
          <dd>
            {theirs ?? (
              <button type="button" className="small" onClick={() => void compare()}>
                {i18n._("Compare")}
              </button>
            )}
          </dd>
        </div>
      </dl>
      {failed && (
        <p className="bad">
          {i18n._("The item cannot be opened now. Your version is kept in this browser.")}
        </p>
      )}
      {outgoing.value && (
        <button
          type="button"
          className="small"
          onClick={() => void session.reopen(outgoing.clientId).catch(() => setFailed(true))}
        >
          {i18n._("Open item")}
        </button>
      )}
      <button type="button" className="small" onClick={() => void session.insist(outgoing.clientId)}>
        {outgoing.code === "annotated_elsewhere" ? i18n._("Keep local version") : i18n._("Submit again")}
      </button>
      <button type="button" className="small" onClick={() => void session.dismiss(outgoing.clientId)}>
        {i18n._("Discard")}
      </button>
    </li>
  );
}
