import { simplified } from "../core/geometry";
import type { PathRegion, XY } from "../core/regions";
import { clamp, type Point, type Viewport } from "../core/viewport";
import { type CostMap, cheapestWay, costMap } from "../media/scissors";
import { isClick, ShapeTool, type State } from "./tool";

/** A polygon that clings to edges: clicks set anchors, between them the outline follows what is there. */
export class ScissorsTool extends ShapeTool {
  private anchors: XY[] = [];
  private ways: XY[][] = [];
  private live: XY[] = [];
  private map: { of: ImageData; cost: CostMap } | null = null;
  private id = "";

  protected begin(at: Point): State | null {
    const pixels = this.around.pixels();
    if (this.around.label() === null) return null;
    if (pixels === null) {
      this.around.editor.refuse("pixels_unreadable");
      return null;
    }
    if (this.map?.of !== pixels) this.map = { of: pixels, cost: costMap(pixels) };
    this.id = this.around.newId();
    this.anchors = [];
    this.ways = [];
    return this.placing().down(at);
  }

  private placing(): State {
    const state: State = {
      down: (at) => {
        const spot = this.spot(at);
        const first = this.anchors[0];
        const closes =
          first !== undefined &&
          this.anchors.length > 1 &&
          isClick({ x: first[0], y: first[1] }, at, 3 * this.around.slack());
        const last = this.anchors.at(-1);
        if (closes) return this.end();
        if (last) this.ways.push(this.way(last, spot));
        this.anchors.push(spot);
        this.show(this.region());
        return state;
      },
      move: (at) => {
        const last = this.anchors.at(-1);
        this.live = last ? this.way(last, this.spot(at)) : [];
        this.show(this.region());
        return state;
      },
      up: () => state,
    };
    return state;
  }

  private spot(at: Point): XY {
    const { x, y } = clamp(at, this.around.picture());
    const { width, height } = this.around.picture();
    return [Math.min(width - 1, Math.floor(x)), Math.min(height - 1, Math.floor(y))];
  }

  private way(from: XY, to: XY): XY[] {
    const cost = this.map?.cost;
    return cost ? simplified(cheapestWay(cost, from, to), 0.8) : [from, to];
  }

  private region(closing: XY[] = this.live): PathRegion | null {
    const label = this.around.label();
    const points = [...this.ways.flat(), ...closing];
    if (label === null || points.length < 3) return null;
    return { id: this.id, label: label.id, shape: "polygon", points };
  }

  private end(): State {
    const [first, last] = [this.anchors[0], this.anchors.at(-1)];
    const made =
      first && last && this.anchors.length > 1 ? this.region(this.way(last, first).slice(0, -1)) : null;
    this.clear();
    if (made) this.make(made);
    else this.around.editor.rollback();
    return this.resting();
  }

  private clear(): void {
    this.anchors = [];
    this.ways = [];
    this.live = [];
  }

  override finish(): boolean {
    if (this.anchors.length === 0) return false;
    this.state = this.end();
    return true;
  }

  override stepBack(): boolean {
    if (this.anchors.length === 0) return false;
    this.anchors.pop();
    this.ways.pop();
    this.live = [];
    if (this.anchors.length === 0) this.cancel();
    else this.show(this.region());
    return true;
  }

  override get isDrawing(): boolean {
    return this.anchors.length > 0;
  }

  override cancel(): void {
    this.clear();
    super.cancel();
  }

  override paint(context: CanvasRenderingContext2D, view: Viewport): void {
    super.paint(context, view);
    context.fillStyle = "#ffffff";
    for (const [x, y] of this.anchors) {
      context.beginPath();
      context.arc(x * view.scale + view.x, y * view.scale + view.y, 4, 0, 2 * Math.PI);
      context.fill();
    }
  }
}
