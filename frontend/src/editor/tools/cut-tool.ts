import type { Point, Viewport } from "../core/viewport";
import { type Area, crosses, isArea, split } from "../shapes/areas";
import { isClick, type Surroundings, type Tool } from "./tool";

/** Cuts the selected areas, else every area that it crosses, along a line: a drag, or two clicks. */
export class CutTool implements Tool {
  readonly cursor = "crosshair";
  private from: Point | null = null;
  private to: Point | null = null;

  constructor(private readonly around: Surroundings) {}

  get isDrawing(): boolean {
    return this.from !== null;
  }

  down(at: Point): void {
    if (this.from === null) this.from = at;
    this.show(at);
  }

  move(at: Point): void {
    if (this.from) this.show(at);
  }

  up(at: Point): void {
    if (this.from === null || isClick(this.from, at, 2 * this.around.slack())) return;
    this.cut(this.from, at);
    this.cancel();
  }

  private cut(from: Point, to: Point): void {
    const { editor, newId } = this.around;
    const chosen = editor.selection.filter(isArea);
    const all = chosen.length > 0 ? chosen : [...editor.doc.regions.values()].filter(isArea);
    const gone: Area[] = [];
    const made: Area[] = [];
    for (const area of all) {
      if (editor.locked.has(area.id) || editor.isHidden(area.id) || !crosses(area, from, to)) continue;
      const parts = split(area, from, to, newId);
      if (parts === null || (area.shape === "box" && !this.around.takesPolygons(area.label))) continue;
      gone.push(area);
      made.push(...parts);
    }
    if (made.length === 0) editor.refuse("split_needs_crossing");
    else editor.replace(gone, made);
  }

  finish(): boolean {
    return false;
  }

  stepBack(): boolean {
    const was = this.isDrawing;
    this.cancel();
    return was;
  }

  cancel(): void {
    this.from = this.to = null;
    this.around.editor.preview([]);
  }

  private show(at: Point): void {
    this.to = at;
    this.around.editor.preview([]);
  }

  paint(context: CanvasRenderingContext2D, view: Viewport): void {
    if (!this.from || !this.to) return;
    for (const [width, color] of [
      [4, "rgba(0,0,0,0.7)"],
      [2, "#ffffff"],
    ] as const) {
      context.beginPath();
      context.moveTo(this.from.x * view.scale + view.x, this.from.y * view.scale + view.y);
      context.lineTo(this.to.x * view.scale + view.x, this.to.y * view.scale + view.y);
      context.lineWidth = width;
      context.strokeStyle = color;
      context.stroke();
    }
  }
}
