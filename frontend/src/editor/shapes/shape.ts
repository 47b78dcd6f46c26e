import type { Rect } from "../core/geometry";
import type { PictureRegion } from "../core/regions";
import type { Point, Size, Viewport } from "../core/viewport";

/** A part of a region that can be dragged: `body`, or one of its handles by name. */
export interface Handle {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  /** A handle beside a region (for turning) is drawn round. */
  readonly round?: boolean;
  /** A handle of an occluded keypoint is drawn with a cross. */
  readonly crossed?: boolean;
}

export interface Look {
  readonly color: string;
  readonly name: string;
  readonly active: boolean;
  /** The joints of a skeleton, from its label. */
  readonly edges: readonly (readonly number[])[];
  readonly pointNames: readonly string[];
}

/** One shape: how it is drawn, hit, dragged and told. Lengths are picture pixels, except in `draw`. */
export interface Shape<R extends PictureRegion = PictureRegion> {
  bounds(region: R): Rect;
  /** An unselected region is taken by what is drawn of it, so that shapes can be drawn inside shapes. */
  onOutline(region: R, at: Point, reach: number): boolean;
  /** A selected one by all of its inside. */
  inside(region: R, at: Point): boolean;
  handles(region: R, scale: number): Handle[];
  /** The region after a part of it was dragged; it stays in the picture. */
  dragged(region: R, part: string, from: Point, to: Point, picture: Size): R;
  draw(context: CanvasRenderingContext2D, region: R, view: Viewport, look: Look): void;
  /** Size in words of numbers, such as 120×80. */
  summary(region: R): string;
  /** A new region at a point for who works by keys alone; null where the shape needs a hand. */
  placed(at: Point, picture: Size): Omit<R, "id" | "label"> | null;
}
