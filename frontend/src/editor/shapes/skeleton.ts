import { boundsOf, round, shiftWithin } from "../core/geometry";
import type { Keypoint, SkeletonRegion } from "../core/regions";
import type { Point, Size } from "../core/viewport";
import { cross, dot, haloOf } from "./paint";
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
      .map(([x, y, v], index) => ({ id: `p${index}`, x, y, round: true, crossed: v === 1, v }))
      .filter((handle) => handle.v > 0),
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
    const joints = look.edges.flatMap(([a, b]) => {
      const [from, to] = [region.points[a ?? -1], region.points[b ?? -1]];
      return from?.[2] && to?.[2] ? [{ from, to, occluded: from[2] === 1 || to[2] === 1 }] : [];
    });
    for (const occluded of [false, true]) {
      context.setLineDash(occluded ? [5, 5] : []);
      for (const width of [4, 2]) {
        context.beginPath();
        for (const joint of joints.filter((joint) => joint.occluded === occluded)) {
          context.moveTo(...at(joint.from));
          context.lineTo(...at(joint.to));
        }
        context.lineWidth = width;
        context.strokeStyle = width === 4 ? haloOf(look.color) : look.color;
        context.stroke();
      }
    }
    context.setLineDash([]);
    for (const [index, point] of region.points.entries()) {
      if (point[2] === 0) continue;
      const [x, y] = at(point);
      const occluded = point[2] === 1;
      const radius = (look.active ? 4.5 : 3) + (occluded ? 1.5 : 0);
      dot(context, x, y, radius + 1.5, "rgba(0,0,0,0.7)");
      dot(context, x, y, radius, occluded ? "#ffffff" : look.color);
      if (occluded) cross(context, x, y, radius * Math.SQRT1_2);
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
