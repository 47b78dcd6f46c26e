import type { Editor } from "../core/editor";
import type { PictureRegion } from "../core/regions";
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

  protected resting(): State {
    const state: State = {
      down: (at) => {
        const hit = this.around.hit(at);
        if (hit) {
          this.around.editor.select(hit.region.id);
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

  private moving({ region, part }: Hit, from: Point): State {
    const { editor } = this.around;
    const locked = editor.locked.has(region.id);
    const state: State = {
      down: () => state,
      move: (at) => {
        if (locked) return state;
        const after = shapeOf(region).dragged(region, part, from, at, this.around.picture());
        editor.preview([{ kind: "region", id: region.id, before: region, after }]);
        return state;
      },
      up: (at) => {
        if (isClick(from, at, this.around.slack())) {
          editor.rollback();
          editor.selectPoint(locked ? null : pointOf(region, part)); // a drag moves, a click selects
        } else editor.commit();
        return this.resting();
      },
    };
    return state;
  }

  /** Put a new region in and select it. */
  protected make(region: PictureRegion): void {
    const { editor } = this.around;
    editor.commit([{ kind: "region", id: region.id, before: null, after: region }]);
    editor.select(region.id);
  }

  protected show(region: PictureRegion | null): void {
    this.around.editor.preview(
      region ? [{ kind: "region", id: region.id, before: null, after: region }] : [],
    );
  }
}

/** Chooses and moves; draws nothing. */
export class SelectTool extends ShapeTool {
  override readonly cursor: string = "default";

  protected begin(): State | null {
    return null;
  }
}
