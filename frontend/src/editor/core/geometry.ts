import type { XY } from "./regions";
import type { Point, Size } from "./viewport";

export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

export function boundsOf(points: readonly (readonly number[])[]): Rect {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x = 0, y = 0] of points) {
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  return { left, top, right, bottom };
}

/** How far a shape may be moved by (dx, dy) before its box leaves the picture. */
export function shiftWithin(bounds: Rect, dx: number, dy: number, picture: Size): Point {
  const x = Math.max(-bounds.left, Math.min(picture.width - bounds.right, dx));
  const y = Math.max(-bounds.top, Math.min(picture.height - bounds.bottom, dy));
  return { x: Number.isFinite(x) ? x : 0, y: Number.isFinite(y) ? y : 0 };
}

/** Distance from a point to the line between two others. */
export function toSegment(at: Point, [ax, ay]: XY, [bx, by]: XY): number {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const share = length === 0 ? 0 : Math.max(0, Math.min(1, ((at.x - ax) * dx + (at.y - ay) * dy) / length));
  return Math.hypot(at.x - ax - share * dx, at.y - ay - share * dy);
}

/** Whether a point lies in a polygon (even–odd rule). */
export function insidePolygon(at: Point, points: readonly XY[]): boolean {
  let inside = false;
  for (let i = 0, j = points.length - 1; i < points.length; j = i, i += 1) {
    const [ax, ay] = points[i] as XY;
    const [bx, by] = points[j] as XY;
    if (ay > at.y !== by > at.y && at.x < ((bx - ax) * (at.y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

/** A point turned about a centre by degrees, clockwise on the screen. */
export function turned(at: Point, centre: Point, degrees: number): Point {
  const angle = (degrees * Math.PI) / 180;
  const [dx, dy] = [at.x - centre.x, at.y - centre.y];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return { x: centre.x + dx * cos - dy * sin, y: centre.y + dx * sin + dy * cos };
}

/** Fewer points on nearly the same line (Ramer 1972, Douglas and Peucker 1973). */
export function simplified(points: readonly XY[], tolerance: number): XY[] {
  if (points.length < 3) return [...points];
  const keep = new Uint8Array(points.length);
  keep[0] = keep[points.length - 1] = 1;
  const stack: [number, number][] = [[0, points.length - 1]];
  while (stack.length > 0) {
    const [first, last] = stack.pop() as [number, number];
    let [far, worst] = [-1, tolerance];
    for (let i = first + 1; i < last; i += 1) {
      const [x, y] = points[i] as XY;
      const distance = toSegment({ x, y }, points[first] as XY, points[last] as XY);
      if (distance > worst) [far, worst] = [i, distance];
    }
    if (far > 0) {
      keep[far] = 1;
      stack.push([first, far], [far, last]);
    }
  }
  return points.filter((_, index) => keep[index] === 1);
}
