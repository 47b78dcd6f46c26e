import { useLingui } from "@lingui/react";
import { cloneElement, type ReactElement, type ReactNode, use, useEffect, useId, useState } from "react";
import { Link } from "react-router";
import { ApiError, Offline, type Schemas } from "../api/client";
import { MeContext } from "../api/session";
import { count } from "./numbers";

/** What is being waited for; silent for the first 300 ms. */
export function Waiting({ what }: { what?: string }) {
  const { i18n } = useLingui();
  const [shown, show] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => show(true), 300);
    return () => clearTimeout(timer);
  }, []);
  return (
    <p className="waiting" role="status">
      {shown ? (what ?? i18n._("Loading…")) : ""}
    </p>
  );
}

/** Why nothing of an archived project changes, and who brings it back: this person, or whom. */
export function useArchived(): string {
  const { i18n } = useLingui();
  const me = use(MeContext);
  return me?.scopes.includes("projects.write")
    ? i18n._("This project is archived. Restore it first.")
    : i18n._("This project is archived. A manager or an admin can restore it.");
}

/** What happened, what was kept and what to do, in the person's language where the code is known. */
export function useErrorText(error: unknown): string {
  const { i18n } = useLingui();
  const archived = useArchived();
  if (error instanceof Offline)
    return i18n._("The server cannot be reached. Nothing was changed; check the connection and try again.");
  if (error instanceof ApiError && error.code === "stale_state")
    return i18n._("Somebody else changed this meanwhile. Reload to see it, then make your change again.");
  if (error instanceof ApiError && error.code === "project_archived") return archived;
  return error instanceof Error ? error.message : i18n._("Something went wrong.");
}

/** What happened, and what to do. */
export function Failure({ error, again }: { error: unknown; again?: () => void }) {
  const { i18n } = useLingui();
  const text = useErrorText(error);
  const stale = error instanceof ApiError && error.code === "stale_state";
  const rows = error instanceof ApiError && error.errors.length > 1 ? error.errors : [];
  return (
    <div className="failure" role="alert">
      <p>{text}</p>
      {rows.length > 0 && (
        <ul>
          {rows.slice(0, 20).map((row) => (
            <li key={row.field}>
              <code>{row.field}</code> {row.message}
            </li>
          ))}
        </ul>
      )}
      {stale && (
        <button type="button" onClick={() => location.reload()}>
          {i18n._("Reload")}
        </button>
      )}
      {again && !stale && (
        <button type="button" onClick={again}>
          {i18n._("Try again")}
        </button>
      )}
    </div>
  );
}

/** That it is done. The region is there before its text, or screen readers do not read it out. */
export function Done({ when, children }: { when: boolean; children?: ReactNode }) {
  const { i18n } = useLingui();
  return <span role="status">{when && (children ?? i18n._("Saved."))}</span>;
}

/** Nothing here yet: what to do first, in one click. */
export function Empty({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <p>{children}</p>
      {action}
    </div>
  );
}

/** The one frame of all pages: where one is, the title, what can be done, and the content. */
export function Page({
  title,
  crumbs = [],
  lead,
  badge,
  actions,
  children,
}: {
  title: string;
  /** The pages above this one: address and title, the highest first. */
  crumbs?: [to: string, title: string][];
  lead?: ReactNode;
  badge?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  const { i18n } = useLingui();
  useEffect(() => {
    document.title = `${title} · Plateau`;
  }, [title]);
  return (
    <main className="page" id="main" tabIndex={-1}>
      {crumbs.length > 0 && (
        <nav className="crumbs" aria-label={i18n._("Breadcrumbs")}>
          <ol>
            {crumbs.map(([to, text]) => (
              <li key={to}>
                <Link to={to}>{text}</Link>
              </li>
            ))}
            <li aria-current="page">{title}</li>
          </ol>
        </nav>
      )}
      <header className="page-head">
        <div>
          <h1>{title}</h1>
          {badge}
          {lead && <p className="lead">{lead}</p>}
        </div>
        {actions && <div className="actions">{actions}</div>}
      </header>
      {children}
    </main>
  );
}

/** A state as shape and word; colour only underlines it. */
export function State({ state }: { state: string }) {
  const { i18n } = useLingui();
  const words: Record<string, [string, string]> = {
    queued: ["○", i18n._("queued")],
    running: ["◐", i18n._("running")],
    building: ["◐", i18n._("building")],
    done: ["●", i18n._("done")],
    ready: ["●", i18n._("ready")],
    failed: ["✕", i18n._("failed")],
    cancelled: ["–", i18n._("cancelled")],
  };
  const [shape, word] = words[state] ?? ["·", state];
  return (
    <span className={`state state-${state}`}>
      <span aria-hidden="true">{shape}</span> {word}
    </span>
  );
}

export function Progress({ done, total, label }: { done: number; total: number; label: string }) {
  const share = total > 0 ? Math.min(1, done / total) : 0;
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
    >
      <div style={{ inlineSize: `${share * 100}%` }} />
    </div>
  );
}

/** A job's line: state, how far, what it is at, and its end. */
export function JobLine({ job, cancel }: { job: Schemas["JobOut"]; cancel?: (() => void) | undefined }) {
  const { i18n } = useLingui();
  const active = job.state === "queued" || job.state === "running";
  const aside = Number(job.result.rejected ?? 0); // files and rows of an upload
  return (
    <div className="job">
      <State state={job.state} />
      {job.state === "running" && <Progress done={job.done} total={job.total} label={i18n._("Progress")} />}
      {active && job.message && <span className="muted">{job.message}</span>}
      {active && job.attempt > 1 && (
        <span className="muted">{i18n._("attempt {attempt}", { attempt: job.attempt })}</span>
      )}
      {active && cancel && (
        <button type="button" className="small" onClick={cancel} disabled={job.cancel_requested}>
          {job.cancel_requested ? i18n._("Cancelling…") : i18n._("Cancel")}
        </button>
      )}
      {job.state === "done" && aside > 0 && (
        <span className="warn">{i18n._("{number} rejected", { number: count(aside, i18n.locale) })}</span>
      )}
      {job.state === "failed" && <span className="bad">{job.error}</span>}
    </div>
  );
}

/** A labelled field; the hint stands below it and is read as its description, not as its name. */
export function Field({ label, hint, children }: { label: string; hint?: string; children: Control }) {
  const id = useId();
  if (typeof children.type !== "string")
    throw new Error(`Field "${label}" needs an input, select or textarea.`);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {cloneElement(children, hint ? { id, "aria-describedby": `${id}hint` } : { id })}
      {hint && (
        <small className="muted" id={`${id}hint`}>
          {hint}
        </small>
      )}
    </div>
  );
}

type Control = ReactElement<{ id?: string; "aria-describedby"?: string }, "input" | "select" | "textarea">;
