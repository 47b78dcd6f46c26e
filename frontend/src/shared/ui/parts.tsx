import { useLingui } from "@lingui/react";
import { type ReactNode, useEffect, useState } from "react";
import { NavLink } from "react-router";
import { ApiError, Offline, type Schemas } from "../api/client";
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

/** What happened, and what to do. */
export function Failure({ error, again }: { error: unknown; again?: () => void }) {
  const { i18n } = useLingui();
  const offline = error instanceof Offline;
  const text = offline
    ? i18n._("The server cannot be reached. Nothing was changed; check the connection and try again.")
    : error instanceof ApiError && error.code === "project_archived"
      ? i18n._("This project is archived. Restore it first.")
      : error instanceof Error
        ? error.message
        : i18n._("Something went wrong.");
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
      {again && (
        <button type="button" onClick={again}>
          {i18n._("Try again")}
        </button>
      )}
    </div>
  );
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

export function Page({
  title,
  lead,
  badge,
  actions,
  children,
}: {
  title: string;
  lead?: ReactNode;
  badge?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Plateau`;
  }, [title]);
  return (
    <main className="page" id="main" tabIndex={-1}>
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

/** The whole systems beside the label projects, one tab each. */
export function Systems() {
  const { i18n } = useLingui();
  return (
    <nav className="tabs" aria-label={i18n._("Systems")}>
      <NavLink to="/systems/demand">{i18n._("Demand by place")}</NavLink>
      <NavLink to="/systems/shapes">{i18n._("Shapes from pictures")}</NavLink>
    </nav>
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
        <span className="warn">{i18n._("{number} set aside", { number: count(aside, i18n.locale) })}</span>
      )}
      {job.state === "failed" && <span className="bad">{job.error}</span>}
    </div>
  );
}

/** A question with its two answers in place: no window opens. */
export function Confirm({
  ask,
  yes,
  onYes,
  children,
}: {
  ask: string;
  yes: string;
  onYes: () => void;
  children: string;
}) {
  const [asking, setAsking] = useState(false);
  if (!asking) {
    return (
      <button type="button" className="small" onClick={() => setAsking(true)}>
        {children}
      </button>
    );
  }
  return (
    <Question
      ask={ask}
      yes={yes}
      onYes={() => {
        setAsking(false);
        onYes();
      }}
      onNo={() => setAsking(false)}
    />
  );
}

/** Asks before something is lost. */
export function Question({
  ask,
  yes,
  onYes,
  onNo,
}: {
  ask: string;
  yes: string;
  onYes: () => void;
  onNo: () => void;
}) {
  const { i18n } = useLingui();
  return (
    <span className="confirm" role="alertdialog" aria-label={ask}>
      <span>{ask}</span>
      <button type="button" className="small danger" onClick={onYes}>
        {yes}
      </button>
      <button type="button" className="small" onClick={onNo}>
        {i18n._("Keep")}
      </button>
    </span>
  );
}

/** A labelled field; the error stands beside it and is read with it. */
export function Field({ label, hint, children }: { label: string; hint?: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label className="field">
      <span>{label}</span>
      {children}
      {hint && <small className="muted">{hint}</small>}
    </label>
  );
}
