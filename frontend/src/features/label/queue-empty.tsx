import { useLingui } from "@lingui/react";
import { useEffect } from "react";
import { Link } from "react-router";
import type { Session } from "../../editor/sync/session";
import { Waiting } from "../../shared/ui/parts";
import { useOwnMembership } from "./status";

const IMPORT_INTERVAL_MS = 2000;

/** Nothing on the screen: why, and what to do. */
export function QueueEmpty({ session, projectId }: { session: Session; projectId: number }) {
  const { i18n } = useLingui();
  const mine = useOwnMembership(projectId, session);
  const { refetch } = mine;
  useEffect(() => void refetch(), [refetch]);
  const isImporting = mine.data?.is_importing === true;
  useEffect(() => {
    if (!isImporting) return;
    const look = setInterval(() => void session.fill().then(() => refetch()), IMPORT_INTERVAL_MS);
    return () => clearInterval(look);
  }, [isImporting, session, refetch]);
  const elsewhere = mine.data?.leased_by_others_count ?? 0;
  if (session.looking) return <Waiting what={i18n._("Fetching the next items…")} />;
  const offline = session.saveState === "offline";
  const why = {
    "": isImporting
      ? i18n._("Data is being imported. The first tasks appear here by themselves.")
      : i18n._("All done: no tasks left for you in this project."),
    paused: i18n._("You are paused in this project. Ask your manager to resume you."),
    limit_reached: i18n._("You reached the maximum number of tasks per annotator in this project."),
    not_assigned: i18n._("You are not assigned to this project. Ask your manager."),
  }[session.blockedReason];
  return (
    <div className="empty">
      <p>
        {offline
          ? i18n._(
              "You are offline, and every item loaded so far is submitted. Your annotations are kept in this browser.",
            )
          : why}
      </p>
      {!offline && session.blockedReason === "" && elsewhere > 0 && (
        <p>
          {i18n._(
            "{count, plural, one {# task is in progress by someone else.} other {# tasks are in progress by others.}}",
            { count: elsewhere },
          )}
        </p>
      )}
      <button type="button" onClick={() => void session.fill().then(() => refetch())}>
        {i18n._("Refresh")}
      </button>{" "}
      <Link to="/label">{i18n._("Back to my tasks")}</Link>
    </div>
  );
}
