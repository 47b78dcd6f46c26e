import { useLingui } from "@lingui/react";
import { useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { useSearchParams } from "react-router";
import type { Action } from "../../editor/actions/actions";
import { withKeymap } from "../../editor/actions/keymap";
import { docOf } from "../../editor/core/kinds";
import type { Region } from "../../editor/core/regions";
import { ActiveTime } from "../../editor/panels/active-time";
import { ActionButton, BenchActions, BenchFrame } from "../../editor/panels/bench-frame";
import { benchPart } from "../../editor/panels/bench-parts";
import { BenchView } from "../../editor/panels/bench-view";
import { editActions } from "../../editor/panels/edit-actions";
import { LabelsPanel } from "../../editor/panels/labels-panel";
import { NumberAnswer } from "../../editor/panels/number-answer";
import { RegionList } from "../../editor/panels/region-list";
import { ToolOptions } from "../../editor/panels/tool-rail";
import { type Bench, useBench } from "../../editor/panels/use-bench";
import { useKeymap, useKeys } from "../../editor/panels/use-keys";
import { usePicture } from "../../editor/panels/use-picture";
import type { Session, Task } from "../../editor/sync/session";
import type { Schemas } from "../../shared/api/client";
import { useMe } from "../../shared/api/session";
import { useOrigin } from "../../shared/ui/origin";
import { SkipBar } from "./skip-bar"; // its keys follow at once
import { OwnProgress, SaveStatus } from "./status";
import { type Panel, useFlowActions } from "./use-flow-actions";

const Attributes = benchPart(async () => (await import("../../editor/panels/attributes")).Attributes);
const PointPanel = benchPart(async () => (await import("../../editor/panels/point-panel")).PointPanel);
const Comments = benchPart(async () => (await import("../../editor/panels/comments")).Comments);
const QueueEmpty = benchPart(async () => (await import("./queue-empty")).QueueEmpty);
const Reopened = benchPart(async () => (await import("./returned")).Reopened);
const Returned = benchPart(async () => (await import("./returned")).Returned);
const Guidelines = benchPart(async () => (await import("./guidelines")).Guidelines);
const ScheduleLine = benchPart(async () => (await import("../../shared/ui/schedule-line")).ScheduleLine);
const Feedback = benchPart(async () => (await import("./feedback")).Feedback);
const Refused = benchPart(async () => (await import("./refused")).Refused);

type Project = Schemas["ProjectDetail"];
const AUTOSAVE_MS = 600;

/** Editor, labels and flow of one project. */
export function Workbench({ project, session }: { project: Project; session: Session }) {
  const { i18n } = useLingui();
  const me = useMe();
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
  const submit = flow.find((action) => action.id === "submit");
  const advances = bench.preferences.autoAdvance && bench.kind.classes === "one";
  const edits = editActions(bench, {
    i18n,
    has,
    text: task?.item.text ?? "",
    previous: () => previous.current,
  }).map((action) =>
    advances && action.id.startsWith("label:")
      ? {
          ...action,
          run: () => {
            action.run();
            submit?.run();
          },
        }
      : action,
  );
  const actions = withKeymap([...flow, ...edits], keymap);
  useKeys(actions, panel !== null || session.feedback !== null, () => time.touch());
  const close = () => setPanel(null);
  const draws = bench.kind.view === "image" && bench.kind.shapes.length > 0;
  const mayManage = me.scopes.includes("projects.write");
  const origin = useOrigin(project.id);

  return (
    <BenchFrame
      title={`${i18n._("Label")} · ${project.name}`}
      heading={project.name}
      back={
        origin ??
        (mayManage
          ? [`/projects/${project.id}`, i18n._("Back to project")]
          : ["/label", i18n._("Back to my tasks")])
      }
      itemName={task?.item.name ?? ""}
      status={
        <>
          <OwnProgress projectId={project.id} session={session} />
          <ScheduleLine projectId={project.id} />
          <SaveStatus session={session} />
        </>
      }
      bench={bench}
      actions={actions}
      panel={panel}
      close={close}
      keymap={keymap}
      setKeymap={setKeymap}
      isShown={task !== null}
      stage={
        <>
          {task && broken && (
            <div className="empty">
              <p>{i18n._("This image cannot be shown. Skip it with a reason; the manager will see it.")}</p>
            </div>
          )}
          {task ? (
            <BenchView bench={bench} shown={shown} text={task.item.text} />
          ) : (
            session.ready && <QueueEmpty session={session} projectId={project.id} />
          )}
          {panel === "skip" && task && (
            <SkipBar
              close={close}
              skip={(reason: string) => {
                close();
                setNote(i18n._("Skipped. Previous brings it back."));
                void session.finish({ skip: reason }, time.milliseconds);
              }}
            />
          )}
          {session.feedback && <Feedback session={session} project={project} kind={bench.kind} />}
        </>
      }
    >
      {session.refused.length > 0 && <Refused session={session} project={project} kind={bench.kind} />}
      {task && session.reopened?.taskId === task.id && <Reopened why={session.reopened.why} />}
      {task && session.wasReturned(task) && <Returned taskId={task.id} bench={bench} />}
      {task?.pre_annotation && <PreAnnotation task={task} actions={actions} />}
      {bench.kind.form === "number" ? (
        <NumberAnswer bench={bench} task={task?.id ?? 0} submit={() => submit?.run()} />
      ) : (
        <LabelsPanel bench={bench} actions={actions} />
      )}
      <ToolOptions bench={bench} />
      {draws && <PointPanel bench={bench} actions={actions} />}
      {project.attributes.length > 0 && <Attributes bench={bench} />}
      {bench.kind.shapes.length > 0 && <RegionList bench={bench} text={task?.item.text ?? ""} />}
      {task && remarks && <Comments bench={bench} projectId={project.id} taskId={task.id} />}
      <Guidelines project={project} />
      <p className="note" role="status">
        {note}
      </p>
      <BenchActions actions={actions} ids={["submit", "skip", "back", "later"]} />
    </BenchFrame>
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

/** A model's pre-annotation: seen, then accepted by key or left. */
function PreAnnotation({ task, actions }: { task: NonNullable<Session["current"]>; actions: Action[] }) {
  const { i18n } = useLingui();
  const score = task.pre_annotation?.score;
  return (
    <section className="pre-annotation">
      <p>
        {i18n._("Prediction of {model}", { model: task.pre_annotation?.model ?? "" })}
        {score !== null && score !== undefined && <span className="num"> {score.toFixed(2)}</span>}
      </p>
      <ActionButton action={actions.find((action) => action.id === "accept")} />
    </section>
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
    const named = session.reopened?.taskId === task.id ? session.reopened.region : "";
    bench.setMarks(named ? [named] : []);
    if (named) editor.select(named);
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
