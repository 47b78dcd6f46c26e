import { useLingui } from "@lingui/react";
import { type ReactNode, useEffect } from "react";
import { Link } from "react-router";
import { type Action, printed } from "../actions/actions";
import type { Keymap } from "../actions/keymap";
import { benchPart, preloadParts } from "./bench-parts";
import { Icon } from "./icons";
import { Palette } from "./palette"; // typed into at once
import { IconButton, ToolRail } from "./tool-rail";
import type { Bench } from "./use-bench";

const Sheet = benchPart(async () => (await import("./sheet")).Sheet);
const ViewPanel = benchPart(async () => (await import("./view-panel")).ViewPanel);

export type FramePanel = "sheet" | "palette" | "view";

/** Labeling and review on the whole screen: a bar, the tools at the edge, the item, and what is said of it. */
export function BenchFrame({
  title,
  heading,
  back,
  itemName,
  status,
  bench,
  actions,
  panel,
  close,
  keymap,
  setKeymap,
  isShown,
  stage,
  children,
}: {
  title: string;
  heading: string;
  /** Where the arrow leads, and what it is called. */
  back: [to: string, title: string];
  itemName: string;
  status: ReactNode;
  bench: Bench;
  actions: Action[];
  panel: string | null;
  close: () => void;
  keymap: Keymap;
  setKeymap: (keymap: Keymap) => void;
  /** The first item is on the screen. */
  isShown: boolean;
  stage: ReactNode;
  children: ReactNode;
}) {
  const { i18n } = useLingui();
  const of = (id: string) => actions.find((action) => action.id === id);
  useEffect(() => {
    document.title = `${title} · Plateau`;
  }, [title]);
  useEffect(() => {
    if (isShown) preloadParts();
  }, [isShown]);
  useEffect(() => {
    if (panel === null) return;
    const leave = (event: KeyboardEvent) => {
      if (event.key === "Escape") close(); // where the panel does not have the focus
    };
    window.addEventListener("keydown", leave);
    return () => window.removeEventListener("keydown", leave);
  }, [panel, close]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: after a click by pointer the keys are the editor's again
    <main
      className="workbench"
      id="main"
      tabIndex={-1}
      onClick={(event) => {
        const button = (event.target as Element).closest(
          ".rail button, .bench-side button, .bench-bar button",
        );
        if (button instanceof HTMLElement && event.detail > 0) button.blur(); // Enter submits; who came by keys stays
      }}
    >
      <header className="bench-bar">
        <Link className="icon-button" to={back[0]} aria-label={back[1]} data-side="below">
          <Icon name="back" />
          <span className="tip" aria-hidden="true">
            {back[1]}
          </span>
        </Link>
        <h1>{heading}</h1>
        <span className="muted item-name">{itemName}</span>
        {status}
        {["comment", "view", "help"].map((id) => (
          <IconButton key={id} action={of(id)} side="below" />
        ))}
      </header>
      <ToolRail bench={bench} actions={actions} />
      <section className="bench-stage" aria-label={i18n._("Item")}>
        {stage}
        {panel === "palette" && <Palette actions={actions} close={close} />}
        {panel === "sheet" && <Sheet actions={actions} keymap={keymap} setKeymap={setKeymap} close={close} />}
        {panel === "view" && <ViewPanel bench={bench} close={close} />}
      </section>
      <aside className="bench-side" aria-label={i18n._("Labels and actions")}>
        {children}
      </aside>
    </main>
  );
}

/** The acts that are always under the thumb. */
export function BenchActions({ actions, ids }: { actions: Action[]; ids: readonly string[] }) {
  return (
    <div className="bench-actions">
      {ids.map((id, index) => (
        <ActionButton key={id} action={actions.find((action) => action.id === id)} isPrimary={index === 0} />
      ))}
    </div>
  );
}

export function ActionButton({
  action,
  isPrimary = false,
}: {
  action: Action | undefined;
  isPrimary?: boolean;
}) {
  if (!action) return null;
  return (
    <button
      type="button"
      data-action={action.id}
      className={isPrimary ? "primary" : ""}
      disabled={!action.enabled()}
      onClick={action.run}
    >
      {action.title} <kbd>{printed(action.keys[0] ?? "")}</kbd>
    </button>
  );
}
