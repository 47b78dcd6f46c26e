import { boundsOf, insidePolygon, round, shiftWithin, toSegment } from "../core/geometry";
import type { PathRegion, XY } from "../core/regions";
import type { Point, Size } from "../core/viewport";
import { outlined } from "./paint";
import type { Shape } from "./shape";

function segments(region: PathRegion): [XY, XY][] {
  const { points } = region;
  const pairs = points.slice(1).map((point, index) => [points[index] as XY, point] as [XY, XY]);
  const [first, last] = [points[0], points.at(-1)];
  return region.shape === "polygon" && first && last ? [...pairs, [last, first]] : pairs;
}

function near(region: PathRegion, at: Point, reach: number): boolean {
  return segments(region).some(([a, b]) => toSegment(at, a, b) <= reach);
}

function pointMoved(region: PathRegion, index: number, to: Point, picture: Size): PathRegion {
  const x = round(Math.min(picture.width, Math.max(0, to.x)));
  const y = round(Math.min(picture.height, Math.max(0, to.y)));
  return { ...region, points: region.points.map((point, i) => (i === index ? [x, y] : point)) };
}

/** A point more, between two; dragging a middle handle makes one. */
export function withPoint(region: PathRegion, after: number, at: Point, picture: Size): PathRegion {
  const points = [...region.points];
  points.splice(after + 1, 0, [0, 0]);
  return pointMoved({ ...region, points }, after + 1, at, picture);
}

/** One point less; null where the rest is no shape any more. */
export function withoutPoint(region: PathRegion, index: number): PathRegion | null {
  const least = region.shape === "polygon" ? 3 : 2;
  if (region.points.length <= least) return null;
  return { ...region, points: region.points.filter((_, i) => i !== index) };
}

/** Polygons and polylines: the same points, closed or not. */
export const path: Shape<PathRegion> = {
  bounds: (region) => boundsOf(region.points),
  onOutline: near,
  inside: (region, at) => (region.shape === "polygon" ? insidePolygon(at, region.points) : false),
  handles: (region, scale) => {
    const corners = region.points.map(([x, y], index) => ({ id: `p${index}`, x, y }));
    const middles = segments(region)
      .map(([a, b], index) => ({ a, b, index }))
      .filter(({ a, b }) => Math.hypot(a[0] - b[0], a[1] - b[1]) * scale > 36)
      .map(({ a, b, index }) => ({
        id: `m${index}`,
        x: (a[0] + b[0]) / 2,
        y: (a[1] + b[1]) / 2,
        round: true,
      }));
    return [...corners, ...middles];
  },
  dragged: (region, part, from, to, picture) => {
    const index = Number(part.slice(1));
    if (part.startsWith("p")) return pointMoved(region, index, to, picture);
    if (part.startsWith("m")) return withPoint(region, index, to, picture);
    const by = shiftWithin(boundsOf(region.points), to.x - from.x, to.y - from.y, picture);
    return { ...region, points: region.points.map(([x, y]) => [round(x + by.x), round(y + by.y)]) };
  },
  draw: (context, region, view, look) => {
    const points = region.points.map(([x, y]) => [x * view.scale + view.x, y * view.scale + view.y] as const);
    outlined(context, points, region.shape === "polygon", look, look.active);
  },
  summary: (region) => `${region.points.length} pt`,
  placed: (at, picture) => {
    const side = Math.max(8, Math.min(picture.width, picture.height) / 5);
    const x = Math.max(0, Math.min(picture.width - side, at.x - side / 2));
    const y = Math.max(0, Math.min(picture.height - side, at.y - side / 2));
    const points: XY[] = [
      [x, y],
      [x + side, y],
      [x + side, y + side],
      [x, y + side],
    ];
    return { shape: "polygon", points: points.map(([a, b]) => [round(a), round(b)] as const) };
  },
};
