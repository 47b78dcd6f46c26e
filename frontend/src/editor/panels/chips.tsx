import { useLingui } from "@lingui/react";
import { type Action, printed } from "../actions/actions";
import type { Bench } from "./use-bench";

/** The labels, each with its key in its colour. */
export function LabelChips({ bench, actions }: { bench: Bench; actions: Action[] }) {
  const { i18n } = useLingui();
  const { editor, kind, project, drawLabel } = bench;
  const chosen = (id: string) =>
    kind.classes === "none" ? (editor.selected?.label ?? drawLabel) === id : editor.doc.labels.includes(id);
  return (
    <fieldset className="chips">
      <legend>{i18n._("Labels")}</legend>
      {project.labels.map((label) => {
        const action = actions.find((one) => one.id === `label:${label.id}`);
        return (
          <button
            type="button"
            key={label.id}
            className="chip"
            aria-pressed={chosen(label.id)}
            style={{ "--chip": label.color } as React.CSSProperties}
            onClick={(event) => {
              action?.run();
              event.currentTarget.blur();
            }}
          >
            <kbd>{printed(action?.keys[0] ?? "")}</kbd> {label.name}
            {label.shape === "relation" && <span aria-hidden="true"> →</span>}
          </button>
        );
      })}
    </fieldset>
  );
}

/** The tools of the kind, where there is more than one. */
export function Toolbar({ bench, actions }: { bench: Bench; actions: Action[] }) {
  const { i18n } = useLingui();
  const tools = actions.filter((one) => one.id.startsWith("tool:"));
  if (tools.length === 0) return null;
  const masks = bench.kind.shapes.includes("mask");
  return (
    <div className="toolbar" role="toolbar" aria-label={i18n._("Tools")}>
      {tools.map((action) => (
        <button
          type="button"
          key={action.id}
          aria-pressed={action.id === `tool:${bench.toolId}`}
          onClick={(event) => {
            action.run();
            event.currentTarget.blur();
          }}
        >
          {action.title} <kbd>{printed(action.keys[0] ?? "")}</kbd>
        </button>
      ))}
      {masks && (
        <>
          <label className="inline">
            {i18n._("Radius")}
            <input
              type="range"
              min="0.5"
              max="100"
              step="0.5"
              value={bench.preferences.radius}
              onChange={(event) =>
                bench.setPreferences({ ...bench.preferences, radius: Number(event.target.value) })
              }
            />
          </label>
          <button
            type="button"
            aria-pressed={bench.brush.erase}
            onClick={() => bench.setErase(!bench.brush.erase)}
          >
            {i18n._("Eraser")} <kbd>E</kbd>
          </button>
        </>
      )}
    </div>
  );
}
