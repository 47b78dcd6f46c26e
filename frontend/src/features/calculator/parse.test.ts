import { expect, test } from "vitest";
import { parseCurve } from "./parse";

test("a table with a head row, in any order, with per cents", () => {
  expect(parseCurve("score\tn\n61.5%\t50\n70%\t100").points).toEqual([
    { n: 50, score: 0.615 },
    { n: 100, score: 0.7 },
  ]);
});

test("bare numbers are n, score, seed, se", () => {
  expect(parseCurve("50, 0.6, 0\n50; 0.62; 1\n\n# note\n100 0.7").points).toEqual([
    { n: 50, score: 0.6, seed: 0 },
    { n: 50, score: 0.62, seed: 1 },
    { n: 100, score: 0.7 },
  ]);
});

test("what cannot be read names its line and column", () => {
  expect(parseCurve("n,score\n50,high\n1.5,0.6\n80").problems).toEqual([
    { line: 2, column: "score", text: "high" },
    { line: 3, column: "n", text: "1.5" },
    { line: 4, column: "score", text: "80" },
  ]);
  expect(parseCurve("size,score\n50,0.6").problems[0]).toMatchObject({ line: 1, column: "n" });
});
