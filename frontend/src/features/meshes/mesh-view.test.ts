import { describe, expect, it } from "vitest";
import { geometryOf } from "./mesh-view";

describe("a mesh", () => {
  it("keeps its points and looks outward", () => {
    const geometry = geometryOf(
      [
        [0, 0, 0],
        [1, 0, 0],
        [0, 1, 0],
      ],
      [[0, 1, 2]],
    );
    expect(geometry.getAttribute("position").count).toBe(3);
    expect(geometry.getAttribute("normal").getZ(0)).toBe(1);
  });
});
