import { describe, expect, it } from "vitest";
import type { Schemas } from "../../shared/api/client";
import { pointOf } from "./slice-plot";

const trial = (more: Partial<Schemas["TrialOut"]> = {}): Schemas["TrialOut"] => ({
  number: 3,
  state: "done",
  params: { rate: 0.01, pooling: "mean" },
  rungs: [
    { label_count: 50, score: 0.6 },
    { label_count: 100, score: 0.8 },
  ],
  value: 0.8,
  seconds: 2,
  error: "",
  ...more,
});

describe("the place of a trial", () => {
  it("is its value and its last score", () => {
    expect(pointOf(trial(), "rate", { min: 0.001, max: 1, log: true }, null)).toEqual([
      { number: 3, x: 0.01, y: 0.8 },
    ]);
  });
  it("is the place of its choice where there are choices", () => {
    expect(pointOf(trial(), "pooling", { options: ["max", "mean"] }, null)[0]?.x).toBe(1);
  });
  it("is marked where it is the best or was stopped early", () => {
    expect(pointOf(trial(), "rate", {}, 3)[0]?.look).toBe("best");
    expect(pointOf(trial({ state: "pruned" }), "rate", {}, 1)[0]?.look).toBe("faint");
  });
  it("is nowhere without a score", () => {
    expect(pointOf(trial({ rungs: [] }), "rate", {}, null)).toEqual([]);
  });
});
