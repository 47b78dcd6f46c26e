import { describe, expect, it } from "vitest";
import { placeOf } from "./slice-plot";

describe("the place of a value in its range", () => {
  it("is even in logarithms where the range is logarithmic", () => {
    expect(placeOf({ min: 0.001, max: 1, log: true }, 0.0316227766)).toBeCloseTo(0.5, 6);
    expect(placeOf({ min: 0, max: 10 }, 2.5)).toBe(0.25);
  });
  it("stands in the middle of its option", () => {
    expect(placeOf({ options: ["none", "bc"] }, "bc")).toBe(0.75);
  });
  it("has a place where the range is a single value", () => {
    expect(placeOf({ min: 3, max: 3 }, 3)).toBe(0.5);
  });
});
