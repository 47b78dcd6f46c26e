import { round } from "../core/geometry";
import type { Keypoint, SkeletonRegion } from "../core/regions";
import { clamp, type Point, type Viewport } from "../core/viewport";
import { tagged } from "../shapes/paint";
import { ShapeTool, type State } from "./tool";

/** Keypoints in the order that the label names them, a click each; Enter leaves the others out. */
export class SkeletonTool extends ShapeTool {
  private points: Keypoint[] = [];
  private id = "";
  private pointer: Point | null = null;

  /** The name of the point that the next click sets. */
  get next(): string {
    return this.around.label()?.pointNames[this.points.length] ?? "";
  }

  protected begin(at: Point): State | null {
    const label = this.around.label();
    if (label === null || label.pointNames.length === 0) return null;
    this.id = this.around.newId();
    this.points = [];
    return this.placing().down(at);
  }

  /** The name of the point that the next click sets stands beside the pointer. */
  override move(at: Point): void {
    this.pointer = at;
    super.move(at);
    this.around.editor.preview(this.around.editor.underway); // the name moves along
  }

  override paint(context: CanvasRenderingContext2D, view: Viewport): void {
    super.paint(context, view);
    if (!this.pointer || !this.next) return;
    const [x, y] = [this.pointer.x * view.scale + view.x, this.pointer.y * view.scale + view.y];
    tagged(context, `${this.next}  ${this.points.length + 1}/${this.length}`, x + 14, y + 6);
  }

  override get isDrawing(): boolean {
    return this.points.length > 0;
  }

  private placing(): State {
    const state: State = {
      down: (at) => {
        const { x, y } = clamp(at, this.around.picture());
        this.points.push([round(x), round(y), 2]);
        this.show(this.region());
        return this.points.length >= this.length ? this.end() : state;
      },
      move: () => state,
      up: () => state,
    };
    return state;
  }

  private get length(): number {
    return this.around.label()?.pointNames.length ?? 0;
  }

  private region(): SkeletonRegion | null {
    const label = this.around.label();
    if (label === null || this.points.length === 0) return null;
    const missing = Array.from({ length: this.length - this.points.length }, (): Keypoint => [0, 0, 0]);
    return { id: this.id, label: label.id, shape: "skeleton", points: [...this.points, ...missing] };
  }

  private end(): State {
    const made = this.region();
    this.points = [];
    if (made) this.make(made);
    return this.resting();
  }

  override finish(): boolean {
    if (this.points.length === 0) return false;
    this.state = this.end();
    return true;
  }

  override stepBack(): boolean {
    if (this.points.length === 0) return false;
    this.points.pop();
    if (this.points.length === 0) this.cancel();
    else this.show(this.region());
    return true;
  }

  /** A point that cannot be seen at all is left out, and the next one is asked for. */
  leaveOut(): boolean {
    if (this.points.length === 0 || this.points.length >= this.length) return false;
    this.points.push([0, 0, 0]);
    if (this.points.length >= this.length) this.state = this.end();
    else this.show(this.region());
    return true;
  }

  /** The keypoint that was set last is occluded, or after all visible; true where there is one. */
  toggleOccluded(): boolean {
    const last = this.points.at(-1);
    if (!last || last[2] === 0) return false;
    this.points = [...this.points.slice(0, -1), [last[0], last[1], last[2] === 1 ? 2 : 1]];
    this.show(this.region());
    return true;
  }

  override cancel(): void {
    this.points = [];
    super.cancel();
  }
}
