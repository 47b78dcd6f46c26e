import type { PictureRegion } from "../core/regions";
import { box } from "./box";
import { mask } from "./mask";
import { path } from "./path";
import type { Shape } from "./shape";
import { skeleton } from "./skeleton";

/** Every shape on a picture, by its name. Adding one is adding a file and a line here. */
export const SHAPES: Readonly<Record<PictureRegion["shape"], Shape>> = {
  box: box as unknown as Shape,
  polygon: path as unknown as Shape,
  polyline: path as unknown as Shape,
  skeleton: skeleton as unknown as Shape,
  mask: mask as unknown as Shape,
};

export function shapeOf(region: PictureRegion): Shape {
  return SHAPES[region.shape];
}
