import type { Region } from "../shared/ui/regions";

/** One output of a graph for one picture. */
export interface Output {
  data: Float32Array;
  dims: readonly number[];
}

export type Said = Record<string, Output>;

/** Regions below are shown to nobody; the server keeps to the same. */
export const SHOWN = 0.3;

/** What comes out of a graph of this kind, the names in the server's order. */
export const OUTPUTS: Record<string, readonly string[]> = {
  classification: ["probabilities"],
  boxes: ["scores", "classes", "boxes"],
  keypoints: ["scores", "classes", "points"],
  masks: ["shares"],
  picture: ["picture"],
};

/** Boxes or keypoints that are sure enough, in pixels of a picture of this width and height; the surest first. */
export function objectsOf(
  kind: string,
  said: Said,
  labels: readonly string[],
  width: number,
  height: number,
): Region[] {
  const scores = said.scores?.data ?? new Float32Array();
  const classes = said.classes?.data ?? new Float32Array();
  const places = (kind === "boxes" ? said.boxes : said.points)?.data ?? new Float32Array();
  const each = scores.length ? places.length / scores.length : 0;
  const matches: Region[] = [];
  scores.forEach((score, at) => {
    const label = labels[classes[at] ?? -1];
    if (score < SHOWN || label === undefined) return;
    const place = places.subarray(at * each, (at + 1) * each);
    if (kind === "boxes") {
      const [left, top, right, bottom] = [...place].map(
        (value, side) => Math.min(1, Math.max(0, value)) * (side % 2 ? height : width),
      ) as [number, number, number, number];
      if (right - left >= 0.5 && bottom - top >= 0.5)
        matches.push({ label, score, shape: "box", x: left, y: top, w: right - left, h: bottom - top });
      return;
    }
    const points: [number, number, number][] = [];
    for (let item = 0; item + 1 < place.length; item += 2)
      if ((place[item] ?? -1) > -0.5)
        points.push([(place[item] ?? 0) * width, (place[item + 1] ?? 0) * height, 2]);
    if (points.length) matches.push({ label, score, shape: "skeleton", points });
  });
  return matches.sort((a, b) => b.score - a.score);
}

/** For each label that is there, its pixels and the share of the picture that they cover (as `score`). */
export function masksOf(said: Said, labels: readonly string[]): Region[] {
  const { data, dims } = said.shares ?? { data: new Float32Array(), dims: [1, 0, 0, 0] };
  const [classes = 0, height = 0, width = 0] = dims.slice(1);
  const size = width * height;
  const grids = labels.map(() => new Uint8Array(size));
  const counts = labels.map(() => 0);
  for (let at = 0; at < size; at++) {
    let best = 0;
    for (let value = 1; value < classes; value++)
      if ((data[value * size + at] ?? 0) > (data[best * size + at] ?? 0)) best = value;
    const grid = grids[best - 1];
    if (!grid) continue;
    grid[at] = 1;
    counts[best - 1] = (counts[best - 1] ?? 0) + 1;
  }
  return labels
    .map((label, at) => ({
      label,
      score: (counts[at] ?? 0) / Math.max(size, 1),
      shape: "mask",
      grid: { width, height, bits: grids[at] as Uint8Array },
    }))
    .filter((other) => other.score > 0)
    .sort((a, b) => b.score - a.score);
}

/** The numbers that the server keeps of an output: every n-th, so that there are at most a few thousand. */
export function thinned(data: Float32Array, most: number): number[] {
  const step = Math.max(1, Math.ceil(data.length / 2000));
  const stored: number[] = [];
  for (let at = 0; at < data.length && stored.length < most; at += step) stored.push(data[at] ?? 0);
  return stored;
}
