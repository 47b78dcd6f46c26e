import type { Editor } from "../core/editor";
import type { Rect } from "../core/geometry";
import { onPicture, type PictureRegion } from "../core/regions";
import type { Point, Size, Viewport } from "../core/viewport";
import type { ClickModel } from "../media/click-model";
import { shapeOf } from "../shapes";
import { pointOf } from "../shapes/points";

/** A region under the pointer and the part of it that would be dragged. */
export interface Hit {
  region: PictureRegion;
  part: string;
}

export interface DrawLabel {
  id: string;
  color: string;
  /** Names of the keypoints, where the label is for a skeleton. */
  pointNames: readonly string[];
}

/** What a tool asks of its surroundings. Lengths are in picture pixels. */
export interface Surroundings {
  editor: Editor;
  picture: () => Size;
  /** The label that a new region gets; null where none can be drawn. */
  label: () => DrawLabel | null;
  hit: (at: Point) => Hit | null;
  /** All regions under a point, by their inside too, the smallest first. */
  under: (at: Point) => PictureRegion[];
  /** Regions that lie in a frame as a whole. */
  within: (frame: Rect) => PictureRegion[];
  /** Whether shift is held: choosing goes on with what is chosen. */
  shift: () => boolean;
  /** Whether a region with a label may be a polygon here. */
  takesPolygons: (label: string) => boolean;
  /** What becomes of a region that was just drawn. */
  afterDrawing: (label: string) => "selected" | "loose" | "free";
  /** Three screen pixels. */
  slack: () => number;
  newId: () => string;
  /** The picture's pixels; null where they cannot be read. */
  pixels: () => ImageData | null;
  /** Settings that the person changes while working. */
  brush: () => { radius: number; erase: boolean };
  /** The model that makes masks out of clicks; null where none is registered. */
  clickModel: () => Promise<ClickModel> | null;
}

/** A way to work with the pointer. Escape cancels; Enter ends what has no natural end. */
export interface Tool {
  down(at: Point): void;
  move(at: Point): void;
  up(at: Point): void;
  cancel(): void;
  /** End a shape of many points; true where there was one. */
  finish(): boolean;
  /** Take the last point of an unfinished shape back; true where there was one. */
  stepBack(): boolean;
  /** Whether a shape is unfinished. */
  readonly isDrawing: boolean;
  /** Helpers on top of the regions: a brush's ring, a rubber band. */
  paint?(context: CanvasRenderingContext2D, view: Viewport): void;
  readonly cursor: string;
}

export interface State {
  down(at: Point): State;
  move(at: Point): State;
  up(at: Point): State;
}

export function isClick(from: Point, at: Point, slack: number): boolean {
  return Math.hypot(at.x - from.x, at.y - from.y) < slack;
}

/**
 * The base of tools that draw shapes: a press on a region moves it, on its handle changes it, elsewhere
 * begins a new one. States are participles.
 */
export abstract class ShapeTool implements Tool {
  readonly cursor: string = "crosshair";
  protected state: State;

  constructor(protected readonly around: Surroundings) {
    this.state = this.resting();
  }

  /** The state in which a new shape begins at a point; null where it cannot. */
  protected abstract begin(at: Point): State | null;

  down(at: Point): void {
    this.state = this.state.down(at);
  }

  move(at: Point): void {
    this.state = this.state.move(at);
  }

  up(at: Point): void {
    this.state = this.state.up(at);
  }

  /** Back to the mark, nothing changed. */
  cancel(): void {
    this.around.editor.rollback();
    this.state = this.resting();
  }

  finish(): boolean {
    return false;
  }

  stepBack(): boolean {
    return false;
  }

  get isDrawing(): boolean {
    return false;
  }

  protected resting(): State {
    const state: State = {
      down: (at) => {
        if (this.around.shift()) return this.choosing(at);
        const hit = this.around.hit(at);
        if (hit) {
          if (!this.around.editor.isSelected(hit.region.id)) this.around.editor.select(hit.region.id);
          return this.moving(hit, at);
        }
        this.around.editor.select(null);
        return this.begin(at) ?? state;
      },
      move: () => state,
      up: () => state,
    };
    return state;
  }

  protected moving({ region, part }: Hit, from: Point, clicked: (at: Point) => void = () => {}): State {
    const { editor } = this.around;
    const locked = editor.locked.has(region.id);
    const along = part === "body" ? editor.selection.filter(onPicture) : [region];
    const free = along.filter((other) => !editor.locked.has(other.id));
    const state: State = {
      down: () => state,
      move: (at) => {
        if (isClick(from, at, this.around.slack())) return state;
        editor.preview(
          free.map((before) => {
            const after = shapeOf(before).dragged(before, part, from, at, this.around.picture());
            return { kind: "region", id: before.id, before, after };
          }),
        );
        return state;
      },
      up: (at) => {
        if (isClick(from, at, this.around.slack())) {
          editor.rollback();
          editor.selectPoint(locked ? null : pointOf(region, part)); // a drag moves, a click selects
          clicked(at);
        } else editor.commit();
        return this.resting();
      },
    };
    return state;
  }

  /** With shift: a click takes a region to those chosen or away, a drag takes all in a frame. */
  protected choosing(from: Point): State {
    const { editor } = this.around;
    const before = this.around.shift() ? editor.selection.map((region) => region.id) : [];
    const state: State = {
      down: () => state,
      move: (at) => {
        this.frame = rectOf(from, at);
        editor.preview([]);
        return state;
      },
      up: (at) => {
        this.frame = null;
        if (!isClick(from, at, this.around.slack())) {
          const matches = this.around.within(rectOf(from, at)).map((region) => region.id);
          editor.selectMany([...before, ...matches]);
        } else {
          const [top] = this.around.under(at);
          if (top && this.around.shift()) editor.toggleSelected(top.id);
          else editor.select(top?.id ?? null);
        }
        return this.resting();
      },
    };
    return state;
  }

  /** The frame that is being dragged around regions. */
  private frame: Rect | null = null;

  paint(context: CanvasRenderingContext2D, view: Viewport): void {
    if (!this.frame) return;
    const { left, top, right, bottom } = this.frame;
    const [x, y] = [left * view.scale + view.x, top * view.scale + view.y];
    const [w, h] = [(right - left) * view.scale, (bottom - top) * view.scale];
    context.fillStyle = "rgba(36,87,214,0.12)";
    context.fillRect(x, y, w, h);
    context.setLineDash([5, 4]);
    for (const [color, offset] of [
      ["rgba(0,0,0,0.8)", 0],
      ["#ffffff", 5],
    ] as const) {
      context.lineDashOffset = offset;
      context.lineWidth = 1.5;
      context.strokeStyle = color;
      context.strokeRect(x, y, w, h);
    }
    context.setLineDash([]);
    context.lineDashOffset = 0;
  }

  /** Put a new region in. */
  protected make(region: PictureRegion): void {
    const { editor } = this.around;
    editor.commit([{ kind: "region", id: region.id, before: null, after: region }]);
    editor.drawn(region.id, this.around.afterDrawing(region.label));
  }

  protected show(region: PictureRegion | null): void {
    this.around.editor.preview(
      region ? [{ kind: "region", id: region.id, before: null, after: region }] : [],
    );
  }
}

function rectOf(a: Point, b: Point): Rect {
  return {
    left: Math.min(a.x, b.x),
    top: Math.min(a.y, b.y),
    right: Math.max(a.x, b.x),
    bottom: Math.max(a.y, b.y),
  };
}

/**
 * Chooses and moves; draws nothing. A click takes the smallest region under the pointer, the next click at the same
 * place the one around it; a drag beside all regions takes those in its frame.
 */
export class SelectTool extends ShapeTool {
  override readonly cursor: string = "default";
  private lastClick: Point | null = null;

  protected begin(): State | null {
    return null;
  }

  protected override resting(): State {
    const state: State = {
      down: (at) => {
        const { editor } = this.around;
        if (this.around.shift()) return this.choosing(at);
        const hit = this.around.hit(at);
        if (hit && hit.part !== "body") return this.moving(hit, at);
        const under = this.around.under(at);
        const [smallest] = under;
        if (!smallest) return this.choosing(at);
        const held = under.find((region) => editor.isSelected(region.id));
        if (!held) editor.select(smallest.id);
        return this.moving({ region: held ?? smallest, part: "body" }, at, () =>
          this.clicked(at, under, held),
        );
      },
      move: () => state,
      up: () => state,
    };
    return state;
  }

  /** What a click at a place chooses, where `held` of the regions there was chosen before. */
  private clicked(at: Point, under: PictureRegion[], held: PictureRegion | undefined): void {
    const again = this.lastClick !== null && isClick(this.lastClick, at, 2 * this.around.slack());
    this.lastClick = at;
    if (!held) return;
    const place = again ? (under.indexOf(held) + 1) % under.length : 0;
    this.around.editor.select(under[place]?.id ?? null);
  }
}
