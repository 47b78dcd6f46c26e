import { useLingui } from "@lingui/react";
import { type Action, printed } from "../actions/actions";
import { hasIcon, Icon } from "./icons";
import type { Bench } from "./use-bench";

/** A button of the rail: an icon, and beside it on hover or focus its name and key. */
export function IconButton({
  action,
  pressed,
  side = "end",
}: {
  action: Action | undefined;
  pressed?: boolean;
  side?: "end" | "below";
}) {
  if (!action) return null;
  const icon = action.id.replace(/^tool:/, "");
  const [key] = action.keys;
  return (
    <button
      type="button"
      className="icon-button"
      data-action={action.id}
      data-side={side}
      aria-label={action.title}
      aria-keyshortcuts={key}
      aria-pressed={pressed}
      disabled={!action.enabled()}
      onClick={action.run}
    >
      {hasIcon(icon) ? <Icon name={icon} /> : action.title}
      <span className="tip" aria-hidden="true">
        {action.title}
        {key && <kbd>{printed(key)}</kbd>}
      </span>
    </button>
  );
}

/** Tools, undo and zoom, in their fixed place at the edge of the picture. */
export function ToolRail({ bench, actions }: { bench: Bench; actions: Action[] }) {
  const { i18n } = useLingui();
  const of = (id: string) => actions.find((action) => action.id === id);
  const tools = actions.filter((action) => action.id.startsWith("tool:"));
  return (
    <div className="rail" role="toolbar" aria-label={i18n._("Tools")} aria-orientation="vertical">
      {tools.map((action) => (
        <IconButton key={action.id} action={action} pressed={action.id === `tool:${bench.toolId}`} />
      ))}
      {bench.kind.shapes.includes("mask") && <IconButton action={of("erase")} pressed={bench.brush.erase} />}
      {tools.length > 0 && <hr />}
      {["undo", "redo", "trash"].map((id) => (
        <IconButton key={id} action={id === "trash" ? asTrash(of("delete"), bench) : of(id)} />
      ))}
      {bench.kind.view === "image" && <hr />}
      {["fit", "zoom-in", "zoom-out"].map((id) => (
        <IconButton key={id} action={of(id)} />
      ))}
    </div>
  );
}

/** Deleting, where there is something to delete. */
function asTrash(action: Action | undefined, bench: Bench): Action | undefined {
  if (!action || bench.kind.shapes.length === 0) return undefined;
  return { ...action, id: "trash", enabled: () => bench.editor.selection.length > 0 };
}

/** What the tool at hand can be set to. */
export function ToolOptions({ bench }: { bench: Bench }) {
  const { i18n } = useLingui();
  if (!["brush", "superpixel"].includes(bench.toolId)) return null;
  return (
    <label className="inline tool-options">
      {bench.toolId === "brush" ? i18n._("Brush radius (px)") : i18n._("Superpixel size (px)")}
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
      <output className="num">{bench.preferences.radius}</output>
    </label>
  );
}
