import { describe, expect, it } from "vitest";
import {
  type Axis,
  csvRows,
  nearest,
  type Series,
  scaleOf,
  spotsOf,
  stacked,
  ticksOf,
  xExtent,
  yExtent,
  zoomed,
} from "./model";

const plain: Axis = { label: "x", format: String };
const share: Axis = { ...plain, min: 0, max: 1 };
const line = (points: Series["points"], more: Partial<Series> = {}): Series => ({
  key: "a",
  name: "A",
  mark: "line",
  points,
  ...more,
});

describe("the horizontal axis", () => {
  it("leaves the same room beside the outermost points of a logarithmic axis", () => {
    const [low, high] = xExtent(
      [
        line([
          { x: 50, y: 0 },
          { x: 800, y: 1 },
        ]),
      ],
      { ...plain, scale: "log" },
    );
    expect(low).toBeLessThan(50);
    expect(50 / low).toBeCloseTo(high / 800, 9);
  });
  it("gives choices a place each", () => {
    expect(xExtent([line([{ x: 0, y: 1 }])], { ...plain, categories: ["none", "bc"] })).toEqual([-0.5, 1.5]);
  });
  it("has the whole of the first and the last bar", () => {
    const bars = line(
      [
        { x: 2, y: 1 },
        { x: 4, y: 1 },
        { x: 8, y: 1 },
      ],
      { mark: "bars" },
    );
    expect(xExtent([bars], plain)).toEqual([1, 9]);
  });
  it("has a width where there is one point only", () => {
    const [low, high] = xExtent([line([{ x: 7, y: 1 }])], plain);
    expect(low).toBeLessThan(7);
    expect(high).toBeGreaterThan(7);
  });
});

describe("the vertical axis", () => {
  it("holds intervals and the target, and no share above 1", () => {
    const points = [{ x: 1, y: 0.6, low: 0.5, high: 0.7 }];
    const [low, high] = yExtent([line(points)], [{ axis: "y", value: 0.98, label: "" }], share, [0, 2]);
    expect(low).toBeLessThanOrEqual(0.5);
    expect(high).toBeGreaterThanOrEqual(0.98);
    expect(high).toBeLessThanOrEqual(1);
  });
  it("follows what is within the zoom", () => {
    const points = [
      { x: 1, y: 0 },
      { x: 2, y: 10 },
      { x: 3, y: 1000 },
    ];
    expect(yExtent([line(points)], [], plain, [0.5, 2.5])[1]).toBeLessThan(20);
  });
  it("begins at zero below bars, and is as high as they are on each other", () => {
    const two = [
      line([{ x: 1, y: 30 }], { key: "a", mark: "bars" }),
      line([{ x: 1, y: 20 }], { key: "b", mark: "bars" }),
    ];
    const [low, high] = yExtent(two, [], plain, [0, 2]);
    expect(low).toBe(0);
    expect(high).toBeGreaterThanOrEqual(50);
    expect(stacked(two).get("b")?.get(1)).toBe(30);
  });
  it("is told apart where every value is the same", () => {
    const [low, high] = yExtent([line([{ x: 1, y: 0.98 }])], [], share, [0, 2]);
    expect(high - low).toBeGreaterThan(0.01);
  });
});

describe("ticks", () => {
  it("are 1, 2 and 5 times powers of ten where the axis is logarithmic", () => {
    expect(ticksOf({ ...plain, scale: "log" }, [45, 1200], 9)).toEqual([50, 100, 200, 500, 1000]);
  });
  it("are never more than there is room for", () => {
    for (const most of [2, 3, 5, 8]) {
      expect(ticksOf({ ...plain, scale: "log" }, [1, 1e7], most).length).toBeLessThanOrEqual(most);
      expect(ticksOf(plain, [0, 97], most).length).toBeLessThanOrEqual(most);
      expect(
        ticksOf({ ...plain, categories: [..."abcdefghijk"] }, [-0.5, 10.5], most).length,
      ).toBeLessThanOrEqual(most);
    }
  });
  it("are there for a short piece of a logarithmic axis", () => {
    expect(ticksOf({ ...plain, scale: "log" }, [110, 140], 6).length).toBeGreaterThan(1);
  });
});

describe("reading", () => {
  const series = [
    line([
      { x: 1, y: 0.5 },
      { x: 2, y: null },
      { x: 3, y: 0.7 },
    ]),
    line([{ x: 3, y: 0.8 }], { key: "b" }),
    line([{ x: 1.5, y: 0.1 }], { key: "seeds", isBackground: true }),
  ];
  it("stops where something was measured, with everything that stands there", () => {
    const spots = spotsOf(series, [0, 10]);
    expect(spots.map(({ x }) => x)).toEqual([1, 3]);
    expect(spots[1]?.values.map(({ point }) => point.y)).toEqual([0.7, 0.8]);
  });
  it("finds what is nearest to the pointer", () => {
    const x = scaleOf(plain, [0, 10], [0, 100]);
    const spots = spotsOf(series, [0, 10]);
    expect(nearest(spots, 12, x)).toBe(0);
    expect(nearest(spots, 28, x)).toBe(1);
  });
  it("writes every number but single results behind their mean", () => {
    const rows = csvRows(
      [line([{ x: 1, y: 0.5, low: 0.4, high: 0.6 }], { interval: "95% interval" }), series[2] as Series],
      plain,
    );
    expect(rows).toEqual([[1, "A", 0.5, 0.4, 0.6, "95% interval"]]);
  });
});

describe("zooming", () => {
  const x = scaleOf(plain, [0, 100], [0, 100]);
  it("halves what is shown around a place, and stops at the ends", () => {
    expect(zoomed(x, [0, 100], 50, 0.5, [0, 100])).toEqual([25, 75]);
    expect(zoomed(x, [0, 100], 10, 0.5, [0, 100])).toEqual([0, 35]);
  });
  it("is none once everything is shown", () => {
    expect(zoomed(x, [0, 100], 50, 2, [0, 100])).toBeNull();
  });
});
