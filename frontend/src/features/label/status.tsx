import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import type { Session } from "../../editor/sync/session";
import { api, unwrap } from "../../shared/api/client";
import { count, percent } from "../../shared/ui/numbers";
import { Waiting } from "../../shared/ui/parts";

/** Saved, waiting or offline: as a shape and a word. */
export function SaveStatus({ session }: { session: Session }) {
  const { i18n } = useLingui();
  const { waiting } = session;
  const text = {
    saved: i18n._("Saved"),
    waiting: i18n._("Saving {waiting}…", { waiting: count(waiting, i18n.locale) }),
    offline: i18n._("Offline: {waiting} kept here", { waiting: count(waiting, i18n.locale) }),
    signed_out: i18n._("Signed out: {waiting} kept here", { waiting: count(waiting, i18n.locale) }),
  }[session.saveState];
  const shape = { saved: "●", waiting: "◐", offline: "▲", signed_out: "▲" }[session.saveState];
  return (
    <span className={`save save-${session.saveState}`} role="status" data-state={session.saveState}>
      <span aria-hidden="true">{shape}</span> {text}
      {session.saveState === "signed_out" && (
        <>
          {" "}
          <a href="/" target="_blank" rel="noreferrer">
            {i18n._("Sign in again in another window")}
          </a>
        </>
      )}
    </span>
  );
}

/** What this person did here, and how good it was, with its interval. */
export function OwnProgress({ projectId, answered }: { projectId: number; answered: number }) {
  const { i18n } = useLingui();
  const mine = useQuery({
    queryKey: ["mine", projectId, Math.floor(answered / 10)],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/members/me/", { params: { path: { project_id: projectId } } }),
      ),
    placeholderData: (before) => before,
  });
  const membership = mine.data;
  if (!membership) return null;
  const minutes = Math.round(membership.active_ms_today / 60_000);
  return (
    <p className="own muted num">
      {i18n._("Today {today} in {minutes} min; {all} in all", {
        today: count(membership.annotation_count_today, i18n.locale),
        minutes: count(minutes, i18n.locale),
        all: count(membership.annotation_count, i18n.locale),
      })}
      {membership.gold_accuracy.count > 0 && (
        <>
          {" · "}
          {i18n._("checked items right: {right} of {given} ({low} to {high})", {
            right: membership.gold_accuracy.correct_count,
            given: membership.gold_accuracy.count,
            low: percent(membership.gold_accuracy.low, i18n.locale, 0),
            high: percent(membership.gold_accuracy.high, i18n.locale, 0),
          })}
        </>
      )}
    </p>
  );
}

/** Nothing on the screen: why, and what to do. */
export function QueueEmpty({ session }: { session: Session }) {
  const { i18n } = useLingui();
  if (session.looking) return <Waiting what={i18n._("Fetching the next items…")} />;
  const offline = session.saveState === "offline";
  const why = {
    "": i18n._("Nothing is left to label here. Thank you!"),
    paused: i18n._("You are paused in this project. Your manager can tell you why and let you go on."),
    limit_reached: i18n._("You have given as many answers here as you may. Thank you!"),
    not_assigned: i18n._("This project is for people who were assigned to it. Ask your manager."),
  }[session.blockedReason];
  return (
    <div className="empty">
      <p>
        {offline
          ? i18n._(
              "You are offline and every item that was fetched is answered. Your answers are kept in this browser.",
            )
          : why}
      </p>
      <button type="button" onClick={() => void session.fill()}>
        {i18n._("Look again")}
      </button>{" "}
      <Link to="/label">{i18n._("All projects")}</Link>
    </div>
  );
}
