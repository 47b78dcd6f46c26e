import { useLingui } from "@lingui/react";
import { useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { useSearchParams } from "react-router";
import { type Action, printed } from "../../editor/actions/actions";
import { withKeymap } from "../../editor/actions/keymap";
import { docOf } from "../../editor/core/kinds";
import type { Region } from "../../editor/core/regions";
import { ActiveTime } from "../../editor/panels/active-time";
import { Attributes } from "../../editor/panels/attributes";
import { BenchView } from "../../editor/panels/bench-view";
import { LabelChips, Toolbar } from "../../editor/panels/chips";
import { Comments } from "../../editor/panels/comments";
import { DisplayPanel } from "../../editor/panels/display-panel";
import { editActions } from "../../editor/panels/edit-actions";
import { NumberAnswer } from "../../editor/panels/number-answer";
import { Palette } from "../../editor/panels/palette";
import { PointPanel } from "../../editor/panels/point-panel";
import { RegionList } from "../../editor/panels/region-list";
import { Sheet } from "../../editor/panels/sheet";
import { type Bench, useBench } from "../../editor/panels/use-bench";
import { useKeymap, useKeys } from "../../editor/panels/use-keys";
import { usePicture } from "../../editor/panels/use-picture";
import type { Session, Task } from "../../editor/sync/session";
import type { Schemas } from "../../shared/api/client";
import { ScheduleLine } from "../../shared/ui/schedule-line";
import { Feedback } from "./feedback";
import { Guidelines } from "./guidelines";
import { Refused } from "./refused";
import { SkipBar } from "./skip-bar";
import { OwnProgress, QueueEmpty, SaveStatus } from "./status";
import { type Panel, useFlowActions } from "./use-flow-actions";

type Project = Schemas["ProjectDetail"];
const AUTOSAVE_MS = 600;

/** Editor, labels and flow of one project. */
export function Workbench({ project, session }: { project: Project; session: Session }) {
  const { i18n } = useLingui();
  useSyncExternalStore(session.subscribe, () => session.version);
  const bench = useBench(project as never);
  const [panel, setPanel] = useState<Panel>(null);
  const [remarks, setRemarks] = useState(false);
  const [note, setNote] = useState("");
  const [keymap, setKeymap] = useKeymap();
  const previous = useRef<Region[]>([]);
  const time = useMemo(() => new ActiveTime(), []);
  const task = session.current;
  const { shown, broken } = usePicture(task?.item ?? null);
  const has = () => session.current !== null;

  useLoad(bench, session, time);
  useAutosave(bench, session, time);
  useEffect(() => setRemarks((task?.unresolved_comments ?? 0) > 0), [task]);
  useLinkedRegion(bench);

  const flow = useFlowActions({
    bench,
    session,
    time,
    submitted: () => {
      previous.current = [...bench.editor.doc.regions.values()];
    },
    setPanel,
    toggleComments: () => setRemarks((on) => !on),
    setNote,
    preAnnotationShown: () => !!session.current?.pre_annotation,
  });
  const edits = editActions(bench, {
    i18n,
    has,
    text: task?.item.text ?? "",
    previous: () => previous.current,
  });
  const actions = withKeymap([...flow, ...edits], keymap);
  useKeys(actions, panel !== null || session.feedback !== null, () => time.touch());
  const close = () => setPanel(null);

  return (
    <main className="workbench" id="main" tabIndex={-1}>
      <header className="bench-head">
        <h1>{project.name}</h1>
        <span className="muted item-name">{task?.item.name ?? ""}</span>
        <OwnProgress projectId={project.id} answered={session.answered.length} />
        <ScheduleLine projectId={project.id} />
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
          <BenchView bench={bench} shown={shown} text={task.item.text} />
        ) : (
          session.ready && <QueueEmpty session={session} />
        )}
        {panel === "palette" && <Palette actions={actions} close={close} />}
        <Feedback session={session} project={project} kind={bench.kind} />
      </section>
      <aside className="bench-side" aria-label={i18n._("Labels and actions")}>
        {task?.pre_annotation && <PreAnnotation task={task} actions={actions} />}
        {bench.kind.form === "number" ? (
          <NumberAnswer
            bench={bench}
            task={task?.id ?? 0}
            submit={() => actions.find((one) => one.id === "submit")?.run()}
          />
        ) : (
          <LabelChips bench={bench} actions={actions} />
        )}
        <Toolbar bench={bench} actions={actions} />
        <PointPanel bench={bench} actions={actions} />
        <Attributes bench={bench} />
        {bench.kind.shapes.length > 0 && <RegionList bench={bench} text={task?.item.text ?? ""} />}
        <p className="note" role="status">
          {note}
        </p>
        <div className="bench-actions">
          {["submit", "skip", "back", "undo", "redo", "comment", "help"].map((id) => (
            <ActionButton key={id} action={actions.find((one) => one.id === id)} />
          ))}
        </div>
        {panel === "skip" && task && (
          <SkipBar
            close={close}
            skip={(reason) => {
              close();
              void session.finish({ skip: reason }, time.milliseconds);
            }}
          />
        )}
        <Refused session={session} project={project} kind={bench.kind} />
        {panel === "sheet" && <Sheet actions={actions} keymap={keymap} setKeymap={setKeymap} close={close} />}
        {task && <Comments bench={bench} projectId={project.id} taskId={task.id} open={remarks} />}
        {bench.kind.view === "image" && <DisplayPanel bench={bench} />}
        <Guidelines project={project} />
      </aside>
    </main>
  );
}

/** A link to a remark names its region: it is chosen once, when it is there. */
function useLinkedRegion({ editor, stage }: Bench): void {
  const [search] = useSearchParams();
  const wanted = useRef(search.get("region") ?? "");
  const there = wanted.current !== "" && editor.doc.regions.has(wanted.current);
  useEffect(() => {
    if (!there) return;
    editor.select(wanted.current);
    stage.current?.reveal(wanted.current);
    wanted.current = "";
  }, [there, editor, stage]);
}

/** A model's pre-annotation: seen, then taken by key or left. */
function PreAnnotation({ task, actions }: { task: NonNullable<Session["current"]>; actions: Action[] }) {
  const { i18n } = useLingui();
  const score = task.pre_annotation?.score;
  return (
    <section className="pre-annotation">
      <p>
        {i18n._("Proposal of {model}", { model: task.pre_annotation?.model ?? "" })}
        {score !== null && score !== undefined && <span className="num"> {score.toFixed(2)}</span>}
      </p>
      <ActionButton action={actions.find((one) => one.id === "accept")} />
    </section>
  );
}

function ActionButton({ action }: { action: Action | undefined }) {
  if (!action) return null;
  return (
    <button
      type="button"
      data-action={action.id}
      className={action.id === "submit" ? "primary" : ""}
      disabled={!action.enabled()}
      onClick={action.run}
    >
      {action.title} <kbd>{printed(action.keys[0] ?? "")}</kbd>
    </button>
  );
}

/** Each new item: unfinished work from the journal, else the draft on the server, else the annotation it has. */
function useLoad(bench: Bench, session: Session, time: ActiveTime): void {
  const { editor, kind, setMarked, setLinking } = bench;
  const task = session.current;
  // Before the paint: a key pressed on the item that is seen must not be wiped by its loading.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another item loads
  useLayoutEffect(() => {
    time.restart();
    setMarked({ anchor: 0, focus: 0 });
    setLinking(null);
    if (task === null) return editor.load(docOf(kind, null));
    editor.load(docOf(kind, task.draft?.value ?? task.annotation));
    let gone = false;
    const begun = editor.revision;
    void session.work(task.id).then((saved) => {
      if (!gone && saved && editor.revision === begun) editor.load(docOf(kind, null), saved);
    });
    return () => {
      gone = true;
    };
  }, [task, editor, session, time]);
}

/** When the next frame has been shown, so that a large document is not copied before the person sees what they did. */
function afterFrame(run: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(run, 0)));
}

/** After each commit: the journal once it is shown, the server within a second, however fast commits come. */
function useAutosave({ editor, kind }: Bench, session: Session, time: ActiveTime): void {
  useLayoutEffect(() => {
    let seen = editor.revision;
    let unsent: { task: Task; send: () => void } | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const send = () => {
      clearTimeout(timer);
      unsent?.send();
      unsent = null;
    };
    const leave = editor.subscribe(() => {
      if (editor.revision === seen) return;
      seen = editor.revision;
      const task = session.current;
      if (task === null) return;
      const [mine, revision, saved, value] = [seen, Date.now(), editor.save(), kind.toValue(editor.doc)];
      // A later commit's copy holds this one too; another item on the screen does not.
      afterFrame(() => {
        if (session.current === task && editor.revision !== mine) return;
        void session.keep(task, saved, null, revision, time.milliseconds);
      });
      if (unsent?.task !== task) {
        send();
        timer = setTimeout(send, AUTOSAVE_MS);
      }
      unsent = { task, send: () => void session.keep(task, saved, value, revision, time.milliseconds) };
    });
    return () => {
      leave();
      send();
    };
  }, [editor, kind, session, time]);
}
