import { useLingui } from "@lingui/react";
import { useEffect, useLayoutEffect, useMemo, useState } from "react";
import { Link } from "react-router";
import { type Action, printed } from "../../editor/actions/actions";
import { withKeymap } from "../../editor/actions/keymap";
import { docOf } from "../../editor/core/kinds";
import { ActiveTime } from "../../editor/panels/active-time";
import { Attributes } from "../../editor/panels/attributes";
import { BenchView } from "../../editor/panels/bench-view";
import { LabelChips, Toolbar } from "../../editor/panels/chips";
import { Comments } from "../../editor/panels/comments";
import { DisplayPanel } from "../../editor/panels/display-panel";
import { editActions } from "../../editor/panels/edit-actions";
import { NumberAnswer } from "../../editor/panels/number-answer";
import { Palette } from "../../editor/panels/palette";
import { picture } from "../../editor/panels/pictures";
import { PointPanel } from "../../editor/panels/point-panel";
import { RegionList } from "../../editor/panels/region-list";
import { Sheet } from "../../editor/panels/sheet";
import { useBench } from "../../editor/panels/use-bench";
import { useKeymap, useKeys } from "../../editor/panels/use-keys";
import { usePicture } from "../../editor/panels/use-picture";
import { ApiError, type Schemas } from "../../shared/api/client";
import { percent } from "../../shared/ui/numbers";
import { Failure } from "../../shared/ui/parts";
import { CaseNotes } from "./case-notes";
import { RejectBar } from "./reject-bar";
import { useCases } from "./use-cases";

/** An answer to judge: Enter accepts it, or sends it mended where it was changed; R sends it back. */
export function ReviewBench({
  project,
  taskIds,
}: {
  project: Schemas["ProjectDetail"];
  taskIds: readonly number[] | null;
}) {
  const { i18n } = useLingui();
  const bench = useBench(project as never);
  const { editor, kind } = bench;
  const queue = useCases(project.id, taskIds);
  const { current } = queue;
  const item = current?.task.item ?? null;
  const { shown } = usePicture(item);
  const [panel, setPanel] = useState<"reject" | "sheet" | "palette" | null>(null);
  const [remarks, setRemarks] = useState(false);
  const [keymap, setKeymap] = useKeymap();
  const time = useMemo(() => new ActiveTime(), []);
  const original = useMemo(() => docOf(kind, current?.task.annotation), [kind, current]);

  useLayoutEffect(() => {
    time.restart();
    editor.load(original);
    setRemarks((current?.task.unresolved_comments ?? 0) > 0);
  }, [original, editor, current, time]);
  useEffect(() => {
    const next = queue.next?.task.item;
    if (next?.image) picture(next.image, null).catch(() => {});
  }, [queue.next]);

  const changed = () => JSON.stringify(kind.toValue(editor.doc)) !== JSON.stringify(kind.toValue(original));
  const spent = () => Math.round(time.milliseconds);
  const accept = () => {
    const value = kind.toValue(editor.doc);
    if (changed() && value) void queue.decide({ verdict: "corrected", value, active_ms: spent() });
    else void queue.decide({ verdict: "accepted", active_ms: spent() });
  };
  const reject = async (reason: string, anyone: boolean) => {
    setPanel(null);
    await queue.decide({
      verdict: "rejected",
      reason,
      region: editor.selected?.id ?? "",
      reassign_to: anyone ? "anyone" : "author",
      active_ms: spent(),
    });
  };
  const has = () => current !== null && !queue.sending;
  const act = (
    id: string,
    title: string,
    keys: string[],
    run: () => void,
    group: Action["group"] = "flow",
  ) => ({ id, group, title, keys, enabled: has, run });
  const flow: Action[] = [
    act("accept", changed() ? i18n._("Send it mended") : i18n._("Accept"), ["enter"], accept),
    act("reject", i18n._("Reject…"), ["s"], () => setPanel("reject")),
    act("comment", i18n._("Remarks"), ["m"], () => setRemarks((on) => !on)),
    act("palette", i18n._("Find an action"), ["ctrl+k"], () => setPanel("palette"), "help"),
    act("help", i18n._("Keys"), ["?"], () => setPanel("sheet"), "help"),
  ];
  const edits = editActions(bench, { i18n, has, text: item?.text ?? "", previous: () => [] });
  const actions = withKeymap([...flow, ...edits], keymap);
  useKeys(actions, panel !== null, () => time.touch());
  const close = () => setPanel(null);
  const stale = queue.error instanceof ApiError && queue.error.code === "annotation_changed";

  return (
    <main className="workbench" id="main" tabIndex={-1}>
      <header className="bench-head">
        <h1>{i18n._("Review: {name}", { name: project.name })}</h1>
        <span className="muted item-name">{item?.name ?? ""}</span>
        {current && current.agreement !== null && (
          <span className="num">
            {i18n._("Agreement {share}", { share: percent(current.agreement, i18n.locale, 0) })}
          </span>
        )}
      </header>
      <section className="bench-stage" aria-label={i18n._("Item")}>
        {current ? (
          <BenchView bench={bench} shown={shown} text={item?.text ?? ""} />
        ) : (
          queue.ready && (
            <div className="empty">
              <p>{i18n._("Nothing is left to review here. Thank you!")}</p>
              {taskIds === null ? (
                <>
                  <button type="button" onClick={() => void queue.start()}>
                    {i18n._("Look again")}
                  </button>{" "}
                  <Link to="/review">{i18n._("All projects")}</Link>
                </>
              ) : (
                <Link to={`/projects/${project.id}/quality`}>{i18n._("Back to quality")}</Link>
              )}
            </div>
          )
        )}
        {panel === "palette" && <Palette actions={actions} close={close} />}
      </section>
      <aside className="bench-side" aria-label={i18n._("Labels and actions")}>
        {queue.error !== null && <Failure error={queue.error} />}
        {stale && (
          <button type="button" onClick={queue.drop}>
            {i18n._("Take the next one")}
          </button>
        )}
        {current && <CaseNotes current={current} kind={kind} labels={project.labels} />}
        {kind.form === "number" ? (
          <NumberAnswer bench={bench} task={0} submit={() => undefined} />
        ) : (
          <LabelChips bench={bench} actions={actions} />
        )}
        <Toolbar bench={bench} actions={actions} />
        <PointPanel bench={bench} actions={actions} />
        <Attributes bench={bench} />
        {kind.shapes.length > 0 && <RegionList bench={bench} text={item?.text ?? ""} />}
        <div className="bench-actions">
          {actions
            .filter((one) => ["accept", "reject", "undo", "redo", "comment", "help"].includes(one.id))
            .map((action) => (
              <button
                type="button"
                key={action.id}
                data-action={action.id}
                className={action.id === "accept" ? "primary" : ""}
                disabled={!action.enabled()}
                onClick={action.run}
              >
                {action.title} <kbd>{printed(action.keys[0] ?? "")}</kbd>
              </button>
            ))}
        </div>
        {panel === "reject" && <RejectBar reject={reject} close={close} region={editor.selected !== null} />}
        {panel === "sheet" && <Sheet actions={actions} keymap={keymap} setKeymap={setKeymap} close={close} />}
        {current && <Comments bench={bench} projectId={project.id} taskId={current.task.id} open={remarks} />}
        {kind.view === "image" && <DisplayPanel bench={bench} />}
      </aside>
    </main>
  );
}
