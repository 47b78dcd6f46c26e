import { round, simplified } from "../core/geometry";
import type { PathRegion, XY } from "../core/regions";
import { clamp, type Point, type Viewport } from "../core/viewport";
import { isClick, ShapeTool, type State, type Surroundings } from "./tool";

/**
 * Polygons and polylines: a click sets a point, a drag draws freehand. A polygon ends on its first point,
 * both end with Enter or a double click; Backspace takes the last point back.
 */
export class PathTool extends ShapeTool {
  private points: XY[] = [];
  private id = "";

  constructor(
    around: Surroundings,
    private readonly shape: PathRegion["shape"],
  ) {
    super(around);
  }

  private get least(): number {
    return this.shape === "polygon" ? 3 : 2;
  }

  protected begin(at: Point): State | null {
    if (this.around.label() === null) return null;
    this.id = this.around.newId();
    this.points = [];
    return this.pressed(at);
  }

  /** The button is down: let go for a point, drag for a freehand line. */
  private pressed(from: Point): State {
    const before = this.points.length;
    const state: State = {
      down: () => state,
      move: (at) => {
        if (this.points.length === before && isClick(from, at, 2 * this.around.slack())) return state;
        if (this.points.length === before) this.add(from);
        this.add(at);
        this.outline();
        return state;
      },
      up: (at) => {
        if (this.points.length > before) this.smooth(before);
        else if (this.closes(from)) return this.end();
        else if (!this.repeats(from)) this.add(from);
        else if (this.points.length >= this.least) return this.end(); // the second press of a double click
        this.outline();
        return this.placing(at);
      },
    };
    return state;
  }

  /** Between presses: a rubber band follows the pointer. */
  private placing(_at: Point): State {
    const state: State = {
      down: (at) => this.pressed(at),
      move: (at) => {
        this.outline(at);
        return state;
      },
      up: () => state,
    };
    return state;
  }

  private add(at: Point): void {
    const { x, y } = clamp(at, this.around.picture());
    this.points.push([round(x), round(y)]);
  }

  private smooth(from: number): void {
    const drawn = simplified(this.points.slice(from), this.around.slack() / 3);
    this.points = [...this.points.slice(0, from), ...drawn];
  }

  private closes(at: Point): boolean {
    const first = this.points[0];
    if (this.shape !== "polygon" || this.points.length < 3 || !first) return false;
    return isClick({ x: first[0], y: first[1] }, at, 3 * this.around.slack());
  }

  private repeats(at: Point): boolean {
    const last = this.points.at(-1);
    return last !== undefined && isClick({ x: last[0], y: last[1] }, at, this.around.slack());
  }

  private region(extra: XY[] = []): PathRegion | null {
    const label = this.around.label();
    const points = [...this.points, ...extra];
    if (label === null || points.length < 2) return null;
    return { id: this.id, label: label.id, shape: this.shape, points };
  }

  private outline(at?: Point): void {
    const end = at ? clamp(at, this.around.picture()) : null;
    this.show(this.region(end ? [[round(end.x), round(end.y)]] : []));
  }

  private end(): State {
    const made = this.points.length >= this.least ? this.region() : null;
    this.points = [];
    if (made) this.make(made);
    else this.around.editor.rollback();
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
    else this.outline();
    return true;
  }

  override get isDrawing(): boolean {
    return this.points.length > 0;
  }

  override cancel(): void {
    this.points = [];
    super.cancel();
  }

  override paint(context: CanvasRenderingContext2D, view: Viewport): void {
    super.paint(context, view);
    for (const [x, y] of this.points) {
      context.fillStyle = "#ffffff";
      context.strokeStyle = "rgba(0,0,0,0.7)";
      context.beginPath();
      context.arc(x * view.scale + view.x, y * view.scale + view.y, 4, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    }
  }
}
