import { useLingui } from "@lingui/react";
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { type Action, runKey } from "../../editor/actions/actions";
import { fromValue, toValue } from "../../editor/core/document";
import { Editor } from "../../editor/core/editor";
import { CanvasStage, type Stage } from "../../editor/panels/canvas-stage";
import { picture } from "../../editor/panels/pictures";
import type { Session } from "../../editor/sync/session";
import type { Schemas } from "../../shared/api/client";
import { ActiveTime } from "./active-time";
import { useActions } from "./use-actions";
import { Guidelines, LabelChips, Refused, RegionList, SaveStatus, Sheet, SkipBar } from "./workbench-parts";

type Project = Schemas["ProjectDetail"];
const AUTOSAVE_MS = 600;

/** Editor, labels and flow of one project. */
export function Workbench({ project, session }: { project: Project; session: Session }) {
  const { i18n } = useLingui();
  const editor = useMemo(() => new Editor(), []);
  useSyncExternalStore(session.subscribe, () => session.version);
  useSyncExternalStore(editor.subscribe, () => editor.version);
  const [drawLabel, setDrawLabel] = useState<string | null>(project.labels[0]?.id ?? null);
  const [skipping, setSkipping] = useState(false);
  const [sheet, setSheet] = useState(false);
  const [note, setNote] = useState("");
  const stage = useRef<Stage | null>(null);
  const onStage = useCallback((made: Stage) => {
    stage.current = made;
  }, []);
  const time = useMemo(() => new ActiveTime(), []);
  const task = session.current;
  const { image, broken } = usePicture(task?.item.image ?? null);
  const draws = project.kind === "boxes";

  useLoad(editor, session, time);
  useAutosave(editor, session, project.kind, time);

  const actions = useActions({
    editor,
    session,
    project,
    time,
    stage,
    drawLabel,
    setDrawLabel,
    setSkipping,
    setSheet,
    setNote,
  });
  useKeys(actions, time, skipping || sheet);

  return (
    <main className="workbench" id="main" tabIndex={-1}>
      <header className="bench-head">
        <h1>{project.name}</h1>
        <span className="muted item-name">{task?.item.name ?? ""}</span>
        <SaveStatus session={session} />
      </header>
      <section className="bench-stage" aria-label={i18n._("Item")}>
        {task && broken && (
          <div className="empty">
            <p>
              {i18n._("This picture cannot be shown. Skip it with a reason, and the manager will see it.")}
            </p>
          </div>
        )}
        {task ? (
          <CanvasStage
            editor={editor}
            image={image}
            labels={project.labels}
            drawLabel={drawLabel}
            draws={draws}
            onStage={onStage}
          />
        ) : (
          <QueueEmpty session={session} />
        )}
      </section>
      <aside className="bench-side" aria-label={i18n._("Labels and actions")}>
        <LabelChips
          project={project}
          editor={editor}
          drawLabel={drawLabel}
          pick={(id) => pick(actions, id)}
        />
        {draws && <RegionList project={project} editor={editor} />}
        <p className="note" role="status">
          {note}
        </p>
        <div className="bench-actions">
          {["submit", "skip", "back", "undo", "redo", "fit", "help"].map((id) => (
            <ActionButton key={id} action={actions.find((one) => one.id === id)} />
          ))}
        </div>
        {skipping && task && (
          <SkipBar
            close={() => setSkipping(false)}
            skip={(reason) => {
              setSkipping(false);
              void session.finish({ skip: reason }, time.milliseconds);
            }}
          />
        )}
        <Refused session={session} />
        {sheet && <Sheet actions={actions} close={() => setSheet(false)} />}
        <Guidelines project={project} />
      </aside>
    </main>
  );
}

function pick(actions: Action[], id: string): void {
  actions.find((one) => one.id === `label:${id}`)?.run();
}

function ActionButton({ action }: { action: Action | undefined }) {
  if (!action) return null;
  return (
    <button
      type="button"
      className={action.id === "submit" ? "primary" : ""}
      disabled={!action.enabled()}
      onClick={action.run}
    >
      {action.title} <kbd>{show(action.keys[0] ?? "")}</kbd>
    </button>
  );
}

function show(key: string): string {
  const names: Record<string, string> = { enter: "⏎", backspace: "⌫", escape: "Esc" };
  return (
    names[key] ??
    key
      .replace("ctrl+", "Ctrl ")
      .replace("shift+", "⇧ ")
      .replace(/\b[a-z]$/, (c) => c.toUpperCase())
  );
}

function QueueEmpty({ session }: { session: Session }) {
  const { i18n } = useLingui();
  const offline = session.saveState === "offline";
  return (
    <div className="empty">
      <p>
        {offline
          ? i18n._(
              "You are offline and every item that was fetched is answered. Your answers are kept in this browser.",
            )
          : i18n._("Nothing is left to label here. Thank you!")}
      </p>
      <button type="button" onClick={() => void session.fill()}>
        {i18n._("Look again")}
      </button>
    </div>
  );
}

/** The decoded picture of an address; the one before stays until it is there. */
function usePicture(address: string | null): { image: HTMLImageElement | null; broken: boolean } {
  const [shown, setShown] = useState<{ image: HTMLImageElement | null; broken: boolean }>({
    image: null,
    broken: false,
  });
  useEffect(() => {
    if (address === null) return;
    let gone = false;
    picture(address).then(
      (image) => !gone && setShown({ image, broken: false }),
      () => !gone && setShown({ image: null, broken: true }),
    );
    return () => {
      gone = true;
    };
  }, [address]);
  return shown;
}

/** Each new item: unfinished work from the journal, else the draft on the server, else the answer it has. */
function useLoad(editor: Editor, session: Session, time: ActiveTime): void {
  const task = session.current;
  useEffect(() => {
    time.restart();
    if (task === null) return editor.load(fromValue(null));
    editor.load(fromValue(task.draft?.value ?? task.answer));
    let gone = false;
    const begun = editor.revision;
    void session.work(task.id).then((saved) => {
      if (!gone && saved && editor.revision === begun) editor.load(fromValue(null), saved);
    });
    return () => {
      gone = true;
    };
  }, [task, editor, session, time]);
}

/** After each commit: the journal at once, the server within a second. */
function useAutosave(editor: Editor, session: Session, kind: string, time: ActiveTime): void {
  useEffect(() => {
    let seen = editor.revision;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const leave = editor.subscribe(() => {
      if (editor.revision === seen) return;
      seen = editor.revision;
      const saved = editor.save();
      const revision = Date.now();
      void session.keep(saved, null, revision, time.milliseconds);
      clearTimeout(timer);
      timer = setTimeout(() => {
        void session.keep(saved, toValue(editor.doc, kind), revision, time.milliseconds);
      }, AUTOSAVE_MS);
    });
    return () => {
      leave();
      clearTimeout(timer);
    };
  }, [editor, session, kind, time]);
}

function useKeys(actions: Action[], time: ActiveTime, quiet: boolean): void {
  useEffect(() => {
    const down = (event: KeyboardEvent) => {
      time.touch();
      if (!quiet) runKey(actions, event);
    };
    const touch = () => time.touch();
    window.addEventListener("keydown", down);
    window.addEventListener("pointerdown", touch);
    return () => {
      window.removeEventListener("keydown", down);
      window.removeEventListener("pointerdown", touch);
    };
  }, [actions, time, quiet]);
}
