/** What is marked on an item, as values. Coordinates are picture pixels; text offsets count code points. */
export type AttributeValue = string | number | boolean | string[];

interface Common {
  readonly id: string;
  readonly label: string;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

/** Left upper corner and size before the turn; `angle` in degrees clockwise about the centre. */
export interface BoxRegion extends Common {
  readonly shape: "box";
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly angle?: number;
}

export type XY = readonly [number, number];

export interface PathRegion extends Common {
  readonly shape: "polygon" | "polyline";
  readonly points: readonly XY[];
}

/** As in COCO: 0 absent, 1 occluded, 2 visible. */
export type Visibility = 0 | 1 | 2;

/** x, y and a `Visibility`. */
export type Keypoint = readonly [number, number, number];

export interface SkeletonRegion extends Common {
  readonly shape: "skeleton";
  readonly points: readonly Keypoint[];
}

/** A box in whole pixels and, row by row in it, the lengths of runs, background first. */
export interface MaskRegion extends Common {
  readonly shape: "mask";
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly rle: readonly number[];
}

export interface SpanRegion extends Common {
  readonly shape: "span";
  readonly start: number;
  readonly end: number;
}

/** An arrow between two spans. */
export interface RelationRegion extends Common {
  readonly shape: "relation";
  readonly from: string;
  readonly to: string;
}

export type PictureRegion = BoxRegion | PathRegion | SkeletonRegion | MaskRegion;
export type Region = PictureRegion | SpanRegion | RelationRegion;
export type ShapeName = Region["shape"];

export function onPicture(region: Region): region is PictureRegion {
  return region.shape !== "span" && region.shape !== "relation";
}
