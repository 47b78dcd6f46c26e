import type { MaskRegion } from "../core/regions";
import type { Point, Viewport } from "../core/viewport";
import type { Click } from "../media/click-model";
import { encode } from "../shapes/bits";
import type { Surroundings, Tool } from "./tool";

/**
 * A mask out of clicks, by a model: a click on the thing, with the eraser on a click on what is not it. Each
 * click shows the mask anew; Enter keeps it, Backspace takes the last click back.
 */
export class ClickMaskTool implements Tool {
  readonly cursor = "crosshair";
  private clicks: Click[] = [];
  private region: MaskRegion | null = null;
  private id = "";
  private turn = 0;

  constructor(private readonly around: Surroundings) {}

  down(at: Point): void {
    const { width, height } = this.around.picture();
    if (this.around.label() === null || at.x < 0 || at.y < 0 || at.x >= width || at.y >= height) return;
    if (this.clicks.length === 0) this.id = this.around.newId();
    this.clicks = [...this.clicks, { x: at.x, y: at.y, inside: !this.around.brush().erase }];
    void this.ask();
  }

  move(): void {}

  up(): void {}

  private async ask(): Promise<void> {
    const pixels = this.around.pixels();
    const label = this.around.label();
    const model = this.around.clickModel();
    this.turn += 1;
    const { turn } = this;
    if (!pixels) this.around.editor.refuse("pixels_unreadable");
    if (!pixels || !label || !model) return;
    const bits = await (await model).mask(pixels, this.clicks);
    if (turn !== this.turn || this.clicks.length === 0) return; // a later click was faster
    const runs = encode(bits);
    this.region = runs ? { id: this.id, label: label.id, shape: "mask", ...runs } : null;
    this.around.editor.preview(
      this.region ? [{ kind: "region", id: this.id, before: null, after: this.region }] : [],
    );
  }

  finish(): boolean {
    if (this.clicks.length === 0) return false;
    const made = this.region;
    this.clear();
    if (made) {
      this.around.editor.commit([{ kind: "region", id: made.id, before: null, after: made }]);
      this.around.editor.drawn(made.id, this.around.afterDrawing(made.label));
    } else this.around.editor.rollback();
    return true;
  }

  get isDrawing(): boolean {
    return this.clicks.length > 0;
  }

  stepBack(): boolean {
    if (this.clicks.length === 0) return false;
    this.clicks = this.clicks.slice(0, -1);
    if (this.clicks.length === 0) this.cancel();
    else void this.ask();
    return true;
  }

  cancel(): void {
    this.clear();
    this.around.editor.rollback();
  }

  private clear(): void {
    this.clicks = [];
    this.region = null;
    this.turn += 1;
  }

  paint(context: CanvasRenderingContext2D, view: Viewport): void {
    for (const { x, y, inside } of this.clicks) {
      context.beginPath();
      context.arc(x * view.scale + view.x, y * view.scale + view.y, 6, 0, 2 * Math.PI);
      context.fillStyle = inside ? "#15803d" : "#b91c1c";
      context.fill();
      context.lineWidth = 2;
      context.strokeStyle = "#ffffff";
      context.stroke();
    }
  }
}
