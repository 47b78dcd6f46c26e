import Flatbush from "flatbush";
import type { Doc } from "../core/document";
import type { Editor } from "../core/editor";
import type { Rect } from "../core/geometry";
import { onPicture, type PictureRegion } from "../core/regions";
import { type Point, type Size, toPicture, type Viewport } from "../core/viewport";
import { shapeOf } from "../shapes";
import { cross } from "../shapes/paint";
import type { Hit, Tool } from "../tools/tool";
import { Looks } from "./look";
import { type Display, drawPicture, type Picture, PLAIN } from "./picture-layer";

const HANDLE_REACH = 9;
const EDGE_REACH = 6;
const SLOW_MS = 8; // a still layer that takes longer is moved as it is while the view moves
const SETTLE_MS = 90;
const PAD = 8; // screen pixels that a region's lines may reach beyond its box
const TINY = 1.5; // screen pixels below which a region is a dot

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
  private index: Flatbush | null = null;
  private indexed: PictureRegion[] = [];
  private indexedDoc: Doc | null = null;
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
  ) {}

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
    const ids = this.editor.underway.map((one) => (one.kind === "region" ? one.id : ""));
    return new Set(this.editor.selected ? [...ids, this.editor.selected.id] : ids);
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
    const { scale, x, y } = this.view;
    let frame = null as Rect | null;
    for (const id of changed) {
      for (const doc of [this.stillDoc, this.editor.doc]) {
        const region = doc?.regions.get(id);
        if (!region || !onPicture(region)) continue;
        const { left, top, right, bottom } = shapeOf(region).bounds(region);
        frame = {
          left: Math.min(frame?.left ?? Infinity, left * scale + x - PAD),
          top: Math.min(frame?.top ?? Infinity, top * scale + y - PAD),
          right: Math.max(frame?.right ?? -Infinity, right * scale + x + PAD),
          bottom: Math.max(frame?.bottom ?? -Infinity, bottom * scale + y + PAD),
        };
      }
    }
    const screen = this.screen();
    const context = this.still.getContext("2d");
    if (!context) return false;
    if (frame) {
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
    const from = toPicture(this.view, { x: frame.left, y: frame.top });
    const to = toPicture(this.view, { x: frame.right, y: frame.bottom });
    for (const region of this.within({ left: from.x, top: from.y, right: to.x, bottom: to.y })) {
      if (away.has(region.id) || this.editor.hidden.has(region.id)) continue;
      const look = this.looks.of(region, false);
      const { left, top, right, bottom } = shapeOf(region).bounds(region);
      if (Math.max(right - left, bottom - top) * scale < TINY) {
        context.fillStyle = look.color;
        context.fillRect(left * scale + this.view.x - 1, top * scale + this.view.y - 1, 2, 2);
      } else shapeOf(region).draw(context, region, this.view, look);
    }
  }

  private drawActive(): void {
    const context = this.prepared(this.active);
    if (!context) return;
    const { selected, underway } = this.editor;
    for (const change of underway) {
      if (change.kind !== "region" || change.after === null || change.id === selected?.id) continue;
      if (onPicture(change.after)) this.drawChosen(context, change.after, false);
    }
    if (selected && onPicture(selected) && !this.editor.isHidden(selected.id))
      this.drawChosen(context, selected, !this.editor.locked.has(selected.id));
    this.tool?.paint?.(context, this.view);
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
    this.drawName(context, shape.bounds(region), look.name);
  }

  private drawName(context: CanvasRenderingContext2D, { left, bottom }: Rect, name: string): void {
    const { scale, x, y } = this.view;
    context.font = "600 12px system-ui, sans-serif";
    const width = context.measureText(name).width + 10;
    const at = { x: left * scale + x, y: bottom * scale + y + 4 };
    context.fillStyle = "rgba(0,0,0,0.75)";
    context.fillRect(at.x, at.y, width, 18);
    context.fillStyle = "#ffffff";
    context.fillText(name, at.x + 5, at.y + 13);
  }

  /** The part of a region under a picture point: handles of the selected one first, then the smallest region. */
  hit(at: Point): Hit | null {
    const reach = HANDLE_REACH / this.view.scale;
    const { selected, editor } = { selected: this.editor.selected, editor: this.editor };
    if (selected && onPicture(selected) && !editor.isHidden(selected.id) && !editor.locked.has(selected.id)) {
      const shape = shapeOf(selected);
      const handle = shape
        .handles(selected, this.view.scale)
        .find((one) => Math.abs(one.x - at.x) <= reach && Math.abs(one.y - at.y) <= reach);
      if (handle) return { region: selected, part: handle.id };
      const edge = EDGE_REACH / this.view.scale;
      if (shape.inside(selected, at) || shape.onOutline(selected, at, edge))
        return { region: selected, part: "body" };
    }
    const edge = EDGE_REACH / this.view.scale;
    const frame = { left: at.x - edge, top: at.y - edge, right: at.x + edge, bottom: at.y + edge };
    const found = this.within(frame).filter(
      (region) =>
        !editor.isHidden(region.id) &&
        !editor.locked.has(region.id) &&
        shapeOf(region).onOutline(region, at, edge),
    );
    const size = (region: PictureRegion) => {
      const { left, top, right, bottom } = shapeOf(region).bounds(region);
      return (right - left) * (bottom - top);
    };
    const region = found.sort((a, b) => size(a) - size(b))[0];
    return region ? { region, part: "body" } : null;
  }

  /** Regions whose box meets a frame, in the order of making. */
  private within(frame: Rect): PictureRegion[] {
    this.reindex();
    if (!this.index) return [];
    const numbers = this.index.search(frame.left, frame.top, frame.right, frame.bottom);
    return numbers.sort((a, b) => a - b).map((number) => this.indexed[number] as PictureRegion);
  }

  private reindex(): void {
    if (this.indexedDoc === this.editor.doc) return;
    this.indexedDoc = this.editor.doc;
    this.indexed = [...this.editor.doc.regions.values()].filter(onPicture);
    this.index = this.indexed.length > 0 ? new Flatbush(this.indexed.length) : null;
    for (const region of this.indexed) {
      const { left, top, right, bottom } = shapeOf(region).bounds(region);
      this.index?.add(left, top, right, bottom);
    }
    this.index?.finish();
  }

  boundsOf(region: PictureRegion): Rect {
    return shapeOf(region).bounds(region);
  }

  pointAt(event: { clientX: number; clientY: number }): Point {
    const frame = this.active.getBoundingClientRect();
    return toPicture(this.view, { x: event.clientX - frame.left, y: event.clientY - frame.top });
  }
}
