import type { MaskRegion } from "../core/regions";
import type { Point } from "../core/viewport";
import { type Bits, decode, encode } from "../shapes/bits";
import type { Surroundings, Tool } from "./tool";

/**
 * The base of tools that paint pixels: into the selected mask of the label, else into a new one. Erasing takes
 * away from the selected mask. Each stroke is one undo step.
 */
export abstract class MaskStroke implements Tool {
  abstract readonly cursor: string;
  protected bits: Bits | null = null;
  private before: MaskRegion | null = null;
  private id = "";

  constructor(protected readonly around: Surroundings) {}

  /** Paint on; the stroke goes on at a point. */
  protected abstract reach(at: Point): void;

  /** The stroke begins: forget the one before. */
  protected abstract fresh(at: Point): void;

  down(at: Point): void {
    const { editor } = this.around;
    const { erase } = this.around.brush();
    const label = this.around.label();
    const selected = editor.selected;
    const fits =
      selected?.shape === "mask" && !editor.locked.has(selected.id) && editor.selection.length === 1;
    this.before = fits && (erase || selected.label === label?.id) ? selected : null;
    if (this.before === null && (erase || label === null)) return;
    this.id = this.before?.id ?? this.around.newId();
    this.bits = this.before
      ? decode(this.before)
      : { x: Math.floor(at.x), y: Math.floor(at.y), w: 0, h: 0, data: new Uint8Array() };
    this.fresh(at);
    this.goOn(at);
  }

  move(at: Point): void {
    if (this.bits) this.goOn(at);
  }

  private goOn(at: Point): void {
    this.reach(at);
    this.around.editor.preview([{ kind: "region", id: this.id, before: this.before, after: this.region() }]);
  }

  private region(): MaskRegion | null {
    const runs = this.bits ? encode(this.bits) : null;
    const label = this.before?.label ?? this.around.label()?.id;
    if (runs === null || label === undefined) return null;
    return { ...(this.before ?? { shape: "mask", id: this.id, label }), ...runs };
  }

  up(): void {
    if (!this.bits) return;
    const after = this.region();
    this.bits = null;
    const { editor } = this.around;
    if (after === null && this.before === null) {
      editor.rollback();
      return;
    }
    editor.commit([{ kind: "region", id: this.id, before: this.before, after }]);
    if (after === null) editor.select(null);
    else if (this.before === null) editor.drawn(this.id, this.goesOn(after.label));
  }

  /** A mask takes more than one stroke: it stays at hand until another label or Escape. */
  private goesOn(label: string): "selected" | "loose" {
    return this.around.afterDrawing(label) === "selected" ? "selected" : "loose";
  }

  get isDrawing(): boolean {
    return false;
  }

  cancel(): void {
    this.bits = null;
    this.around.editor.rollback();
  }

  finish(): boolean {
    return false;
  }

  stepBack(): boolean {
    return false;
  }
}
