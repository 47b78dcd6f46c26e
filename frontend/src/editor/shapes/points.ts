import type { Editor } from "../core/editor";
import { boundsOf, round } from "../core/geometry";
import type { Keypoint, PathRegion, Region, SkeletonRegion, Visibility } from "../core/regions";
import { withoutPoint } from "./path";

export type PointRegion = PathRegion | SkeletonRegion;

export function hasPoints(region: Region | null): region is PointRegion {
  return region?.shape === "polygon" || region?.shape === "polyline" || region?.shape === "skeleton";
}

/** The place among the points that a handle stands for; null where the handle is no vertex or keypoint. */
export function pointOf(region: Region, part: string): number | null {
  return hasPoints(region) && /^p\d+$/.test(part) ? Number(part.slice(1)) : null;
}

/**
 * A keypoint visible, occluded or absent (2, 1, 0). One that comes back from absence lies in the middle of the
 * others. Null where no keypoint would be left.
 */
export function withVisibility(
  region: SkeletonRegion,
  index: number,
  visibility: Visibility,
): SkeletonRegion | null {
  const present = region.points.filter((point) => point[2] > 0);
  const { left, top, right, bottom } = boundsOf(present);
  const points = region.points.map((point, place): Keypoint => {
    if (place !== index) return point;
    if (visibility === 0) return [0, 0, 0];
    const [x, y] = point[2] > 0 ? point : [round((left + right) / 2), round((top + bottom) / 2)];
    return [x, y, visibility];
  });
  return points.some((point) => point[2] > 0) ? { ...region, points } : null;
}

/** The selected region where its points may be changed. */
function changeable(editor: Editor): PointRegion | null {
  const region = editor.selected;
  return hasPoints(region) && !editor.locked.has(region.id) ? region : null;
}

/** The next vertex or keypoint of the selected region, or the one before; round at the ends. */
export function selectNextPoint(editor: Editor, step: 1 | -1): void {
  const region = changeable(editor);
  if (!region) return;
  const { length } = region.points;
  const from = editor.selectedPoint ?? (step === 1 ? -1 : 0);
  editor.selectPoint((from + step + length) % length);
}

/**
 * Delete the selected vertex, or make the selected keypoint absent, in one undo step; the editor's refusal says
 * where that cannot be. False where no point is selected.
 */
export function removeSelectedPoint(editor: Editor): boolean {
  const [region, index] = [changeable(editor), editor.selectedPoint];
  if (!region || index === null) return false;
  if (region.shape === "skeleton") return setVisibility(editor, 0);
  const rest = withoutPoint(region, index);
  if (rest === null) {
    editor.refuse(region.shape === "polygon" ? "polygon_needs_three" : "line_needs_two");
    return true;
  }
  editor.put(rest);
  editor.selectPoint(Math.min(index, rest.points.length - 1));
  return true;
}

/** Make the selected keypoint visible, occluded or absent, in one undo step; false where none is selected. */
export function setVisibility(editor: Editor, visibility: Visibility): boolean {
  const [region, index] = [changeable(editor), editor.selectedPoint];
  if (region?.shape !== "skeleton" || index === null) return false;
  const changed = withVisibility(region, index, visibility);
  if (changed === null) editor.refuse("skeleton_needs_one");
  else editor.put(changed);
  return true;
}

/** The selected keypoint occluded, or visible again; the editor's refusal says where none is selected. */
export function toggleOccluded(editor: Editor): void {
  const [region, index] = [changeable(editor), editor.selectedPoint];
  if (region?.shape !== "skeleton") return;
  if (index === null) editor.refuse("no_keypoint_selected");
  else setVisibility(editor, region.points[index]?.[2] === 1 ? 2 : 1);
}
