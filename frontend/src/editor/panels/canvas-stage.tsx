import { useLingui } from "@lingui/react";
import { useEffect, useRef } from "react";
import { type LabelLook, Looks } from "../canvas/look";
import type { Display } from "../canvas/picture-layer";
import { Renderer } from "../canvas/renderer";
import { TileSource } from "../canvas/tiles";
import type { Editor } from "../core/editor";
import { suits } from "../core/labels";
import type { PictureRegion, ShapeName } from "../core/regions";
import { fitView, pan, type Size, zoom } from "../core/viewport";
import type { ClickModel } from "../media/click-model";
import { makeTool } from "../tools";
import { toolOf } from "../tools/cards";
import type { Tool } from "../tools/tool";
import type { Shown } from "./pictures";
import { usePointer } from "./use-pointer";

const MAX_READ = 8_000_000; // pixels up to which tools may read the picture

export interface Stage {
  renderer: Renderer;
  tool: () => Tool;
  fit: () => void;
  zoomBy: (factor: number) => void;
  zoomTo: (scale: number) => void;
  reveal: (id: string) => void;
}

export interface Brush {
  radius: number;
  erase: boolean;
}

/** The picture with its regions. Wheel zooms to the cursor; space or the middle button drags the view. */
export function CanvasStage({
  editor,
  shown,
  labels,
  drawLabel,
  toolId,
  shapes,
  brush,
  display,
  keepView,
  clickModel,
  onStage,
  afterDrawing,
  ghosts,
  ghost,
}: {
  editor: Editor;
  shown: Shown | null;
  labels: readonly LabelLook[];
  drawLabel: string | null;
  toolId: string;
  shapes: readonly ShapeName[];
  brush: Brush;
  display: Display;
  keepView: boolean;
  clickModel: number | null;
  onStage: (stage: Stage) => void;
  afterDrawing: (label: string) => "selected" | "loose" | "free";
  ghosts: readonly PictureRegion[];
  ghost: string | null;
}) {
  const { i18n } = useLingui();
  const still = useRef<HTMLCanvasElement>(null);
  const active = useRef<HTMLCanvasElement>(null);
  const parts = useRef<{ renderer: Renderer; tool: Tool } | null>(null);
  const now = useRef({ labels, drawLabel, brush, shown, clickModel, afterDrawing });
  now.current = { labels, drawLabel, brush, shown, clickModel, afterDrawing };

  useEffect(() => {
    if (!still.current || !active.current) return;
    const renderer = new Renderer(still.current, active.current, editor);
    const pixels = pixelReader(() => now.current.shown);
    const tool = makeTool(toolId, {
      editor,
      picture: () => renderer.size,
      label: () => drawable(now.current.labels, now.current.drawLabel, toolOf(toolId).shape),
      hit: (at) => renderer.hit(at),
      under: (at) => renderer.under(at),
      within: (frame) => renderer.inFrame(frame),
      shift: () => renderer.shift,
      afterDrawing: (label) => now.current.afterDrawing(label),
      takesPolygons: (label) =>
        shapes.includes("polygon") &&
        suits(
          now.current.labels.find((candidate) => candidate.id === label),
          "polygon",
        ),
      slack: () => 3 / renderer.view.scale,
      newId: () => crypto.randomUUID().slice(0, 13),
      pixels,
      brush: () => now.current.brush,
      clickModel: () => clickModelOf(now.current.clickModel),
    });
    renderer.tool = tool;
    const before = parts.current;
    if (before) {
      renderer.view = before.renderer.view;
      renderer.display = before.renderer.display;
      renderer.smooth = before.renderer.smooth;
      renderer.ghosts = before.renderer.ghosts;
      renderer.ghost = before.renderer.ghost;
    }
    before?.renderer.close();
    parts.current = { renderer, tool };
    renderer.looks = new Looks(now.current.labels);
    setPicture(renderer, now.current.shown);
    const centre = () => ({ x: renderer.screen().width / 2, y: renderer.screen().height / 2 });
    const zoomBy = (factor: number) => {
      renderer.view = zoom(renderer.view, factor, centre());
      renderer.draw();
    };
    const showAll = () => {
      renderer.view = fitView(renderer.size, renderer.screen());
      renderer.draw();
    };
    let seen = renderer.screen();
    const watch = new ResizeObserver(() => {
      const size = renderer.screen();
      if (seen.width === size.width && seen.height === size.height) return;
      seen = size;
      showAll();
    });
    watch.observe(active.current);
    const leave = editor.subscribe(() => renderer.draw());
    onStage({
      renderer,
      tool: () => tool,
      fit: showAll,
      zoomBy,
      zoomTo: (scale) => zoomBy(scale / renderer.view.scale),
      reveal: (id) => reveal(renderer, editor, id),
    });
    renderer.draw();
    return () => {
      tool.cancel();
      watch.disconnect();
      leave();
      renderer.close();
    };
  }, [editor, onStage, toolId, shapes]);

  useEffect(() => {
    const renderer = parts.current?.renderer;
    if (!renderer) return;
    renderer.smooth = shapes.length === 0;
    setPicture(renderer, shown);
    if (!keepView || renderer.view.scale === 1) renderer.view = fitView(renderer.size, renderer.screen());
    renderer.draw();
  }, [shown, shapes, keepView]);

  useEffect(() => {
    const renderer = parts.current?.renderer;
    if (!renderer) return;
    renderer.looks = new Looks(labels);
    renderer.display = display;
    renderer.refresh();
  }, [labels, display]);

  useEffect(() => {
    const renderer = parts.current?.renderer;
    if (!renderer) return;
    renderer.ghosts = ghosts;
    renderer.ghost = ghost;
    renderer.draw();
  }, [ghosts, ghost]);

  const handlers = usePointer(parts, shapes.length > 0);
  const cursor = shapes.length === 0 ? "grab" : toolOf(toolId).id === "brush" ? "none" : undefined;
  return (
    <div className="stage">
      <canvas ref={still} className="still" />
      <canvas
        ref={active}
        className={shapes.length > 0 && toolId !== "select" ? "draws" : ""}
        style={cursor ? { cursor } : undefined}
        role="img"
        aria-label={i18n._("Picture to label")}
        {...handlers}
        onContextMenu={(event) => event.preventDefault()}
      />
    </div>
  );
}

const opened = new Map<number, Promise<ClickModel>>();

/** Opened once, when it is first clicked with; a failure is tried again. */
function clickModelOf(id: number | null): Promise<ClickModel> | null {
  if (id === null) return null;
  const cached = opened.get(id);
  if (cached) return cached;
  const made = import("../media/click-model").then(({ openClickModel }) =>
    openClickModel(`/api/v1/segmentation-models/${id}/`),
  );
  opened.set(id, made);
  made.catch(() => opened.delete(id));
  return made;
}

/** The label that a tool draws with; none where the pair is wrong. */
function drawable(labels: readonly LabelLook[], id: string | null, shape: ShapeName | null) {
  const label = labels.find(
    (candidate) => candidate.id === id && (shape === null || suits(candidate, shape)),
  );
  return label ? { id: label.id, color: label.color, pointNames: label.skeleton?.points ?? [] } : null;
}

function setPicture(renderer: Renderer, shown: Shown | null): void {
  const size: Size = shown?.size ?? { width: 1, height: 1 };
  const tiles = shown?.tiles
    ? new TileSource(shown.tiles.address, size, shown.tiles.levels, () => renderer.refresh())
    : null;
  renderer.setPicture({ image: shown?.image ?? null, tiles, size });
}

/** The picture's pixels, read once for each picture; null where it is too large or not ours to read. */
function pixelReader(shown: () => Shown | null): () => ImageData | null {
  let read: { of: HTMLImageElement; pixels: ImageData | null } | null = null;
  return () => {
    const match = shown();
    if (!match?.image || match.tiles) return null;
    if (read?.of !== match.image) read = { of: match.image, pixels: pixelsOf(match.image) };
    return read.pixels;
  };
}

function pixelsOf(image: HTMLImageElement): ImageData | null {
  const { naturalWidth: width, naturalHeight: height } = image;
  if (width * height > MAX_READ) return null;
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  context?.drawImage(image, 0, 0);
  try {
    return context?.getImageData(0, 0, width, height) ?? null;
  } catch {
    return null; // from another host that does not allow reading
  }
}

/** Bring a region into view where it is not. */
function reveal(renderer: Renderer, editor: Editor, id: string): void {
  const region = editor.doc.regions.get(id);
  if (!region || region.shape === "span" || region.shape === "relation") return;
  const { left, top, right, bottom } = renderer.boundsOf(region);
  const { scale, x, y } = renderer.view;
  const screen = renderer.screen();
  const [cx, cy] = [((left + right) / 2) * scale + x, ((top + bottom) / 2) * scale + y];
  if (cx > 0 && cy > 0 && cx < screen.width && cy < screen.height) return;
  renderer.view = pan(renderer.view, screen.width / 2 - cx, screen.height / 2 - cy);
  renderer.draw();
}
