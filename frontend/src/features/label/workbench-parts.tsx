import { useLingui } from "@lingui/react";
import { useEffect, useRef, useState } from "react";
import Markdown from "react-markdown";
import remarkGfm from "remark-gfm";
import type { Action } from "../../editor/actions/actions";
import type { Editor } from "../../editor/core/editor";
import type { Session } from "../../editor/sync/session";
import type { Schemas } from "../../shared/api/client";
import { count } from "../../shared/ui/numbers";

type Project = Schemas["ProjectDetail"];

/** Saved, waiting or offline: as a shape and a word. */
export function SaveStatus({ session }: { session: Session }) {
  const { i18n } = useLingui();
  const waiting = session.pending.length;
  const text = {
    saved: i18n._("Saved"),
    waiting: i18n._("Saving {waiting}…", { waiting: count(waiting, i18n.locale) }),
    offline: i18n._("Offline: {waiting} kept here", { waiting: count(waiting, i18n.locale) }),
  }[session.saveState];
  const shape = { saved: "●", waiting: "◐", offline: "▲" }[session.saveState];
  return (
    <span className={`save save-${session.saveState}`} role="status" data-state={session.saveState}>
      <span aria-hidden="true">{shape}</span> {text}
    </span>
  );
}

export function LabelChips({
  project,
  editor,
  drawLabel,
  pick,
}: {
  project: Project;
  editor: Editor;
  drawLabel: string | null;
  pick: (id: string) => void;
}) {
  const { i18n } = useLingui();
  const chosen = project.kind === "classification" ? editor.doc.label : (editor.selected?.label ?? drawLabel);
  return (
    <fieldset className="chips">
      <legend>{i18n._("Labels")}</legend>
      {project.labels.map((label, index) => (
        <button
          type="button"
          key={label.id}
          className="chip"
          aria-pressed={chosen === label.id}
          style={{ "--chip": label.color } as React.CSSProperties}
          onClick={(event) => {
            pick(label.id);
            event.currentTarget.blur();
          }}
        >
          <kbd>{label.key || (index < 10 ? (index + 1) % 10 : "")}</kbd> {label.name}
        </button>
      ))}
    </fieldset>
  );
}

export function RegionList({ project, editor }: { project: Project; editor: Editor }) {
  const { i18n } = useLingui();
  const names = new Map(project.labels.map((label) => [label.id, label]));
  const regions = [...editor.doc.regions.values()];
  return (
    <section className="regions">
      <h2>{i18n._("{number} boxes", { number: count(regions.length, i18n.locale) })}</h2>
      <ul>
        {regions.slice(0, 200).map((region, index) => (
          <li key={region.id}>
            <button
              type="button"
              aria-pressed={editor.selected?.id === region.id}
              onClick={() => editor.select(region.id)}
            >
              <span
                className="dot"
                aria-hidden="true"
                style={{ "--chip": names.get(region.label)?.color ?? "#888" } as React.CSSProperties}
              />
              {index + 1}. {names.get(region.label)?.name ?? region.label}
              <span className="muted num">
                {Math.round(region.w)}×{Math.round(region.h)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Why an item is skipped: by number, or in one's own words. */
export function SkipBar({ skip, close }: { skip: (reason: string) => void; close: () => void }) {
  const { i18n } = useLingui();
  const reasons = [i18n._("Cannot be judged"), i18n._("Broken picture"), i18n._("Not in the guidelines")];
  const [own, setOwn] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <form
      className="skip"
      aria-label={i18n._("Reason for skipping")}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
        const reason = own === "" ? reasons[Number(event.key) - 1] : undefined;
        if (reason) {
          event.preventDefault();
          skip(reason);
        }
      }}
      onSubmit={(event) => {
        event.preventDefault();
        if (own.trim()) skip(own.trim().slice(0, 200));
      }}
    >
      <p>{i18n._("Why skip this item?")}</p>
      {reasons.map((reason, index) => (
        <button type="button" key={reason} onClick={() => skip(reason)}>
          <kbd>{index + 1}</kbd> {reason}
        </button>
      ))}
      <input
        ref={field}
        value={own}
        maxLength={200}
        onChange={(event) => setOwn(event.target.value)}
        aria-label={i18n._("Another reason")}
        placeholder={i18n._("Another reason, then Enter")}
      />
      <button type="button" className="small" onClick={close}>
        {i18n._("Do not skip")} <kbd>Esc</kbd>
      </button>
    </form>
  );
}

/** Answers that the server would not take: shown until the person lets them go. */
export function Refused({ session }: { session: Session }) {
  const { i18n } = useLingui();
  if (session.refused.length === 0) return null;
  return (
    <section className="failure" role="alert">
      <h2>{i18n._("Not taken by the server")}</h2>
      <ul>
        {session.refused.map((one) => (
          <li key={one.clientId}>
            {i18n._("Item {task}: {why}", { task: one.taskId, why: one.refused ?? "" })}{" "}
            <code>{JSON.stringify(one.value ?? one.skipReason).slice(0, 120)}</code>
            <button type="button" className="small" onClick={() => void session.dismiss(one.clientId)}>
              {i18n._("Let it go")}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Sheet({ actions, close }: { actions: Action[]; close: () => void }) {
  const { i18n } = useLingui();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  return (
    <section
      className="sheet"
      aria-label={i18n._("Keys")}
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <h2>{i18n._("Keys")}</h2>
      <dl>
        {actions
          .filter((action) => action.keys.length > 0)
          .map((action) => (
            <div key={action.id}>
              <dt>{action.title}</dt>
              <dd>
                {action.keys.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dd>
            </div>
          ))}
      </dl>
      <p className="muted">
        {i18n._(
          "A box: one drag, or two clicks. Wheel zooms to the cursor, space and drag moves the picture.",
        )}
      </p>
      <button type="button" ref={button} onClick={close}>
        {i18n._("Close")}
      </button>
    </section>
  );
}

export function Guidelines({ project }: { project: Project }) {
  const { i18n } = useLingui();
  if (!project.guideline) return null;
  return (
    <details className="guidelines" open>
      <summary>{i18n._("Guidelines, version {version}", { version: project.guideline_version })}</summary>
      <Markdown remarkPlugins={[remarkGfm]}>{project.guideline}</Markdown>
    </details>
  );
}
