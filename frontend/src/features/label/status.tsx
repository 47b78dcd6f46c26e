import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import type { Session } from "../../editor/sync/session";
import { api, unwrap } from "../../shared/api/client";
import { count, percent } from "../../shared/ui/numbers";

/** Saved, waiting or offline: as a shape and a word. */
export function SaveStatus({ session }: { session: Session }) {
  const { i18n } = useLingui();
  const { waiting } = session;
  const text = {
    saved: i18n._("Saved"),
    waiting: i18n._("Saving {waiting}…", { waiting: count(waiting, i18n.locale) }),
    offline: i18n._("Offline: {waiting} kept in this browser", { waiting: count(waiting, i18n.locale) }),
    signed_out: i18n._("Signed out: {waiting} kept in this browser", {
      waiting: count(waiting, i18n.locale),
    }),
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

/** The person's own work in a project, and what was submitted here before that was read. */
export function useOwnMembership(projectId: number, session: Session) {
  return useQuery({
    queryKey: ["mine", projectId],
    queryFn: async () => {
      const path = { path: { project_id: projectId } };
      const data = await unwrap(api.GET("/api/v1/projects/{project_id}/members/me/", { params: path }));
      return { ...data, counted: session.submittedCount - session.unsentCount };
    },
    staleTime: 60_000,
  });
}

/** What this person did here, and how good it was, with its interval. */
export function OwnProgress({ projectId, session }: { projectId: number; session: Session }) {
  const { i18n } = useLingui();
  const membership = useOwnMembership(projectId, session).data;
  if (!membership) return null;
  const minutes = Math.round(membership.active_ms_today / 60_000);
  const since = session.submittedCount - membership.counted; // the server counts those at the next look
  return (
    <p className="own muted num">
      {i18n._("Today {today} in {minutes} min · {all} total", {
        today: count(membership.annotation_count_today + since, i18n.locale),
        minutes: count(minutes, i18n.locale),
        all: count(membership.annotation_count + since, i18n.locale),
      })}
      {membership.gold_accuracy.count > 0 && (
        <>
          {" · "}
          {i18n._("gold accuracy {right}/{given} ({low} to {high})", {
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
