import Flatbush from "flatbush";
import type { Doc, Region } from "../core/document";
import type { Editor } from "../core/editor";
import { type Point, type Size, toPicture, type Viewport } from "../core/viewport";
import type { Handle } from "../tools/box-tool";

const HANDLE_REACH = 9;
const EDGE_REACH = 6;

/**
 * Two layers: a still one (picture and boxes at rest) that is drawn again only when they change, and an
 * active one (the selected box and the running gesture). Hit tests go through a spatial index.
 */
export class Renderer {
  private index: Flatbush | null = null;
  private indexed: Region[] = [];
  private indexedDoc: Doc | null = null;
  private picture: CanvasImageSource | null = null;
  private frame = 0;

  constructor(
    private readonly still: HTMLCanvasElement,
    private readonly active: HTMLCanvasElement,
    private readonly editor: Editor,
    private readonly colors: () => Map<string, string>,
    private readonly names: () => Map<string, string>,
  ) {}

  /** Smooth however large the picture is shown: for judging, not for drawing. */
  smooth = false;
  view: Viewport = { scale: 1, x: 0, y: 0 };
  size: Size = { width: 1, height: 1 };

  setPicture(picture: CanvasImageSource | null, size: Size): void {
    this.picture = picture;
    this.size = size;
    this.draw();
  }

  screen(): Size {
    return { width: this.still.clientWidth, height: this.still.clientHeight };
  }

  /** Draw before the next frame, once however often it is asked. */
  draw(): void {
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.drawStill();
      this.drawActive();
    });
  }

  private prepared(canvas: HTMLCanvasElement): CanvasRenderingContext2D | null {
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth, clientHeight } = canvas;
    const [width, height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    const context = canvas.getContext("2d");
    context?.setTransform(ratio, 0, 0, ratio, 0, 0);
    context?.clearRect(0, 0, clientWidth, clientHeight);
    return context;
  }

  private drawStill(): void {
    const context = this.prepared(this.still);
    if (!context) return;
    const { view, size } = this;
    if (this.picture) {
      context.imageSmoothingEnabled = this.smooth || view.scale < 3; // pixels show where boxes are drawn to the pixel
      context.imageSmoothingQuality = "high";
      context.drawImage(this.picture, view.x, view.y, size.width * view.scale, size.height * view.scale);
    }
    const selected = this.editor.selected?.id;
    const screen = this.screen();
    for (const region of this.editor.doc.regions.values()) {
      if (region.id !== selected && visible(region, view, screen)) this.box(context, region, false);
    }
  }

  private drawActive(): void {
    const context = this.prepared(this.active);
    if (!context) return;
    const { doc, shown, selected } = this.editor;
    for (const region of shown.regions.values()) {
      if (doc.regions.get(region.id) !== region && region.id !== selected?.id)
        this.box(context, region, true);
    }
    if (selected) this.box(context, selected, true);
  }

  private box(context: CanvasRenderingContext2D, region: Region, active: boolean): void {
    const { scale, x, y } = this.view;
    const color = this.colors().get(region.label) ?? "#888888";
    const [left, top, width, height] = [
      region.x * scale + x,
      region.y * scale + y,
      region.w * scale,
      region.h * scale,
    ];
    context.lineWidth = active ? 4 : 3;
    context.strokeStyle = "rgba(0,0,0,0.55)";
    context.strokeRect(left, top, width, height);
    context.lineWidth = active ? 2.5 : 1.5;
    context.strokeStyle = color;
    context.strokeRect(left, top, width, height);
    if (!active) return;
    context.fillStyle = `${color}22`;
    context.fillRect(left, top, width, height);
    context.fillStyle = "#ffffff";
    for (const [cx, cy] of [
      [left, top],
      [left + width, top],
      [left, top + height],
      [left + width, top + height],
    ] as const) {
      context.fillRect(cx - 4, cy - 4, 8, 8);
      context.strokeRect(cx - 4, cy - 4, 8, 8);
    }
    const name = this.names().get(region.label) ?? region.label;
    context.font = "600 12px system-ui, sans-serif";
    const textWidth = context.measureText(name).width + 10;
    context.fillStyle = "rgba(0,0,0,0.75)";
    context.fillRect(left, top - 19, textWidth, 18);
    context.fillStyle = "#ffffff";
    context.fillText(name, left + 5, top - 6);
  }

  /** The part of a region under a picture point: corners of the selected one first, then the smallest box. */
  hit(at: Point): { region: Region; handle: Handle } | null {
    const reach = HANDLE_REACH / this.view.scale;
    const { selected } = this.editor;
    if (selected) {
      const handle = corner(selected, at, reach);
      if (handle) return { region: selected, handle };
      if (inside(selected, at)) return { region: selected, handle: "body" };
    }
    this.reindex();
    if (!this.index) return null;
    const edge = EDGE_REACH / this.view.scale;
    const found = this.index
      .search(at.x - edge, at.y - edge, at.x + edge, at.y + edge)
      .map((number) => this.indexed[number])
      .filter((region): region is Region => region !== undefined && onEdge(region, at, edge))
      .sort((a, b) => a.w * a.h - b.w * b.h)[0];
    return found ? { region: found, handle: corner(found, at, reach) ?? "body" } : null;
  }

  private reindex(): void {
    if (this.indexedDoc === this.editor.doc) return;
    this.indexedDoc = this.editor.doc;
    this.indexed = [...this.editor.doc.regions.values()];
    this.index = this.indexed.length > 0 ? new Flatbush(this.indexed.length) : null;
    for (const region of this.indexed)
      this.index?.add(region.x, region.y, region.x + region.w, region.y + region.h);
    this.index?.finish();
  }

  pointAt(event: { clientX: number; clientY: number }): Point {
    const frame = this.active.getBoundingClientRect();
    return toPicture(this.view, { x: event.clientX - frame.left, y: event.clientY - frame.top });
  }
}

function visible(region: Region, view: Viewport, screen: Size): boolean {
  const [left, top] = [region.x * view.scale + view.x, region.y * view.scale + view.y];
  return (
    left < screen.width &&
    top < screen.height &&
    left + region.w * view.scale > 0 &&
    top + region.h * view.scale > 0
  );
}

function inside(region: Region, at: Point): boolean {
  return at.x >= region.x && at.y >= region.y && at.x <= region.x + region.w && at.y <= region.y + region.h;
}

/** An unselected box is taken by its edge, so that boxes can be drawn inside boxes. */
function onEdge(region: Region, at: Point, reach: number): boolean {
  const inner =
    at.x > region.x + reach &&
    at.y > region.y + reach &&
    at.x < region.x + region.w - reach &&
    at.y < region.y + region.h - reach;
  return !inner;
}

function corner(region: Region, at: Point, reach: number): Handle | null {
  const near = (x: number, y: number) => Math.abs(at.x - x) <= reach && Math.abs(at.y - y) <= reach;
  if (near(region.x, region.y)) return "nw";
  if (near(region.x + region.w, region.y)) return "ne";
  if (near(region.x, region.y + region.h)) return "sw";
  if (near(region.x + region.w, region.y + region.h)) return "se";
  return null;
}
