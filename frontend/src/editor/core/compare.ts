import type { Doc } from "./document";
import type { Rect } from "./geometry";
import { onPicture, type Region } from "./regions";

const SAME_FROM = 0.9; // overlap of two boxes from which regions with one label are the same

/** A region of another annotation that this one does not have, and whose it is. */
export interface Proposal {
  readonly from: number;
  readonly region: Region;
}

function overlap(a: Rect, b: Rect): number {
  const w = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const h = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  if (w < 0 || h < 0) return 0;
  const size = ({ left, top, right, bottom }: Rect) => (right - left) * (bottom - top);
  const union = size(a) + size(b) - w * h;
  return union > 0 ? (w * h) / union : 1;
}

/** Whether two regions say the same. */
export function alike(a: Region, b: Region, boundsOf: (region: Region) => Rect | null): boolean {
  if (a.label !== b.label || a.shape !== b.shape) return false;
  if (a.shape === "span" && b.shape === "span") return a.start === b.start && a.end === b.end;
  if (!onPicture(a) || !onPicture(b)) return false;
  const [first, second] = [boundsOf(a), boundsOf(b)];
  return first !== null && second !== null && overlap(first, second) >= SAME_FROM;
}

/** What other annotations mark and this one does not, each once. */
export function proposalsFor(
  doc: Doc,
  others: readonly Doc[],
  boundsOf: (region: Region) => Rect | null,
): Proposal[] {
  const matches: Proposal[] = [];
  const here = [...doc.regions.values()];
  for (const [from, other] of others.entries())
    for (const region of other.regions.values()) {
      if (region.shape === "relation") continue;
      const known = [...here, ...matches.map((proposal) => proposal.region)];
      if (!known.some((candidate) => alike(candidate, region, boundsOf))) matches.push({ from, region });
    }
  return matches;
}
