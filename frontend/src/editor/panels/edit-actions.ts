import type { I18n } from "@lingui/core";
import type { Action } from "../actions/actions";
import { keysOf, suits } from "../core/labels";
import { onPicture, type PictureRegion, type Region, type SpanRegion } from "../core/regions";
import { toPicture } from "../core/viewport";
import { shapeOf } from "../shapes";
import { hasPoints, removeSelectedPoint, selectNextPoint, toggleOccluded } from "../shapes/points";
import { addSpan } from "../text/add-span";
import { CodePoints, trimmed } from "../text/codepoints";
import { toolsFor } from "../tools/cards";
import type { SkeletonTool } from "../tools/skeleton-tool";
import { areaActions } from "./area-actions";
import type { Bench } from "./use-bench";

let copied: Region[] = [];

const newId = () => crypto.randomUUID().slice(0, 13);
const ARROWS: [string, number, number][] = [
  ["arrowleft", -1, 0],
  ["arrowright", 1, 0],
  ["arrowup", 0, -1],
  ["arrowdown", 0, 1],
];

function toolTitles(i18n: I18n): Record<string, string> {
  return {
    select: i18n._("Select"),
    box: i18n._("Box"),
    polygon: i18n._("Polygon"),
    scissors: i18n._("Magnetic lasso"),
    polyline: i18n._("Line"),
    skeleton: i18n._("Keypoints"),
    brush: i18n._("Brush"),
    superpixel: i18n._("Superpixel brush"),
    "click-mask": i18n._("Mask by clicks"),
    cut: i18n._("Split"),
  };
}

/** Labels and tools: what the next gesture makes. */
function makingActions(bench: Bench, text: string, has: () => boolean, i18n: I18n): Action[] {
  const { editor, kind, project } = bench;
  const titles = toolTitles(i18n);
  const keys = keysOf(project.labels);
  const pickers = project.labels.map((label): Action => {
    const key = keys.get(label.id);
    return {
      id: `label:${label.id}`,
      group: "label",
      title: label.name,
      keys: key ? [key] : [],
      enabled: has,
      run: () => pickLabel(bench, label.id, text),
    };
  });
  if (project.labels.length > 12)
    pickers.push({
      id: "find-label",
      group: "label",
      title: i18n._("Search labels"),
      keys: ["/"],
      enabled: has,
      run: () => document.querySelector<HTMLInputElement>('[data-focus="labels"]')?.focus(),
    });
  const tools = kind.shapes.some((shape) => shape !== "span" && shape !== "relation")
    ? toolsFor(kind.shapes)
        .filter((card) => !card.needsModel || bench.clickModel !== null)
        .filter(({ shape }) => shape === null || project.labels.some((label) => suits(label, shape)))
        .map(
          (card): Action => ({
            id: `tool:${card.id}`,
            group: "tool",
            title: titles[card.id] ?? card.id,
            keys: [card.key],
            enabled: has,
            run: () => bench.setTool(card.id),
          }),
        )
    : [];
  if (tools.length > 0)
    tools.push({
      id: "tool-again",
      group: "tool",
      title: i18n._("Previous tool"),
      keys: ["r"],
      enabled: has,
      run: () => bench.setTool(bench.lastTool),
    });
  if (kind.shapes.includes("mask"))
    tools.push(
      {
        id: "erase",
        group: "tool",
        title: i18n._("Eraser on or off"),
        keys: ["e"],
        enabled: has,
        run: () => bench.setErase(!bench.brush.erase),
      },
      sizeAction(bench, "brush-larger", i18n._("Larger brush"), ".", 1.25),
      sizeAction(bench, "brush-smaller", i18n._("Smaller brush"), ",", 0.8),
    );
  if (kind.shapes.includes("relation"))
    tools.push({
      id: "link",
      group: "tool",
      title: i18n._("Link the selected span to the next one"),
      keys: ["j"],
      enabled: () => editor.selected?.shape === "span",
      run: () => bench.setLinking(editor.selected?.id ?? null),
    });
  if (kind.shapes.includes("skeleton"))
    tools.push({
      id: "leave-out",
      group: "tool",
      title: i18n._("Leave this keypoint out"),
      keys: ["o"],
      enabled: has,
      run: () => {
        const tool = bench.stage.current?.tool();
        if (tool && "leaveOut" in tool) (tool as SkeletonTool).leaveOut();
      },
    });
  if (kind.shapes.includes("skeleton"))
    tools.push({
      id: "occlude",
      group: "tool",
      title: i18n._("Keypoint occluded or visible"),
      keys: ["shift+o"],
      enabled: has,
      run: () => {
        const tool = bench.stage.current?.tool();
        const placing = tool && "toggleOccluded" in tool && (tool as SkeletonTool).toggleOccluded();
        if (!placing) toggleOccluded(editor);
      },
    });
  return [...pickers, ...tools];
}

function sizeAction(bench: Bench, id: string, title: string, key: string, factor: number): Action {
  return {
    id,
    group: "tool",
    title,
    keys: [key],
    enabled: () => true,
    run: () => {
      const radius = Math.min(500, Math.max(0.5, bench.preferences.radius * factor));
      bench.setPreferences({ ...bench.preferences, radius });
    },
  };
}

/** On a text, a marked range takes the label; else the label is picked as everywhere. */
function pickLabel(bench: Bench, id: string, text: string): void {
  const { anchor, focus } = bench.marked;
  const relation = bench.project.labels.find((label) => label.id === id)?.shape === "relation";
  if (bench.kind.shapes.includes("span") && anchor !== focus && !relation) {
    const range = trimmed(new CodePoints(text), anchor, focus);
    if (range) addSpan(bench.editor, range, id, bench.preferences.selectAfterDrawing);
    bench.setMarked({ anchor: focus, focus });
    return;
  }
  bench.pick(id);
}

/** Move the selected vertex or keypoint; all selected regions where none is selected. */
function moveSelected(bench: Bench, dx: number, dy: number): void {
  const { editor } = bench;
  const size = bench.stage.current?.renderer.size ?? { width: 0, height: 0 };
  const index = editor.selectedPoint;
  editor.changeSelection((region) => {
    if (!onPicture(region)) return region;
    const point = index !== null && hasPoints(region) ? region.points[index] : undefined;
    if (point && region.shape === "skeleton" && point[2] === 0) return region; // an absent keypoint has no place
    const from = point ? { x: point[0], y: point[1] } : { x: 0, y: 0 };
    const part = point ? `p${index}` : "body";
    return shapeOf(region).dragged(region, part, from, { x: from.x + dx, y: from.y + dy }, size);
  });
}

/** Undo, copy, move: what is done with regions that are there. */
function changingActions(bench: Bench, previous: () => readonly Region[], i18n: I18n): Action[] {
  const { editor } = bench;
  const chosen = () => {
    const region = editor.selected;
    return region && onPicture(region) && !editor.locked.has(region.id) ? region : null;
  };
  const some = () => editor.selected !== null;
  const onImage = bench.kind.view === "image";
  const moves = ARROWS.flatMap(([key, x, y]): Action[] =>
    ([1, 10] as const).map((step) => ({
      id: `move-${key}-${step}`,
      group: "edit",
      title: i18n._("Move by {step} px: {key}", { step, key: key.slice(5) }),
      keys: [step === 1 ? key : `shift+${key}`],
      enabled: () => chosen() !== null,
      run: () => moveSelected(bench, x * step, y * step),
    })),
  );
  const sizes = ARROWS.map(
    ([key, x, y]): Action => ({
      id: `size-${key}`,
      group: "edit",
      title: i18n._("Size by its lower right corner: {key}", { key: key.slice(5) }),
      keys: [`alt+${key}`],
      enabled: () => chosen()?.shape === "box",
      run: () => {
        const region = chosen();
        if (region?.shape === "box") {
          const corner = { x: region.x + region.w, y: region.y + region.h };
          const to = { x: corner.x + x * 4, y: corner.y + y * 4 };
          const size = bench.stage.current?.renderer.size ?? { width: 0, height: 0 };
          editor.put(shapeOf(region).dragged(region, "se", corner, to, size));
        }
      },
    }),
  );
  const act = (
    id: string,
    title: string,
    keys: string[],
    enabled: () => boolean,
    run: () => void,
  ): Action => ({ id, group: "edit", title, keys, enabled, run });
  const pointed = bench.kind.shapes.some((shape) => hasPoints({ shape } as Region));
  const nextPoint = (by: 1 | -1) =>
    act(
      by === 1 ? "next-point" : "previous-point",
      by === 1 ? i18n._("Next vertex or keypoint") : i18n._("Previous vertex or keypoint"),
      [by === 1 ? "d" : "shift+d"],
      () => hasPoints(editor.selected),
      () => selectNextPoint(editor, by),
    );
  return [
    act(
      "undo",
      i18n._("Undo"),
      ["ctrl+z"],
      () => editor.canUndo || !!bench.stage.current?.tool().isDrawing,
      () => {
        if (!bench.stage.current?.tool().stepBack()) editor.undo(); // while drawing, the last point goes
      },
    ),
    act(
      "redo",
      i18n._("Redo"),
      ["ctrl+y", "ctrl+shift+z"],
      () => editor.canRedo,
      () => editor.redo(),
    ),
    act(
      "delete",
      pointed
        ? i18n._("Delete the selected vertex or keypoint, or the selected regions")
        : i18n._("Delete the selected regions"),
      ["delete", "backspace"],
      () => true,
      () => {
        if (bench.stage.current?.tool().stepBack()) return;
        if (!removeSelectedPoint(editor)) editor.removeSelected();
      },
    ),
    ...(pointed ? [nextPoint(1), nextPoint(-1)] : []),
    act(
      "next-region",
      i18n._("Next region"),
      ["]"],
      () => true,
      () => step(bench, 1),
    ),
    act(
      "previous-region",
      i18n._("Previous region"),
      ["["],
      () => true,
      () => step(bench, -1),
    ),
    act("copy", i18n._("Copy"), ["ctrl+c"], some, () => {
      copied = editor.selection;
    }),
    act(
      "select-all",
      i18n._("Select all regions"),
      ["ctrl+a"],
      () => editor.doc.regions.size > 0,
      () => editor.selectMany([...editor.doc.regions.keys()].filter((id) => !editor.isHidden(id))),
    ),
    act(
      "paste",
      i18n._("Paste"),
      ["ctrl+v"],
      () => copied.length > 0,
      () => {
        editor.insert(copied, newId);
      },
    ),
    act(
      "duplicate",
      i18n._("Duplicate"),
      ["ctrl+d"],
      () => chosen() !== null,
      () => {
        const size = bench.stage.current?.renderer.size ?? { width: 0, height: 0 };
        const beside = editor.selection
          .filter(onPicture)
          .map((region) => shapeOf(region).dragged(region, "body", { x: 0, y: 0 }, { x: 8, y: 8 }, size));
        editor.insert(beside, newId);
      },
    ),
    act(
      "propagate",
      i18n._("Copy annotations from previous image"),
      ["t"],
      () => previous().length > 0,
      () => {
        editor.insert(previous(), newId);
      },
    ),
    act(
      "add",
      i18n._("Add region at center"),
      ["a"],
      () => true,
      () => addInMiddle(bench),
    ),
    act("lock", i18n._("Lock or unlock the selected regions"), ["shift+l"], some, () => {
      for (const { id } of editor.selection) editor.toggleLocked(id);
    }),
    act("hide", i18n._("Hide or show the selected regions"), ["shift+h"], some, () => {
      for (const { id } of editor.selection) editor.toggleHidden(id);
    }),
    act(
      "hide-all",
      i18n._("Hide or show all regions"),
      ["h"],
      () => true,
      () => editor.toggleAllHidden(),
    ),
    ...(onImage ? moves : []),
    ...(bench.kind.shapes.includes("box") ? sizes : []),
    ...(onImage ? areaActions(bench, i18n) : []),
  ].filter((action) => onImage || !ON_PICTURES.has(action.id));
}

/** What means nothing on a text. */
const ON_PICTURES = new Set(["paste", "copy", "duplicate", "propagate", "add", "lock"]);

function step(bench: Bench, by: 1 | -1): void {
  bench.editor.selectNext(by);
  const id = bench.editor.selected?.id;
  if (id) bench.stage.current?.reveal(id);
}

function addInMiddle(bench: Bench): void {
  const renderer = bench.stage.current?.renderer;
  const label = bench.project.labels.find((candidate) => candidate.id === bench.drawLabel);
  const shape = bench.kind.shapes.find((candidate) => suits(label, candidate));
  if (!renderer || !bench.drawLabel || !shape || shape === "span" || shape === "relation") return;
  const screen = renderer.screen();
  const at = toPicture(renderer.view, { x: screen.width / 2, y: screen.height / 2 });
  const made = shapeOf({ shape } as PictureRegion).placed(at, renderer.size);
  if (!made) return;
  const id = newId();
  bench.editor.put({ ...made, id, label: bench.drawLabel } as Region);
  bench.editor.select(id);
}

function viewActions(bench: Bench, has: () => boolean, i18n: I18n): Action[] {
  const { editor, stage } = bench;
  const act = (id: string, title: string, keys: string[], run: () => void): Action => ({
    id,
    group: "view",
    title,
    keys,
    enabled: has,
    run,
  });
  const flip = (change: Partial<typeof bench.preferences>) =>
    bench.setPreferences({ ...bench.preferences, ...change });
  const show = (part: "grid" | "crosshair" | "ruler" | "names") =>
    flip({ display: { ...bench.preferences.display, [part]: !bench.preferences.display[part] } });
  return [
    act("cancel", i18n._("Cancel or deselect"), ["escape"], () => {
      if (editor.selectedPoint !== null) return editor.selectPoint(null);
      stage.current?.tool().cancel();
      bench.setLinking(null);
      editor.select(null);
    }),
    ...(bench.kind.view === "image"
      ? [
          act("fit", i18n._("Fit"), ["f"], () => stage.current?.fit()),
          act("zoom-in", i18n._("Zoom in"), ["+", "="], () => stage.current?.zoomBy(1.25)),
          act("zoom-out", i18n._("Zoom out"), ["-"], () => stage.current?.zoomBy(0.8)),
          act("zoom-pixels", i18n._("Zoom to 100%"), ["ctrl+0"], () => stage.current?.zoomTo(1)),
          act("keep-view", i18n._("Keep zoom between images"), ["z"], () =>
            flip({ keepView: !bench.preferences.keepView }),
          ),
        ]
      : []),
    ...(bench.kind.view === "image" && bench.kind.shapes.length > 0
      ? [
          act("grid", i18n._("Pixel grid"), [], () => show("grid")),
          act("crosshair", i18n._("Crosshair"), ["shift+x"], () => show("crosshair")),
          act("ruler", i18n._("Rulers"), ["shift+r"], () => show("ruler")),
          act("names", i18n._("Label names on regions"), ["shift+n"], () => show("names")),
        ]
      : []),
    ...(bench.kind.shapes.length > 0
      ? [
          act("select-after", i18n._("Keep selected after drawing"), [], () =>
            flip({ selectAfterDrawing: !bench.preferences.selectAfterDrawing }),
          ),
        ]
      : []),
    ...(bench.kind.classes === "one"
      ? [
          act("auto-advance", i18n._("Submit as soon as a label is picked"), [], () =>
            flip({ autoAdvance: !bench.preferences.autoAdvance }),
          ),
        ]
      : []),
  ];
}

/** Everything that can be done to the document and the view; who uses the bench adds the flow. */
export function editActions(
  bench: Bench,
  {
    i18n,
    has,
    text,
    previous,
  }: { i18n: I18n; has: () => boolean; text: string; previous: () => readonly Region[] },
): Action[] {
  return [
    ...makingActions(bench, text, has, i18n),
    ...(bench.kind.shapes.length > 0
      ? changingActions(bench, previous, i18n)
      : changingActions(bench, previous, i18n).filter(
          (changingAction) => changingAction.id === "undo" || changingAction.id === "redo",
        )),
    ...viewActions(bench, has, i18n),
  ];
}

/** When a second span is chosen while an arrow is being drawn: the arrow. */
export function finishLink(bench: Bench): void {
  const { editor, linking } = bench;
  const to = editor.selected;
  if (!linking || to?.shape !== "span" || to.id === linking) return;
  const label = bench.project.labels.find(
    (candidate) => candidate.shape === "relation" && candidate.id === bench.linkLabel,
  );
  const first = label ?? bench.project.labels.find((candidate) => candidate.shape === "relation");
  const from = editor.doc.regions.get(linking) as SpanRegion | undefined;
  bench.setLinking(null);
  if (!first || !from) return;
  const id = newId();
  editor.put({ id, label: first.id, shape: "relation", from: from.id, to: to.id });
  editor.select(id);
}
