import { round } from "../core/geometry";
import type { BoxRegion } from "../core/regions";
import { clamp, type Point, type Viewport } from "../core/viewport";
import { isClick, ShapeTool, type State } from "./tool";

/** Boxes by one drag or by two clicks: drawing while the button is held, anchored between the clicks. */
export class BoxTool extends ShapeTool {
  private anchor: Point | null = null;

  protected begin(at: Point): State | null {
    return this.around.label() === null ? null : this.drawing(at, this.around.newId());
  }

  private drawing(from: Point, id: string): State {
    const state: State = {
      down: () => state,
      move: (at) => {
        this.show(this.box(from, at, id));
        return state;
      },
      up: (at) => (isClick(from, at, this.around.slack()) ? this.anchored(from, id) : this.end(from, at, id)),
    };
    return state;
  }

  private anchored(from: Point, id: string): State {
    this.anchor = from;
    this.around.editor.preview([]); // the mark shows before the pointer moves
    const state: State = {
      down: () => state,
      move: (at) => {
        this.show(this.box(from, at, id));
        return state;
      },
      up: (at) => {
        if (!isClick(from, at, this.around.slack())) return this.end(from, at, id);
        this.cancel();
        return this.resting();
      },
    };
    return state;
  }

  private box(from: Point, at: Point, id: string): BoxRegion | null {
    const label = this.around.label();
    const [a, b] = [clamp(from, this.around.picture()), clamp(at, this.around.picture())];
    const [w, h] = [Math.abs(a.x - b.x), Math.abs(a.y - b.y)];
    if (label === null || w < 0.5 || h < 0.5) return null;
    const [x, y] = [round(Math.min(a.x, b.x)), round(Math.min(a.y, b.y))];
    return { id, label: label.id, shape: "box", x, y, w: round(w), h: round(h) };
  }

  override get isDrawing(): boolean {
    return this.anchor !== null;
  }

  override stepBack(): boolean {
    if (this.anchor === null) return false;
    this.cancel();
    return true;
  }

  override cancel(): void {
    this.anchor = null;
    super.cancel();
    this.around.editor.preview([]);
  }

  /** The first corner of a box by two clicks. */
  override paint(context: CanvasRenderingContext2D, view: Viewport): void {
    super.paint(context, view);
    if (!this.anchor) return;
    const [x, y] = [this.anchor.x * view.scale + view.x, this.anchor.y * view.scale + view.y];
    for (const [width, color] of [
      [4, "rgba(0,0,0,0.7)"],
      [2, this.around.label()?.color ?? "#ffffff"],
    ] as const) {
      context.beginPath();
      context.moveTo(x - 9, y);
      context.lineTo(x + 9, y);
      context.moveTo(x, y - 9);
      context.lineTo(x, y + 9);
      context.lineWidth = width;
      context.strokeStyle = color;
      context.stroke();
    }
  }

  private end(from: Point, at: Point, id: string): State {
    this.anchor = null;
    const made = this.box(from, at, id);
    if (made) this.make(made);
    else this.around.editor.rollback();
    return this.resting();
  }
}
