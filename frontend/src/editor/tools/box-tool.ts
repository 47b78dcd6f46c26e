import type { Region } from "../core/document";
import type { Editor } from "../core/editor";
import { clamp, type Point, type Size } from "../core/viewport";

export type Handle = "nw" | "ne" | "sw" | "se" | "body";

/** What the tool asks of its surroundings. Lengths are in picture pixels. */
export interface Surroundings {
  editor: Editor;
  picture: () => Size;
  label: () => string | null;
  /** The region under a point and which part of it; `null` on empty ground. */
  hit: (at: Point) => { region: Region; handle: Handle } | null;
  /** Three screen pixels, in picture pixels. */
  slack: () => number;
  newId: () => string;
}

interface State {
  down(at: Point): State;
  move(at: Point): State;
  up(at: Point): State;
}

/**
 * Boxes by one drag or by two clicks; a press on a box moves it, on its corner resizes it.
 * States are participles: resting, drawing, anchored, moving.
 */
export class BoxTool {
  private state: State;

  constructor(private readonly around: Surroundings) {
    this.state = this.resting();
  }

  down(at: Point): void {
    this.state = this.state.down(at);
  }

  move(at: Point): void {
    this.state = this.state.move(at);
  }

  up(at: Point): void {
    this.state = this.state.up(at);
  }

  /** Escape: back to the mark, nothing changed. */
  cancel(): void {
    this.around.editor.rollback();
    this.state = this.resting();
  }

  private resting(): State {
    const state: State = {
      down: (at) => {
        const hit = this.around.hit(at);
        if (hit) {
          this.around.editor.select(hit.region.id);
          return this.moving(hit.region, hit.handle, at);
        }
        this.around.editor.select(null);
        return this.around.label() === null ? state : this.drawing(at, this.around.newId());
      },
      move: () => state,
      up: () => state,
    };
    return state;
  }

  /** The button is held: a drag ends the box, a click without a drag anchors its first corner. */
  private drawing(from: Point, id: string): State {
    const state: State = {
      down: () => state,
      move: (at) => {
        this.previewBox(from, at, id);
        return state;
      },
      up: (at) => (this.isClick(from, at) ? this.anchored(from, id) : this.finish(from, at, id)),
    };
    return state;
  }

  /** The first corner stands; the next click sets the other. */
  private anchored(from: Point, id: string): State {
    const state: State = {
      down: () => state,
      move: (at) => {
        this.previewBox(from, at, id);
        return state;
      },
      up: (at) => (this.isClick(from, at) ? this.stop() : this.finish(from, at, id)),
    };
    return state;
  }

  private moving(region: Region, handle: Handle, from: Point): State {
    const state: State = {
      down: () => state,
      move: (at) => {
        const after = dragged(region, handle, at.x - from.x, at.y - from.y, this.around.picture());
        this.around.editor.preview([{ kind: "region", id: region.id, before: region, after }]);
        return state;
      },
      up: (at) => {
        if (this.isClick(from, at)) return this.stop();
        this.around.editor.commit();
        return this.resting();
      },
    };
    return state;
  }

  private stop(): State {
    this.around.editor.rollback();
    return this.resting();
  }

  private isClick(from: Point, at: Point): boolean {
    return Math.hypot(at.x - from.x, at.y - from.y) < this.around.slack();
  }

  private box(from: Point, at: Point, id: string): Region | null {
    const label = this.around.label();
    const a = clamp(from, this.around.picture());
    const b = clamp(at, this.around.picture());
    const [w, h] = [Math.abs(a.x - b.x), Math.abs(a.y - b.y)];
    if (label === null || w < 0.5 || h < 0.5) return null;
    return {
      id,
      label,
      x: round(Math.min(a.x, b.x)),
      y: round(Math.min(a.y, b.y)),
      w: round(w),
      h: round(h),
    };
  }

  private previewBox(from: Point, at: Point, id: string): void {
    const after = this.box(from, at, id);
    this.around.editor.preview(after ? [{ kind: "region", id, before: null, after }] : []);
  }

  private finish(from: Point, at: Point, id: string): State {
    const after = this.box(from, at, id);
    if (after) {
      this.around.editor.commit([{ kind: "region", id, before: null, after }]);
      this.around.editor.select(id);
    } else this.around.editor.rollback();
    return this.resting();
  }
}

/** A box after its part was dragged; it stays inside the picture and keeps a side of one pixel. */
export function dragged(region: Region, handle: Handle, dx: number, dy: number, picture: Size): Region {
  if (handle === "body") {
    const x = Math.min(Math.max(0, region.x + dx), picture.width - region.w);
    const y = Math.min(Math.max(0, region.y + dy), picture.height - region.h);
    return { ...region, x: round(Math.max(0, x)), y: round(Math.max(0, y)) };
  }
  let [left, top, right, bottom] = [region.x, region.y, region.x + region.w, region.y + region.h];
  if (handle.includes("w")) left = Math.min(Math.max(0, left + dx), right - 1);
  else right = Math.max(Math.min(picture.width, right + dx), left + 1);
  if (handle.includes("n")) top = Math.min(Math.max(0, top + dy), bottom - 1);
  else bottom = Math.max(Math.min(picture.height, bottom + dy), top + 1);
  return { ...region, x: round(left), y: round(top), w: round(right - left), h: round(bottom - top) };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
