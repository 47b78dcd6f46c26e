import { boundsOf, round, shiftWithin } from "../core/geometry";
import type { Keypoint, SkeletonRegion } from "../core/regions";
import type { Point, Size } from "../core/viewport";
import { dot } from "./paint";
import type { Shape } from "./shape";

function there(region: SkeletonRegion): Keypoint[] {
  return region.points.filter((point) => point[2] > 0);
}

function inPicture(to: Point, picture: Size): [number, number] {
  return [
    round(Math.min(picture.width, Math.max(0, to.x))),
    round(Math.min(picture.height, Math.max(0, to.y))),
  ];
}

/** A point seen, hidden, not there, and round again. */
export function nextVisibility(region: SkeletonRegion, index: number): SkeletonRegion {
  const points = region.points.map((point, i): Keypoint => {
    if (i !== index) return point;
    const seen = (point[2] + 2) % 3;
    return seen === 0 ? [0, 0, 0] : [point[0], point[1], seen];
  });
  return points.some((point) => point[2] > 0) ? { ...region, points } : region;
}

export const skeleton: Shape<SkeletonRegion> = {
  bounds: (region) => boundsOf(there(region)),
  onOutline: (region, at, reach) =>
    there(region).some(([x, y]) => Math.hypot(at.x - x, at.y - y) <= 1.5 * reach),
  inside: (region, at) => {
    const { left, top, right, bottom } = boundsOf(there(region));
    return at.x >= left && at.x <= right && at.y >= top && at.y <= bottom;
  },
  handles: (region) =>
    region.points
      .map(([x, y, seen], index) => ({ id: `p${index}`, x, y, round: true, seen }))
      .filter((handle) => handle.seen > 0),
  dragged: (region, part, from, to, picture) => {
    if (part !== "body") {
      const index = Number(part.slice(1));
      const points = region.points.map(
        (point, i): Keypoint => (i === index ? [...inPicture(to, picture), Math.max(1, point[2])] : point),
      );
      return { ...region, points };
    }
    const by = shiftWithin(boundsOf(there(region)), to.x - from.x, to.y - from.y, picture);
    const points = region.points.map(
      ([x, y, seen]): Keypoint => (seen ? [round(x + by.x), round(y + by.y), seen] : [0, 0, 0]),
    );
    return { ...region, points };
  },
  draw: (context, region, view, look) => {
    const at = ([x, y]: Keypoint) => [x * view.scale + view.x, y * view.scale + view.y] as const;
    for (const width of [4, 2]) {
      context.beginPath();
      for (const [a, b] of look.edges) {
        const [one, other] = [region.points[a ?? -1], region.points[b ?? -1]];
        if (!one?.[2] || !other?.[2]) continue;
        context.moveTo(...at(one));
        context.lineTo(...at(other));
      }
      context.lineWidth = width;
      context.strokeStyle = width === 4 ? "rgba(0,0,0,0.55)" : look.color;
      context.stroke();
    }
    for (const [index, point] of region.points.entries()) {
      if (point[2] === 0) continue;
      const [x, y] = at(point);
      dot(context, x, y, look.active ? 6 : 4.5, "rgba(0,0,0,0.7)");
      dot(context, x, y, look.active ? 4.5 : 3, point[2] === 2 ? look.color : "#ffffff");
      if (look.active) {
        context.font = "11px system-ui, sans-serif";
        context.fillStyle = "#ffffff";
        context.strokeStyle = "rgba(0,0,0,0.8)";
        context.lineWidth = 3;
        context.strokeText(look.pointNames[index] ?? "", x + 8, y + 4);
        context.fillText(look.pointNames[index] ?? "", x + 8, y + 4);
      }
    }
  },
  summary: (region) => `${there(region).length}/${region.points.length} pt`,
  placed: () => null,
};
