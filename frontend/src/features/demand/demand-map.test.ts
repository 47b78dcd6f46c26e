import { describe, expect, it } from "vitest";
import { projectionOf, toneOf } from "./demand-map";

const outline = [
  { south: 60, west: 10, north: 61, east: 12 },
  { south: 60, west: 12, north: 61, east: 14 },
];

describe("the map", () => {
  it("keeps north up and a square of metres square", () => {
    const { x, y, height } = projectionOf(outline);
    expect(y(61)).toBeLessThan(y(60));
    expect(height).toBeCloseTo(y(60), 6);
    // At 60° a degree of longitude is half as long: two of them are as wide as one of latitude is high.
    expect((x(12) - x(10)) / (y(60) - y(61))).toBeCloseTo(1, 1);
  });

  it("has no colour for what did not come yet", () => {
    const timeBin = { starts_at: "", mean: [4], low: [0], high: [9], actual: null, is_backtest: false };
    expect(toneOf(timeBin, 0, "actual", 16)).toBeNull();
    expect(toneOf(timeBin, 0, "mean", 16)).toBe(0.5);
    expect(toneOf({ ...timeBin, actual: [8] }, 0, "gap", 16)).toBe(-0.5);
  });
});
