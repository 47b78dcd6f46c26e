import type { Point, Viewport } from "../core/viewport";
import { grown, stroke } from "../shapes/bits";
import { MaskStroke } from "./mask-stroke";

/** A round brush, or eraser, along the pointer's way. */
export class BrushTool extends MaskStroke {
  readonly cursor = "none";
  private last: Point | null = null;
  private pointer: Point | null = null;

  protected fresh(at: Point): void {
    this.last = at;
  }

  protected reach(at: Point): void {
    const { radius, erase } = this.around.brush();
    const from = this.last ?? at;
    if (!this.bits) return;
    if (!erase) {
      const room = radius + 1;
      this.bits = grown(
        this.bits,
        Math.min(from.x, at.x) - room,
        Math.min(from.y, at.y) - room,
        Math.max(from.x, at.x) + room,
        Math.max(from.y, at.y) + room,
        this.around.picture(),
      );
    }
    stroke(this.bits, from, at, radius, erase ? 0 : 1);
    this.last = at;
  }

  override move(at: Point): void {
    this.pointer = at;
    if (this.bits) super.move(at);
    else this.around.editor.preview([]); // the ring moves
  }

  paint(context: CanvasRenderingContext2D, view: Viewport): void {
    if (!this.pointer) return;
    const { radius, erase } = this.around.brush();
    const [x, y] = [this.pointer.x * view.scale + view.x, this.pointer.y * view.scale + view.y];
    context.beginPath();
    context.arc(x, y, Math.max(2, radius * view.scale), 0, 2 * Math.PI);
    context.lineWidth = 3;
    context.strokeStyle = "rgba(0,0,0,0.6)";
    context.stroke();
    context.lineWidth = 1.5;
    context.strokeStyle = erase ? "#ffffff" : (this.around.label()?.color ?? "#ffffff");
    context.setLineDash(erase ? [4, 3] : []);
    context.stroke();
    context.setLineDash([]);
  }
}
