import { boundsOf, round, shiftWithin, turned } from "../core/geometry";
import type { BoxRegion, XY } from "../core/regions";
import type { Point, Size } from "../core/viewport";
import { dot, outlined } from "./paint";
import type { Handle, Shape } from "./shape";

const TURN_REACH = 26; // screen pixels from the box to the handle that turns it
const EDGE_FROM = 34; // screen pixels of a side from which its middle has a handle

function centre(box: BoxRegion): Point {
  return { x: box.x + box.w / 2, y: box.y + box.h / 2 };
}

function corners(box: BoxRegion): XY[] {
  const plain: Point[] = [
    { x: box.x, y: box.y },
    { x: box.x + box.w, y: box.y },
    { x: box.x + box.w, y: box.y + box.h },
    { x: box.x, y: box.y + box.h },
  ];
  return plain.map((point) => {
    const { x, y } = box.angle ? turned(point, centre(box), box.angle) : point;
    return [x, y] as const;
  });
}

/** A point as the box sees it before its turn. */
function local(box: BoxRegion, at: Point): Point {
  return box.angle ? turned(at, centre(box), -box.angle) : at;
}

function insideBox(box: BoxRegion, at: Point, grow: number): boolean {
  const { x, y } = local(box, at);
  return x >= box.x - grow && y >= box.y - grow && x <= box.x + box.w + grow && y <= box.y + box.h + grow;
}

function moved(box: BoxRegion, dx: number, dy: number, picture: Size): BoxRegion {
  const middle = centre(box);
  const frame = box.angle
    ? { left: middle.x, top: middle.y, right: middle.x, bottom: middle.y }
    : { left: box.x, top: box.y, right: box.x + box.w, bottom: box.y + box.h };
  const by = shiftWithin(frame, dx, dy, picture);
  return { ...box, x: round(box.x + by.x), y: round(box.y + by.y) };
}

function resized(box: BoxRegion, part: string, dx: number, dy: number, picture: Size): BoxRegion {
  if (box.angle) return resizedTurned(box, part, dx, dy);
  let [left, top, right, bottom] = [box.x, box.y, box.x + box.w, box.y + box.h];
  if (part.includes("w")) left = Math.min(Math.max(0, left + dx), right - 1);
  if (part.includes("e")) right = Math.max(Math.min(picture.width, right + dx), left + 1);
  if (part.includes("n")) top = Math.min(Math.max(0, top + dy), bottom - 1);
  if (part.includes("s")) bottom = Math.max(Math.min(picture.height, bottom + dy), top + 1);
  return { ...box, x: round(left), y: round(top), w: round(right - left), h: round(bottom - top) };
}

/** The corner across stays where it is. */
function resizedTurned(box: BoxRegion, part: string, dx: number, dy: number): BoxRegion {
  const along = turned({ x: dx, y: dy }, { x: 0, y: 0 }, -(box.angle ?? 0));
  const w = Math.max(1, box.w + (part.includes("e") ? along.x : part.includes("w") ? -along.x : 0));
  const h = Math.max(1, box.h + (part.includes("s") ? along.y : part.includes("n") ? -along.y : 0));
  const shift = {
    x: ((w - box.w) / 2) * (part.includes("w") ? -1 : 1),
    y: ((h - box.h) / 2) * (part.includes("n") ? -1 : 1),
  };
  const by = turned(shift, { x: 0, y: 0 }, box.angle ?? 0);
  const middle = centre(box);
  return {
    ...box,
    x: round(middle.x + by.x - w / 2),
    y: round(middle.y + by.y - h / 2),
    w: round(w),
    h: round(h),
  };
}

function withAngle(box: BoxRegion, to: Point): BoxRegion {
  const middle = centre(box);
  let angle = (Math.atan2(to.y - middle.y, to.x - middle.x) * 180) / Math.PI + 90;
  if (angle > 180) angle -= 360;
  const snapped = Math.abs(angle) < 1 ? 0 : round(angle);
  const { angle: _, ...plain } = box;
  return snapped === 0 ? plain : { ...plain, angle: snapped };
}

export const box: Shape<BoxRegion> = {
  bounds: (region) =>
    region.angle
      ? boundsOf(corners(region))
      : { left: region.x, top: region.y, right: region.x + region.w, bottom: region.y + region.h },
  onOutline: (region, at, reach) => {
    const thin = Math.min(region.w, region.h) <= 2 * reach;
    return insideBox(region, at, reach) && (thin || !insideBox(region, at, -reach));
  },
  inside: (region, at) => insideBox(region, at, 0),
  handles: (region, scale) => {
    const [nw, ne, se, sw] = corners(region) as [XY, XY, XY, XY];
    const middle = centre(region);
    const top = turned({ x: middle.x, y: region.y - TURN_REACH / scale }, middle, region.angle ?? 0);
    const named: Handle[] = [
      { id: "nw", x: nw[0], y: nw[1] },
      { id: "ne", x: ne[0], y: ne[1] },
      { id: "se", x: se[0], y: se[1] },
      { id: "sw", x: sw[0], y: sw[1] },
    ];
    const half = ([ax, ay]: XY, [bx, by]: XY, id: string): Handle => ({
      id,
      x: (ax + bx) / 2,
      y: (ay + by) / 2,
    });
    if (region.w * scale >= EDGE_FROM) named.push(half(nw, ne, "n"), half(sw, se, "s"));
    if (region.h * scale >= EDGE_FROM) named.push(half(nw, sw, "w"), half(ne, se, "e"));
    return [...named, { id: "turn", x: top.x, y: top.y, round: true }];
  },
  dragged: (region, part, from, to, picture) => {
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    if (part === "body") return moved(region, dx, dy, picture);
    return part === "turn" ? withAngle(region, to) : resized(region, part, dx, dy, picture);
  },
  draw: (context, region, view, look) => {
    const points = corners(region).map(
      ([x, y]) => [x * view.scale + view.x, y * view.scale + view.y] as const,
    );
    outlined(context, points, true, look, look.active);
    if (look.active) {
      const [a, b] = points as [XY, XY];
      dot(context, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2, 2, look.color);
    }
  },
  summary: (region) =>
    `${Math.round(region.w)}×${Math.round(region.h)}${region.angle ? ` ${Math.round(region.angle)}°` : ""}`,
  placed: (at, picture) => {
    const side = Math.max(8, Math.min(picture.width, picture.height) / 5);
    const x = Math.max(0, Math.min(picture.width - side, at.x - side / 2));
    const y = Math.max(0, Math.min(picture.height - side, at.y - side / 2));
    return { shape: "box", x: round(x), y: round(y), w: round(side), h: round(side) };
  },
};
