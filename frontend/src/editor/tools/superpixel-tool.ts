import type { Point } from "../core/viewport";
import { superpixels } from "../media/superpixels";
import { grown } from "../shapes/bits";
import { MaskStroke } from "./mask-stroke";

const LEAST_STEP = 6;

/** Paints whole patches of like colour: a click or a drag takes every patch that it touches. */
export class SuperpixelTool extends MaskStroke {
  readonly cursor = "crosshair";
  private patches: { of: ImageData; step: number; number: Int32Array } | null = null;
  private taken = new Set<number>();

  protected fresh(): void {
    this.taken.clear();
  }

  private patchAt(at: Point, pixels: ImageData): number | null {
    const step = Math.max(LEAST_STEP, Math.round(this.around.brush().radius * 2));
    if (this.patches?.of !== pixels || this.patches.step !== step)
      this.patches = { of: pixels, step, number: superpixels(pixels, step) };
    const [x, y] = [Math.floor(at.x), Math.floor(at.y)];
    if (x < 0 || y < 0 || x >= pixels.width || y >= pixels.height) return null;
    return this.patches.number[y * pixels.width + x] ?? null;
  }

  protected reach(at: Point): void {
    const pixels = this.around.pixels();
    if (pixels === null) this.around.editor.refuse("pixels_unreadable");
    const patch = pixels ? this.patchAt(at, pixels) : null;
    if (patch === null || !this.bits || !pixels || !this.patches || this.taken.has(patch)) return;
    this.taken.add(patch);
    const { erase } = this.around.brush();
    const room = this.patches.step * 3.5; // no pixel of a patch is farther away
    if (!erase) this.bits = grown(this.bits, at.x - room, at.y - room, at.x + room, at.y + room, pixels);
    const { bits } = this;
    for (let row = 0; row < bits.h; row += 1) {
      for (let column = 0; column < bits.w; column += 1) {
        const number = this.patches.number[(row + bits.y) * pixels.width + column + bits.x];
        if (number === patch) bits.data[row * bits.w + column] = erase ? 0 : 1;
      }
    }
  }
}
