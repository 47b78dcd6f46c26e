import { boundsOf, type Rect, round, simplified, toSegment } from "../core/geometry";
import type { BoxRegion, MaskRegion, PathRegion, Region, XY } from "../core/regions";
import type { Point, Size } from "../core/viewport";
import { shapeOf } from ".";
import { type Bits, decode, encode } from "./bits";

/** A region that covers a part of the picture. */
export type Area = BoxRegion | PathRegion | MaskRegion;

const MOST_CELLS = 4_000_000;
const FINEST = 8; // cells along a picture pixel
/** Cells by which the corners of a slanted edge's stairs may lie apart across it (√2 at 45°). */
const STAIRS = 1.45;
const LEAST_PART = 2; // picture pixels: smaller parts of a result are crumbs

/** Cells over a part of the picture, `fine` along each pixel. */
interface Grid extends Size {
  x: number;
  y: number;
  fine: number;
  cells: Uint8Array;
}

export function isArea(region: Region): region is Area {
  return region.shape === "box" || region.shape === "polygon" || region.shape === "mask";
}

function outlineOf(region: Area): XY[] {
  if (region.shape !== "box") return "points" in region ? [...region.points] : [];
  const handles = shapeOf(region).handles(region, 0);
  return ["nw", "ne", "se", "sw"].map((id) => {
    const { x, y } = handles.find((handle) => handle.id === id) as Point;
    return [x, y] as const;
  });
}

function emptyGrid(areas: readonly Area[], fine?: number): Grid {
  const frames = areas.map((area) => shapeOf(area).bounds(area));
  const { left, top, right, bottom } = frames.reduce((a, b) => ({
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  }));
  const [x, y] = [Math.floor(left), Math.floor(top)];
  const [w, h] = [Math.max(1, Math.ceil(right) - x), Math.max(1, Math.ceil(bottom) - y)];
  const most = Math.floor(Math.sqrt(MOST_CELLS / (w * h)));
  const cells = fine ?? Math.max(1, Math.min(FINEST, most));
  return {
    x,
    y,
    width: w * cells,
    height: h * cells,
    fine: cells,
    cells: new Uint8Array(w * h * cells * cells),
  };
}

/** Set the cells whose middle an area covers. */
function cover(grid: Grid, area: Area, value: 0 | 1): void {
  if (area.shape === "mask") {
    coverMask(grid, decode(area), value);
    return;
  }
  const points = outlineOf(area).map(
    ([x, y]) => [(x - grid.x) * grid.fine, (y - grid.y) * grid.fine] as const,
  );
  for (let row = 0; row < grid.height; row += 1) {
    const crossings: number[] = [];
    for (let i = 0, j = points.length - 1; i < points.length; j = i, i += 1) {
      const [ax, ay] = points[i] as XY;
      const [bx, by] = points[j] as XY;
      if (ay > row + 0.5 !== by > row + 0.5) crossings.push(ax + ((row + 0.5 - ay) / (by - ay)) * (bx - ax));
    }
    crossings.sort((a, b) => a - b);
    for (let at = 0; at + 1 < crossings.length; at += 2) {
      const from = Math.max(0, Math.ceil((crossings[at] ?? 0) - 0.5));
      const to = Math.min(grid.width, Math.ceil((crossings[at + 1] ?? 0) - 0.5));
      if (to > from) grid.cells.fill(value, row * grid.width + from, row * grid.width + to);
    }
  }
}

function coverMask(grid: Grid, bits: Bits, value: 0 | 1): void {
  for (let row = 0; row < bits.h; row += 1)
    for (let column = 0; column < bits.w; column += 1) {
      if (bits.data[row * bits.w + column] !== 1) continue;
      const left = (bits.x + column - grid.x) * grid.fine;
      for (let line = 0; line < grid.fine; line += 1) {
        const begin = ((bits.y + row - grid.y) * grid.fine + line) * grid.width + left;
        grid.cells.fill(value, begin, begin + grid.fine);
      }
    }
}

/**
 * The outlines of all parts, each as a closed walk along cell edges with the part on its right: an outer one runs
 * clockwise, a hole's counterclockwise.
 */
export function outlines(cells: Uint8Array, width: number, height: number): XY[][] {
  const set = (x: number, y: number) =>
    x >= 0 && y >= 0 && x < width && y < height && cells[y * width + x] === 1;
  const done = new Uint8Array((width + 1) * (height + 1));
  const walks: XY[][] = [];
  const steps = [
    [1, 0],
    [0, 1],
    [-1, 0],
    [0, -1],
  ] as const;
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      // An upper edge of a set cell that was not walked yet.
      if (!set(x, y) || set(x, y - 1) || done[y * (width + 1) + x]) continue;
      const walk: XY[] = [];
      let [px, py, heading] = [x, y, 0];
      do {
        if (heading === 0) done[py * (width + 1) + px] = 1;
        const [dx, dy] = steps[heading] as readonly [number, number];
        px += dx;
        py += dy;
        const right =
          heading === 0
            ? set(px, py)
            : heading === 1
              ? set(px - 1, py)
              : heading === 2
                ? set(px - 1, py - 1)
                : set(px, py - 1);
        const left =
          heading === 0
            ? set(px, py - 1)
            : heading === 1
              ? set(px, py)
              : heading === 2
                ? set(px - 1, py)
                : set(px - 1, py - 1);
        const before = heading;
        if (!right) heading = (heading + 1) % 4;
        else if (left) heading = (heading + 3) % 4;
        if (heading !== before) walk.push([px, py]);
      } while (px !== x || py !== y || heading !== 0);
      walks.push(walk);
    }
  return walks;
}

function signedArea(points: readonly XY[]): number {
  let sum = 0;
  for (let i = 0, j = points.length - 1; i < points.length; j = i, i += 1) {
    const [ax, ay] = points[j] as XY;
    const [bx, by] = points[i] as XY;
    sum += ax * by - bx * ay;
  }
  return sum / 2;
}

/** The parts as polygons, the largest first; polygons have no holes, so those are filled. */
function polygonsOf(grid: Grid): XY[][] {
  const least = LEAST_PART * grid.fine * grid.fine;
  return outlines(grid.cells, grid.width, grid.height)
    .map((points) => ({ points, size: signedArea(points) }))
    .filter(({ size }) => size >= least)
    .sort((a, b) => b.size - a.size)
    .map(({ points }) =>
      closedSimplified(points, STAIRS).map(
        ([x, y]) => [round(grid.x + x / grid.fine), round(grid.y + y / grid.fine)] as const,
      ),
    )
    .filter((points) => points.length >= 3);
}

/** Simplified around: from the point that is farthest from the first one, both ways. */
function closedSimplified(points: readonly XY[], tolerance: number): XY[] {
  const [first] = points;
  if (!first) return [];
  let [far, most] = [0, -1];
  for (const [place, [x, y]] of points.entries()) {
    const distance = Math.hypot(x - first[0], y - first[1]);
    if (distance > most) [far, most] = [place, distance];
  }
  const there = simplified(points.slice(0, far + 1), tolerance);
  const back = simplified([...points.slice(far), first], tolerance);
  return [...there, ...back.slice(1, -1)];
}

function bitsOf(grid: Grid): Bits {
  return { x: grid.x, y: grid.y, w: grid.width, h: grid.height, data: grid.cells };
}

function made(like: Area, grid: Grid, shape: "polygon" | "mask", newId: () => string): Area[] {
  const { id, label, attributes } = like;
  const common = attributes ? { label, attributes } : { label };
  if (shape === "mask") {
    const runs = encode(bitsOf(grid));
    return runs ? [{ ...common, id, shape, ...runs }] : [];
  }
  return polygonsOf(grid).map((points, place) => ({
    ...common,
    id: place === 0 ? id : newId(),
    shape,
    points,
  }));
}

function shapeFor(first: Area): "polygon" | "mask" {
  return first.shape === "mask" ? "mask" : "polygon";
}

/** All areas as one, with the first one's label; as a mask where that is one. */
export function merged(areas: readonly Area[], newId: () => string): Area[] {
  const [first] = areas;
  if (!first) return [];
  const shape = shapeFor(first);
  const grid = emptyGrid(areas, shape === "mask" ? 1 : undefined);
  for (const area of areas) cover(grid, area, 1);
  return made(first, grid, shape, newId);
}

/** What is left of the first area without the others. */
export function subtracted([first, ...others]: readonly Area[], newId: () => string): Area[] {
  if (!first) return [];
  const shape = shapeFor(first);
  const grid = emptyGrid([first, ...others], shape === "mask" ? 1 : undefined);
  cover(grid, first, 1);
  for (const area of others) cover(grid, area, 0);
  return made(first, grid, shape, newId);
}

/** A mask without holes. */
export function withoutHoles(region: MaskRegion, newId: () => string): Area[] {
  const grid = emptyGrid([region], 1);
  cover(grid, region, 1);
  const outside = new Uint8Array(grid.cells.length);
  const stack: number[] = [];
  const visit = (x: number, y: number) => {
    const at = y * grid.width + x;
    if (x < 0 || y < 0 || x >= grid.width || y >= grid.height || outside[at] || grid.cells[at]) return;
    outside[at] = 1;
    stack.push(at);
  };
  for (let x = 0; x < grid.width; x += 1) for (const y of [0, grid.height - 1]) visit(x, y);
  for (let y = 0; y < grid.height; y += 1) for (const x of [0, grid.width - 1]) visit(x, y);
  while (stack.length > 0) {
    const at = stack.pop() as number;
    const [x, y] = [at % grid.width, Math.floor(at / grid.width)];
    for (const [dx, dy] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ] as const)
      visit(x + dx, y + dy);
  }
  for (let at = 0; at < outside.length; at += 1) grid.cells[at] = outside[at] ? 0 : 1;
  return made(region, grid, "mask", newId);
}

/** The same area in the other form: a mask's parts as polygons, a polygon or box as a mask. */
export function converted(region: Area, newId: () => string): Area[] {
  const toMask = region.shape !== "mask";
  const grid = emptyGrid([region], 1);
  cover(grid, region, 1);
  return made(region, grid, toMask ? "mask" : "polygon", newId);
}

/** Both sides of a line through an area, the larger part first; null where the line does not cross it. */
export function split(region: Area, from: Point, to: Point, newId: () => string): Area[] | null {
  const parts =
    region.shape === "mask" ? splitMask(region, from, to) : splitOutline(outlineOf(region), from, to);
  if (parts === null) return null;
  const { label, attributes } = region;
  const common = attributes ? { label, attributes } : { label };
  return parts.map((part, place) => ({ ...common, ...part, id: place === 0 ? region.id : newId() }) as Area);
}

function splitOutline(points: XY[], from: Point, to: Point): Pick<PathRegion, "shape" | "points">[] | null {
  const cuts: { after: number; at: XY; along: number }[] = [];
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  for (const [after, [ax, ay]] of points.entries()) {
    const [bx, by] = points[(after + 1) % points.length] as XY;
    const cross = dx * (by - ay) - dy * (bx - ax);
    if (cross === 0) continue;
    const along = ((ax - from.x) * (by - ay) - (ay - from.y) * (bx - ax)) / cross;
    const share = ((ax - from.x) * dy - (ay - from.y) * dx) / cross;
    if (along < 0 || along > 1 || share < 0 || share >= 1) continue;
    cuts.push({ after, at: [round(from.x + along * dx), round(from.y + along * dy)], along });
  }
  cuts.sort((a, b) => a.along - b.along);
  const [first, second] = cuts.slice(0, 2).sort((a, b) => a.after - b.after);
  if (!first || !second || first.after === second.after) return null;
  const middle = points.slice(first.after + 1, second.after + 1);
  const rest = [...points.slice(second.after + 1), ...points.slice(0, first.after + 1)];
  const halves = [
    [first.at, ...middle, second.at],
    [second.at, ...rest, first.at],
  ].map(distinct);
  if (halves.some((half) => half.length < 3)) return null;
  return halves
    .sort((a, b) => Math.abs(signedArea(b)) - Math.abs(signedArea(a)))
    .map((half) => ({ shape: "polygon", points: half }));
}

function distinct(points: XY[]): XY[] {
  return points.filter(([x, y], place) => {
    const [bx, by] = points[(place + points.length - 1) % points.length] as XY;
    return Math.hypot(x - bx, y - by) > 0.01;
  });
}

function splitMask(region: MaskRegion, from: Point, to: Point): Omit<MaskRegion, "id" | "label">[] | null {
  const bits = decode(region);
  const sides = [new Uint8Array(bits.data.length), new Uint8Array(bits.data.length)] as const;
  for (let row = 0; row < bits.h; row += 1)
    for (let column = 0; column < bits.w; column += 1) {
      const at = row * bits.w + column;
      if (bits.data[at] !== 1) continue;
      const [x, y] = [bits.x + column + 0.5 - from.x, bits.y + row + 0.5 - from.y];
      sides[x * (to.y - from.y) - y * (to.x - from.x) > 0 ? 0 : 1][at] = 1;
    }
  const parts = sides.map((data) => ({
    runs: encode({ ...bits, data }),
    size: data.reduce((sum, value) => sum + value, 0),
  }));
  const [a, b] = parts.sort((part, other) => other.size - part.size);
  if (!a?.runs || !b?.runs) return null;
  return [
    { shape: "mask", ...a.runs },
    { shape: "mask", ...b.runs },
  ];
}

/** Whether a line comes near a region: which one it is meant to cut. */
export function crosses(region: Area, from: Point, to: Point): boolean {
  const { left, top, right, bottom }: Rect = boundsOf(
    region.shape === "mask"
      ? [
          [region.x, region.y],
          [region.x + region.w, region.y + region.h],
        ]
      : outlineOf(region),
  );
  const middle = { x: (left + right) / 2, y: (top + bottom) / 2 };
  return toSegment(middle, [from.x, from.y], [to.x, to.y]) <= Math.hypot(right - left, bottom - top) / 2;
}
