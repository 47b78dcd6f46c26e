import { expect, test } from "vitest";
import { masksOf, objectsOf, type Said, thinned } from "./answers";

const out = (data: number[], dims: number[]) => ({ data: Float32Array.from(data), dims });

test("boxes come in pixels of the picture, the surest first, the unsure left out", () => {
  const said: Said = {
    scores: out([0.4, 0.9, 0.2], [1, 3]),
    classes: out([0, 1, 0], [1, 3]),
    boxes: out([0, 0, 0.5, 0.5, 0.25, 0.5, 0.75, 1.5, 0, 0, 1, 1], [1, 3, 4]),
  };
  const matches = objectsOf("boxes", said, ["cat", "dog"], 200, 100);
  expect(matches.map((region) => region.label)).toEqual(["dog", "cat"]);
  expect(matches[0]).toMatchObject({ x: 50, y: 50, w: 100, h: 50 });
});

test("keypoints that the label does not have are no points", () => {
  const said: Said = {
    scores: out([0.9], [1, 1]),
    classes: out([0], [1, 1]),
    points: out([0.5, 0.25, -1, -1], [1, 1, 4]),
  };
  expect(objectsOf("keypoints", said, ["hand"], 40, 80)[0]?.points).toEqual([[20, 20, 2]]);
});

test("each pixel belongs to its likeliest label or to the background", () => {
  const said: Said = {
    shares: out([0.5, 0.1, 0.1, 0.5, 0.4, 0.8, 0.1, 0.2, 0.1, 0.1, 0.8, 0.3], [1, 3, 2, 2]),
  };
  const matches = masksOf(said, ["a", "b"]);
  expect(matches.map((region) => [region.label, region.score])).toEqual([
    ["a", 0.25],
    ["b", 0.25],
  ]);
  expect([...(matches[0]?.grid?.bits ?? [])]).toEqual([0, 1, 0, 0]);
});

test("long outputs are thinned as the server thins them", () => {
  expect(
    thinned(
      Float32Array.from({ length: 4001 }, (_, at) => at),
      9999,
    ),
  ).toHaveLength(1334);
  expect(thinned(Float32Array.of(1, 2, 3), 3)).toEqual([1, 2, 3]);
});
