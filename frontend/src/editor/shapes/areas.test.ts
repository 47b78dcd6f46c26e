import { describe, expect, it } from "vitest";
import type { BoxRegion, MaskRegion, PathRegion, XY } from "../core/regions";
import { type Area, converted, merged, outlines, split, subtracted, withoutHoles } from "./areas";
import { area, decode, encode } from "./bits";

let made = 0;
const newId = () => `n${++made}`;

function box(id: string, x: number, y: number, w: number, h: number): BoxRegion {
  return { id, label: "car", shape: "box", x, y, w, h };
}

function polygon(id: string, points: XY[]): PathRegion {
  return { id, label: "car", shape: "polygon", points };
}

function sizeOf(region: Area): number {
  if (region.shape === "mask") return area(region.rle);
  if (region.shape === "box") return region.w * region.h;
  const { points } = region;
  return Math.abs(
    points.reduce((sum, [x, y], at) => {
      const [bx, by] = points[(at + 1) % points.length] as XY;
      return sum + x * by - bx * y;
    }, 0) / 2,
  );
}

function mask(id: string, rows: string[]): MaskRegion {
  const data = Uint8Array.from(
    rows
      .join("")
      .split("")
      .map((value) => Number(value === "#")),
  );
  const runs = encode({ x: 0, y: 0, w: rows[0]?.length ?? 0, h: rows.length, data });
  if (!runs) throw new Error("an empty mask");
  return { id, label: "car", shape: "mask", ...runs };
}

describe("areas", () => {
  it("merge into one outline, and apart into one each", () => {
    const joined = merged([box("a", 0, 0, 40, 20), box("b", 20, 10, 40, 20)], newId);
    expect(joined.map((entry) => [entry.id, entry.shape])).toEqual([["a", "polygon"]]);
    expect(sizeOf(joined[0] as Area)).toBeCloseTo(40 * 20 * 2 - 20 * 10, 0);
    expect((joined[0] as PathRegion).points).toHaveLength(8);
    expect(merged([box("a", 0, 0, 10, 10), box("b", 50, 0, 20, 20)], newId).map(sizeOf)).toEqual([400, 100]);
  });

  it("keep slanted edges within a part of a pixel", () => {
    const triangle = polygon("a", [
      [0, 0],
      [60, 0],
      [0, 60],
    ]);
    const [same] = merged([triangle, box("b", 0, 0, 5, 5)], newId);
    expect(Math.abs(sizeOf(same as Area) - 1800)).toBeLessThan(12);
    expect((same as PathRegion).points.length).toBeLessThan(8);
  });

  it("subtract, and are gone where nothing is left", () => {
    const [rest] = subtracted([box("a", 0, 0, 40, 20), box("b", 20, 0, 40, 20)], newId);
    expect([rest?.id, sizeOf(rest as Area)]).toEqual(["a", 400]);
    expect(subtracted([box("a", 5, 5, 10, 10), box("b", 0, 0, 40, 20)], newId)).toEqual([]);
  });

  it("stay masks where the first union is a mask", () => {
    const [union] = merged([mask("m", ["##", "##"]), box("b", 0, 0, 4, 1)], newId);
    expect([union?.shape, sizeOf(union as Area)]).toEqual(["mask", 6]);
  });

  it("lose their holes, not their bays", () => {
    const [filled] = withoutHoles(mask("m", ["#####", "#..##", "##.##", "#####", "#..##"]), newId);
    expect(sizeOf(filled as Area)).toBe(23);
  });

  it("turn from polygon to mask and back to the same", () => {
    const shape = polygon("a", [
      [2, 2],
      [12, 2],
      [12, 8],
      [2, 8],
    ]);
    const [asMask] = converted(shape, newId);
    expect([asMask?.shape, sizeOf(asMask as Area)]).toEqual(["mask", 60]);
    const [back] = converted(asMask as Area, newId);
    expect([back?.id, back?.shape, sizeOf(back as Area)]).toEqual(["a", "polygon", 60]);
    expect(new Set((back as PathRegion).points.map(String))).toEqual(new Set(shape.points.map(String)));
  });

  it("are cut in two along a line, nothing lost", () => {
    const halves = split(box("a", 0, 0, 30, 10), { x: 10, y: -5 }, { x: 10, y: 15 }, newId) ?? [];
    expect(halves.map(sizeOf)).toEqual([200, 100]);
    expect(halves[0]?.id).toBe("a");
    expect(split(box("a", 0, 0, 30, 10), { x: 50, y: -5 }, { x: 50, y: 15 }, newId)).toBeNull();
    const cut = split(mask("m", ["####", "####"]), { x: 1, y: -1 }, { x: 1, y: 3 }, newId) ?? [];
    expect(cut.map(sizeOf)).toEqual([6, 2]);
    expect(cut.map((entry) => decode(entry as MaskRegion).w)).toEqual([3, 1]);
  });

  it("have outlines around them and around their holes", () => {
    const ring = Uint8Array.from([1, 1, 1, 1, 0, 1, 1, 1, 1]);
    expect(outlines(ring, 3, 3).map((walk) => walk.length)).toEqual([4, 4]);
    expect(outlines(Uint8Array.from([1, 0, 0, 1]), 2, 2)).toHaveLength(2);
  });
});
