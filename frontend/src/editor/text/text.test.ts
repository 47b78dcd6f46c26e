import { describe, expect, it } from "vitest";
import type { SpanRegion } from "../core/regions";
import { CodePoints, trimmed } from "./codepoints";
import { segments } from "./segments";

const span = (id: string, start: number, end: number): SpanRegion => ({
  id,
  label: "x",
  shape: "span",
  start,
  end,
});

describe("offsets", () => {
  it("count code points, as the server does, whatever the browser counts", () => {
    const points = new CodePoints("a🍎b漢");
    expect(points.length).toBe(4);
    expect(points.slice(1, 3)).toBe("🍎b");
    expect([0, 1, 2, 3, 4, 5].map((unit) => points.fromUnit(unit))).toEqual([0, 1, 1, 2, 3, 4]);
    for (let at = 0; at <= points.length; at += 1) expect(points.fromUnit(points.toUnit(at))).toBe(at);
  });

  it("leave blanks at the ends of a range out", () => {
    const points = new CodePoints("  東京 都 ");
    expect(trimmed(points, 7, 0)).toEqual([2, 6]);
    expect(trimmed(points, 0, 2)).toBeNull();
  });
});

describe("segments", () => {
  it("cut the text at every end, with the spans that cover each piece", () => {
    const cut = segments(10, [span("long", 1, 8), span("short", 3, 5)]);
    expect(cut.map(({ start, end, spans }) => [start, end, spans.map((entry) => entry.id).join()])).toEqual([
      [0, 1, ""],
      [1, 3, "long"],
      [3, 5, "long,short"],
      [5, 8, "long"],
      [8, 10, ""],
    ]);
  });
});
