import type { Doc } from "../core/document";
import type { Editor } from "../core/editor";
import type { Rect } from "../core/geometry";
import { onPicture, type PictureRegion } from "../core/regions";
import { type Point, type Size, toPicture, type Viewport } from "../core/viewport";
import { shapeOf } from "../shapes";
import { cross, TAG_HEIGHT, tagged } from "../shapes/paint";
import type { Hit, Tool } from "../tools/tool";
import { drawCrosshair, drawRulers } from "./guides";
import { Looks } from "./look";
import { type Display, drawPicture, type Picture, PLAIN } from "./picture-layer";
import { RegionIndex } from "./region-index";

const HANDLE_REACH = 9;
const EDGE_REACH = 6;
const SLOW_MS = 8; // a still layer that takes longer is moved as it is while the view moves
const SETTLE_MS = 90;
const PAD = 8; // screen pixels that a region's lines may reach beyond its box
const TINY = 1.5; // screen pixels below which a region is a dot
const NAMED_FROM = 24; // screen pixels of its longer side from which a region carries its name

/**
 * Two layers: a still one (picture and regions at rest), drawn again only when they change, and an active one
 * (the selected region and the running gesture). Hit tests and culling go through a spatial index. While the
 * view moves, a still layer that is slow to draw is moved and scaled as it is, and drawn anew when it rests.
 */
export class Renderer {
  looks = new Looks([]);
  tool: Tool | null = null;
  display: Display = PLAIN;
  /** Smooth however large the picture is shown: for judging, not for drawing. */
  smooth = false;
  view: Viewport = { scale: 1, x: 0, y: 0 };
  /** Where the pointer is on the screen; null where it is not over the picture. */
  pointer: Point | null = null;
  shift = false;
  /** Regions of other annotations, to compare with: drawn dashed, not to be touched. */
  ghosts: readonly PictureRegion[] = [];
  /** The one of them that is talked about. */
  ghost: string | null = null;
  private readonly index: RegionIndex;
  private picture: Picture = { image: null, tiles: null, size: { width: 1, height: 1 } };
  private frame = 0;
  private stillOf = "";
  private stillDoc: Doc | null = null;
  private stillAway = new Set<string>();
  private stillView: Viewport | null = null;
  private stillMs = 0;
  private settle: ReturnType<typeof setTimeout> | undefined;
  private generation = 0;

  constructor(
    private readonly still: HTMLCanvasElement,
    private readonly active: HTMLCanvasElement,
    private readonly editor: Editor,
  ) {
    this.index = new RegionIndex(editor);
  }

  get size(): Size {
    return this.picture.size;
  }

  setPicture(picture: Picture): void {
    this.picture = picture;
    this.refresh();
  }

  /** Something beside the document changed: labels, display, a tile that came. */
  refresh(): void {
    this.generation += 1;
    this.draw();
  }

  screen(): Size {
    return { width: this.active.clientWidth, height: this.active.clientHeight };
  }

  /** Draw before the next frame, once however often it is asked. */
  draw(): void {
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.drawNow();
    });
  }

  drawNow(): void {
    this.drawStill();
    this.drawActive();
  }

  close(): void {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.settle);
  }

  private prepared(canvas: HTMLCanvasElement): CanvasRenderingContext2D | null {
    const ratio = window.devicePixelRatio || 1;
    const { width: wide, height: high } = this.screen();
    const [width, height] = [Math.round(wide * ratio), Math.round(high * ratio)];
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    const context = canvas.getContext("2d");
    context?.setTransform(ratio, 0, 0, ratio, 0, 0);
    context?.clearRect(0, 0, wide, high);
    return context;
  }

  /** Everything but view, document and what is left out that the still layer shows, as a word. */
  private stillKey(): string {
    const { editor } = this;
    const { width, height } = this.screen();
    const hidden = editor.allHidden ? "all" : [...editor.hidden].join();
    return `${this.generation}|${hidden}|${width}×${height}`;
  }

  /** Regions that the active layer shows instead. */
  private away(): Set<string> {
    const ids = this.editor.underway.map((change) => (change.kind === "region" ? change.id : ""));
    return new Set([...ids, ...this.editor.selection.map((region) => region.id)]);
  }

  private drawStill(): void {
    const key = this.stillKey();
    const away = this.away();
    if (key === this.stillOf && this.stillView) {
      const changed = this.changedIds(away);
      if (changed?.size === 0) {
        if (this.view === this.stillView) return;
        if (this.stillMs > SLOW_MS) {
          this.moveStill(this.stillView);
          return;
        }
      } else if (changed && this.view === this.stillView && this.mend(changed, away)) return;
    }
    this.drawStillNow(key);
  }

  /** Regions that are drawn otherwise than the still layer has them; null where that is not known. */
  private changedIds(away: Set<string>): Set<string> | null {
    const { doc, lastStep } = this.editor;
    const changed = new Set<string>();
    if (this.stillDoc !== doc) {
      if (lastStep?.before !== this.stillDoc) return null;
      for (const id of lastStep.ids) if (!away.has(id) || !this.stillAway.has(id)) changed.add(id);
    }
    for (const id of away) if (!this.stillAway.has(id)) changed.add(id);
    for (const id of this.stillAway) if (!away.has(id)) changed.add(id);
    return changed;
  }

  /** Draw only the part of the still layer where regions changed; false where that is most of it. */
  private mend(changed: Set<string>, away: Set<string>): boolean {
    let frame = null as Rect | null;
    for (const id of changed) {
      for (const doc of [this.stillDoc, this.editor.doc]) {
        const region = doc?.regions.get(id);
        if (!region || !onPicture(region)) continue;
        frame = joined(frame, this.painted(region));
      }
    }
    const screen = this.screen();
    const context = this.still.getContext("2d");
    if (!context) return false;
    if (frame) {
      frame = onPixels(frame, window.devicePixelRatio || 1);
      const [w, h] = [frame.right - frame.left, frame.bottom - frame.top];
      if (w * h > (screen.width * screen.height) / 2) return false;
      context.save();
      context.beginPath();
      context.rect(frame.left, frame.top, w, h);
      context.clip();
      context.clearRect(frame.left, frame.top, w, h);
      drawPicture(context, this.picture, this.view, screen, this.display, this.smooth);
      this.drawRegions(context, frame, away);
      context.restore();
    }
    this.stillDoc = this.editor.doc;
    this.stillAway = away;
    return true;
  }

  /** The part of the screen that a region at rest is drawn on, with its name. */
  private painted(region: PictureRegion): Rect {
    const { scale, x, y } = this.view;
    const { left, top, right, bottom } = shapeOf(region).bounds(region);
    return {
      left: left * scale + x - PAD,
      top: top * scale + y - PAD - TAG_HEIGHT,
      right: Math.max(right * scale + x, left * scale + x + this.looks.widest) + PAD,
      bottom: Math.max(bottom * scale + y, TAG_HEIGHT) + PAD,
    };
  }

  /** Move the drawn layer by CSS, and draw it sharp when the view has come to rest. */
  private moveStill(drawn: Viewport): void {
    const scale = this.view.scale / drawn.scale;
    const [x, y] = [this.view.x - drawn.x * scale, this.view.y - drawn.y * scale];
    this.still.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    clearTimeout(this.settle);
    this.settle = setTimeout(() => {
      this.drawStillNow(this.stillKey());
    }, SETTLE_MS);
  }

  private drawStillNow(key: string): void {
    clearTimeout(this.settle);
    const begun = performance.now();
    this.still.style.transform = "";
    const context = this.prepared(this.still);
    if (!context) return;
    const screen = this.screen();
    drawPicture(context, this.picture, this.view, screen, this.display, this.smooth);
    const away = this.away();
    this.drawRegions(context, { left: 0, top: 0, right: screen.width, bottom: screen.height }, away);
    this.stillAway = away;
    this.stillOf = key;
    this.stillDoc = this.editor.doc;
    this.stillView = this.view;
    this.stillMs = performance.now() - begun;
  }

  /** Regions at rest within a frame of the screen. */
  private drawRegions(context: CanvasRenderingContext2D, frame: Rect, away: Set<string>): void {
    if (this.editor.allHidden) return;
    const { scale } = this.view;
    const { widest } = this.looks;
    const from = toPicture(this.view, { x: frame.left - widest - PAD, y: frame.top - PAD });
    const to = toPicture(this.view, { x: frame.right + PAD, y: frame.bottom + TAG_HEIGHT + PAD });
    const visible = this.within({ left: from.x, top: from.y, right: to.x, bottom: to.y }).filter(
      (region) => !away.has(region.id) && !this.editor.hidden.has(region.id),
    );
    for (const region of visible) {
      const look = this.looks.of(region, false);
      const { left, top, right, bottom } = shapeOf(region).bounds(region);
      if (Math.max(right - left, bottom - top) * scale < TINY) {
        context.fillStyle = look.color;
        context.fillRect(left * scale + this.view.x - 1, top * scale + this.view.y - 1, 2, 2);
      } else shapeOf(region).draw(context, region, this.view, look);
    }
    if (this.display.names) for (const region of visible) this.drawName(context, region);
  }

  /** The name of a region at rest, above its upper left corner. */
  private drawName(context: CanvasRenderingContext2D, region: PictureRegion): void {
    const { scale, x, y } = this.view;
    const { left, top, right, bottom } = shapeOf(region).bounds(region);
    if (Math.max(right - left, bottom - top) * scale < NAMED_FROM) return;
    const { name, color } = this.looks.of(region, false);
    tagged(context, name, left * scale + x, Math.max(0, top * scale + y - TAG_HEIGHT - 2), color, true);
  }

  private drawActive(): void {
    const context = this.prepared(this.active);
    if (!context) return;
    const { underway, selection } = this.editor;
    for (const region of this.ghosts) this.drawGhost(context, region);
    for (const change of underway) {
      if (change.kind !== "region" || change.after === null || this.editor.isSelected(change.id)) continue;
      if (onPicture(change.after)) this.drawChosen(context, change.after, false);
    }
    for (const region of selection) {
      if (!onPicture(region) || this.editor.isHidden(region.id)) continue;
      this.drawChosen(context, region, selection.length === 1 && !this.editor.locked.has(region.id));
    }
    this.tool?.paint?.(context, this.view);
    const screen = this.screen();
    if (this.display.crosshair && this.pointer) drawCrosshair(context, this.pointer, screen);
    if (this.display.ruler) drawRulers(context, this.view, screen, this.pointer);
  }

  private drawGhost(context: CanvasRenderingContext2D, region: PictureRegion): void {
    const look = this.looks.of(region, region.id === this.ghost);
    const { left, bottom } = shapeOf(region).bounds(region);
    context.globalAlpha = look.active ? 1 : 0.8;
    context.setLineDash([6, 5]);
    shapeOf(region).draw(context, region, this.view, look);
    context.setLineDash([]);
    context.globalAlpha = 1;
    if (look.active)
      tagged(
        context,
        look.name,
        left * this.view.scale + this.view.x,
        bottom * this.view.scale + this.view.y + 4,
        look.color,
      );
  }

  private drawChosen(context: CanvasRenderingContext2D, region: PictureRegion, handles: boolean): void {
    const look = this.looks.of(region, true);
    const shape = shapeOf(region);
    shape.draw(context, region, this.view, look);
    const { scale, x, y } = this.view;
    if (handles) {
      context.fillStyle = "#ffffff";
      for (const handle of shape.handles(region, scale)) {
        const [hx, hy] = [handle.x * scale + x, handle.y * scale + y];
        const selected = handle.id === `p${this.editor.selectedPoint}`;
        const reach = selected ? 6 : 4;
        context.lineWidth = selected ? 3 : 1.5;
        context.strokeStyle = look.color;
        context.beginPath();
        if (handle.round) context.arc(hx, hy, reach, 0, 2 * Math.PI);
        else context.rect(hx - reach, hy - reach, 2 * reach, 2 * reach);
        context.fill();
        context.stroke();
        if (handle.crossed) cross(context, hx, hy, reach * Math.SQRT1_2);
      }
    }
    const { left, bottom } = shape.bounds(region);
    tagged(context, look.name, left * scale + x, bottom * scale + y + 5, look.color);
  }

  /** The part of a region under a picture point: handles of the selected one first, then the smallest region. */
  hit(at: Point): Hit | null {
    const reach = HANDLE_REACH / this.view.scale;
    const { selected, editor } = { selected: this.editor.selected, editor: this.editor };
    const many = editor.selection.filter(onPicture);
    if (many.length > 1) {
      const edge = EDGE_REACH / this.view.scale;
      const body = many.find(
        (candidate) =>
          shapeOf(candidate).inside(candidate, at) || shapeOf(candidate).onOutline(candidate, at, edge),
      );
      if (body) return { region: body, part: "body" };
    } else if (
      selected &&
      onPicture(selected) &&
      !editor.isHidden(selected.id) &&
      !editor.locked.has(selected.id)
    ) {
      const shape = shapeOf(selected);
      const handle = shape
        .handles(selected, this.view.scale)
        .find((candidate) => Math.abs(candidate.x - at.x) <= reach && Math.abs(candidate.y - at.y) <= reach);
      if (handle) return { region: selected, part: handle.id };
      const edge = EDGE_REACH / this.view.scale;
      if (shape.inside(selected, at) || shape.onOutline(selected, at, edge))
        return { region: selected, part: "body" };
    }
    const edge = EDGE_REACH / this.view.scale;
    const region = this.touched(at, edge).find((candidate) =>
      shapeOf(candidate).onOutline(candidate, at, edge),
    );
    return region ? { region, part: "body" } : null;
  }

  /** All regions under a point, by their inside too, the smallest first. */
  under(at: Point): PictureRegion[] {
    const edge = EDGE_REACH / this.view.scale;
    return this.touched(at, edge).filter(
      (region) => shapeOf(region).inside(region, at) || shapeOf(region).onOutline(region, at, edge),
    );
  }

  /** Regions that can be touched and whose box is near a point, the smallest first. */
  private touched(at: Point, edge: number): PictureRegion[] {
    const size = (region: PictureRegion) => {
      const { left, top, right, bottom } = shapeOf(region).bounds(region);
      return (right - left) * (bottom - top);
    };
    return this.within({ left: at.x - edge, top: at.y - edge, right: at.x + edge, bottom: at.y + edge })
      .filter((region) => !this.editor.isHidden(region.id) && !this.editor.locked.has(region.id))
      .map((region) => [size(region), region] as const)
      .sort((a, b) => a[0] - b[0])
      .map(([, region]) => region);
  }

  /** Regions that can be touched and lie in a frame as a whole. */
  inFrame(frame: Rect): PictureRegion[] {
    return this.within(frame).filter((region) => {
      const { left, top, right, bottom } = shapeOf(region).bounds(region);
      const holds = left >= frame.left && top >= frame.top && right <= frame.right && bottom <= frame.bottom;
      return holds && !this.editor.isHidden(region.id) && !this.editor.locked.has(region.id);
    });
  }

  /** Regions whose box meets a frame, in the document's order. */
  private within(frame: Rect): PictureRegion[] {
    return this.index.within(frame);
  }

  boundsOf(region: PictureRegion): Rect {
    return shapeOf(region).bounds(region);
  }

  pointAt(event: { clientX: number; clientY: number }): Point {
    const frame = this.active.getBoundingClientRect();
    return toPicture(this.view, { x: event.clientX - frame.left, y: event.clientY - frame.top });
  }
}

function joined(first: Rect | null, second: Rect): Rect {
  if (first === null) return second;
  return {
    left: Math.min(first.left, second.left),
    top: Math.min(first.top, second.top),
    right: Math.max(first.right, second.right),
    bottom: Math.max(first.bottom, second.bottom),
  };
}

/** A frame on whole pixels of the device: a part of a pixel that is cleared and drawn again leaves a line. */
export function onPixels({ left, top, right, bottom }: Rect, ratio: number): Rect {
  return {
    left: Math.floor(left * ratio) / ratio,
    top: Math.floor(top * ratio) / ratio,
    right: Math.ceil(right * ratio) / ratio,
    bottom: Math.ceil(bottom * ratio) / ratio,
  };
}
