import { describe, expect, it } from "vitest";
import { groups } from "./upload";

const picked = (size: number, name: string) => ({ name, file: { size } as File });

describe("groups of an upload", () => {
  it("hold every file once, in order, within the limits of one request", () => {
    const files = Array.from({ length: 95 }, (_, n) => picked(n === 50 ? 30e6 : 1000, `${n}`));
    const made = groups(files);
    expect(made.flat().map((entry) => entry.name)).toEqual(files.map((file) => file.name));
    expect(Math.max(...made.map((group) => group.length))).toBeLessThanOrEqual(40);
  });
});
