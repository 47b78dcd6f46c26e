import { useLingui } from "@lingui/react";
import { useEffect, useLayoutEffect, useMemo, useState } from "react";
import { Link } from "react-router";
import type { Action } from "../../editor/actions/actions";
import { withKeymap } from "../../editor/actions/keymap";
import type { Doc } from "../../editor/core/document";
import { docOf } from "../../editor/core/kinds";
import { misfit } from "../../editor/core/labels";
import { ActiveTime } from "../../editor/panels/active-time";
import { BenchActions, BenchFrame, type FramePanel } from "../../editor/panels/bench-frame";
import { benchPart } from "../../editor/panels/bench-parts";
import { BenchView } from "../../editor/panels/bench-view";
import { editActions } from "../../editor/panels/edit-actions";
import { LabelsPanel } from "../../editor/panels/labels-panel";
import { NumberAnswer } from "../../editor/panels/number-answer";
import { picture } from "../../editor/panels/pictures";
import { RegionList } from "../../editor/panels/region-list";
import { IconButton, ToolOptions } from "../../editor/panels/tool-rail";
import { useBench } from "../../editor/panels/use-bench";
import { useKeymap, useKeys } from "../../editor/panels/use-keys";
import { usePicture } from "../../editor/panels/use-picture";
import { ApiError, type Schemas } from "../../shared/api/client";
import type { PlaceInList } from "../../shared/ui/list/opened-list";
import { count, percent } from "../../shared/ui/numbers";
import { useOrigin } from "../../shared/ui/origin";
import { Failure } from "../../shared/ui/parts";
import { CaseNotes } from "./case-notes";
import { RejectBar } from "./reject-bar"; // its keys follow at once
import { type Decision, type Place, useCases } from "./use-cases";
import { useOthers } from "./use-others";

const Attributes = benchPart(async () => (await import("../../editor/panels/attributes")).Attributes);
const PointPanel = benchPart(async () => (await import("../../editor/panels/point-panel")).PointPanel);
const Comments = benchPart(async () => (await import("../../editor/panels/comments")).Comments);
const SideBySide = benchPart(async () => (await import("./side-by-side")).SideBySide);

/** An annotation to judge: Enter accepts it, with corrections where it was changed; S rejects it. */
export function ReviewBench({
  project,
  taskIds,
  opened,
  drafts,
}: {
  project: Schemas["ProjectDetail"];
  taskIds: readonly number[] | null;
  /** The list of items that the one task was opened from. */
  opened: PlaceInList | null;
  /** Changes to cases that were left without a verdict. */
  drafts: Map<number, Doc>;
}) {
  const { i18n } = useLingui();
  const bench = useBench(project as never);
  const { editor, kind } = bench;
  const queue = useCases(project.id, taskIds);
  const origin = useOrigin(project.id) ?? [`/projects/${project.id}/quality`, i18n._("Back to quality")];
  const { current } = queue;
  const { toPrevious, toNext } = opened ?? queue;
  const place = opened ? current && { ...opened, isMore: false } : queue.place;
  const item = current?.task.item ?? null;
  const { shown } = usePicture(item);
  const [panel, setPanel] = useState<"reject" | FramePanel | null>(null);
  const [remarks, setRemarks] = useState(false);
  const [keymap, setKeymap] = useKeymap();
  const time = useMemo(() => new ActiveTime(), []);
  const [note, setNote] = useState("");
  const [beside, setBeside] = useState<number | null>(null);
  const others = useOthers(bench, current);
  const original = useMemo(() => docOf(kind, current?.task.annotation), [kind, current]);

  useLayoutEffect(() => {
    time.restart();
    editor.load(drafts.get(current?.task.id ?? 0) ?? original);
    setRemarks((current?.task.unresolved_comments ?? 0) > 0);
    setNote("");
    setBeside(null);
  }, [original, editor, current, time, drafts]);
  useEffect(() => {
    const next = queue.next?.task.item;
    if (next?.image) picture(next.image, null).catch(() => {});
  }, [queue.next]);

  const changed = () => JSON.stringify(kind.toValue(editor.doc)) !== JSON.stringify(kind.toValue(original));
  /** Go to another case; what was changed here is there again on the way back. */
  const leave = (go: () => void) => () => {
    if (current && changed()) drafts.set(current.task.id, editor.doc);
    else if (current) drafts.delete(current.task.id);
    go();
  };
  const decide = async (decision: Decision) => {
    const id = current?.task.id ?? 0;
    if (!(await queue.decide(decision))) return;
    drafts.delete(id);
    opened?.toNext?.();
  };
  const spent = () => Math.round(time.milliseconds);
  const accept = () => {
    const wrong = misfit(editor.doc.regions.values(), bench.project.labels);
    if (wrong) {
      editor.select(wrong.id);
      bench.setMarks([wrong.id]);
      return setNote(i18n._("The label of the selected region is for another shape. Pick another label."));
    }
    const value = kind.toValue(editor.doc);
    if (changed() && value) void decide({ verdict: "corrected", value, active_ms: spent() });
    else void decide({ verdict: "accepted", active_ms: spent() });
  };
  const reject = async (reason: string, anyone: boolean) => {
    setPanel(null);
    await decide({
      verdict: "rejected",
      reason,
      region: editor.selected?.id ?? "",
      reassign_to: anyone ? "anyone" : "author",
      active_ms: spent(),
    });
  };
  const has = () => current !== null && !queue.sending;
  const canLeave = () => (opened !== null || current !== null) && !queue.sending;
  const act = (
    id: string,
    title: string,
    keys: string[],
    run: () => void,
    group: Action["group"] = "flow",
  ) => ({ id, group, title, keys, enabled: has, run });
  const flow: Action[] = [
    act("accept", changed() ? i18n._("Accept with corrections") : i18n._("Accept"), ["enter"], accept),
    act("reject", i18n._("Reject…"), ["s"], () => setPanel("reject")),
    {
      ...act("previous-item", i18n._("Previous item"), ["b"], leave(toPrevious ?? (() => {}))),
      enabled: () => canLeave() && toPrevious !== undefined,
    },
    {
      ...act("next-item", i18n._("Next item"), ["n"], leave(toNext ?? (() => {}))),
      enabled: () => canLeave() && toNext !== undefined,
    },
    act("comment", i18n._("Comments"), ["m"], () => setRemarks((on) => !on)),
    ...(others.docs.length > 0
      ? [
          act("beside", i18n._("Compare side by side"), ["shift+q"], () =>
            setBeside((on) => (on === null ? 0 : on + 1 < others.docs.length ? on + 1 : null)),
          ),
        ]
      : []),
    ...(others.docs.length > 0 && kind.shapes.length > 0
      ? [
          act("next-difference", i18n._("Next region of others"), ["q"], others.next),
          act("take", i18n._("Take this region"), ["y"], () => others.take(null)),
        ]
      : []),
    act("view", i18n._("View settings"), ["shift+v"], () => setPanel("view"), "view"),
    act("palette", i18n._("Find an action"), ["ctrl+k"], () => setPanel("palette"), "help"),
    act("help", i18n._("Keyboard shortcuts"), ["?"], () => setPanel("sheet"), "help"),
  ];
  const edits = editActions(bench, { i18n, has, text: item?.text ?? "", previous: () => [] });
  const actions = withKeymap([...flow, ...edits], keymap);
  useKeys(actions, panel !== null, () => time.touch());
  const close = () => setPanel(null);
  const draws = bench.kind.view === "image" && bench.kind.shapes.length > 0;
  const stale = queue.error instanceof ApiError && queue.error.code === "annotation_changed";

  const other = beside === null ? undefined : others.docs[beside];
  const takeAction = others.proposals.length > 0 ? ["next-difference", "take"] : [];
  const compareAction = others.docs.length > 0 ? ["beside"] : [];

  return (
    <BenchFrame
      title={`${i18n._("Review")} · ${project.name}`}
      heading={i18n._("Review: {name}", { name: project.name })}
      back={taskIds === null ? ["/review", i18n._("Back to review")] : origin}
      itemName={item?.name ?? ""}
      status={
        <>
          {current && current.agreement !== null && (
            <span className="num own">
              {i18n._("Agreement {share}", { share: percent(current.agreement, i18n.locale, 0) })}
            </span>
          )}
          {place && <PlaceInQueue {...place} />}
          {["previous-item", "next-item"].map((id) => (
            <IconButton key={id} action={actions.find((action) => action.id === id)} side="below" />
          ))}
        </>
      }
      bench={bench}
      actions={actions}
      panel={panel}
      close={close}
      keymap={keymap}
      setKeymap={setKeymap}
      isShown={current !== null}
      stage={
        <>
          {current ? (
            <div className={other ? "split" : "whole"}>
              <div className="beside">
                <BenchView bench={bench} shown={shown} text={item?.text ?? ""} />
              </div>
              {other && beside !== null && (
                <SideBySide bench={bench} doc={other} from={beside} shown={shown} text={item?.text ?? ""} />
              )}
            </div>
          ) : (
            queue.ready && (
              <div className="empty">
                <p>
                  {taskIds === null
                    ? i18n._("All done: nothing left to review in this project.")
                    : i18n._(
                        "All done: you have been through these {count, plural, one {item} other {# items}}.",
                        {
                          count: taskIds.length,
                        },
                      )}
                </p>
                {taskIds === null ? (
                  <>
                    <button type="button" onClick={() => void queue.start()}>
                      {i18n._("Refresh")}
                    </button>{" "}
                    <Link to="/review">{i18n._("Back to review")}</Link>
                  </>
                ) : (
                  <>
                    <Link to={origin[0]}>{origin[1]}</Link>{" "}
                    <Link to={`/review/${project.id}`}>{i18n._("Review what waits")}</Link>
                  </>
                )}
              </div>
            )
          )}
          {panel === "reject" && (
            <RejectBar reject={reject} close={close} region={editor.selected !== null} />
          )}
        </>
      }
    >
      {queue.error !== null && <Failure error={queue.error} />}
      {stale && (
        <button type="button" onClick={queue.drop}>
          {i18n._("Next item")}
        </button>
      )}
      {current && <CaseNotes current={current} kind={kind} labels={project.labels} others={others} />}
      {kind.form === "number" ? (
        <NumberAnswer bench={bench} task={0} submit={() => undefined} />
      ) : (
        <LabelsPanel bench={bench} actions={actions} />
      )}
      <ToolOptions bench={bench} />
      {draws && <PointPanel bench={bench} actions={actions} />}
      {project.attributes.length > 0 && <Attributes bench={bench} />}
      {kind.shapes.length > 0 && <RegionList bench={bench} text={item?.text ?? ""} />}
      {current && remarks && <Comments bench={bench} projectId={project.id} taskId={current.task.id} />}
      <p className="note" role="status">
        {note}
      </p>
      <BenchActions actions={actions} ids={["accept", "reject", ...takeAction, ...compareAction]} />
    </BenchFrame>
  );
}

/** Which case this is, of how many. */
function PlaceInQueue({ place, total, isMore }: Place) {
  const { i18n } = useLingui();
  const values = { place: count(place, i18n.locale), total: count(total, i18n.locale) };
  return (
    <span className="num place" role="status">
      {isMore ? i18n._("{place} of more than {total}", values) : i18n._("{place} of {total}", values)}
    </span>
  );
}
