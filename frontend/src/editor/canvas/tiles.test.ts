import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TILE, tilesInView } from "./tiles";

const SIZE = { width: 10_000, height: 6_000 };
const SCREEN = { width: 1280, height: 800 };

describe("tiles", () => {
  it("cover all of the picture that the screen shows, and never more than fit around it", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.02, max: 20, noNaN: true }),
        fc.integer({ min: -20_000, max: 1000 }),
        fc.integer({ min: -20_000, max: 700 }),
        (scale, x, y) => {
          const matches = tilesInView(SIZE, 4, { scale, x, y }, SCREEN);
          const level = matches[0]?.level ?? 0;
          const side = TILE * 2 ** level * scale;
          if (level < 3) expect(matches.length).toBeLessThanOrEqual((1280 / side + 2) * (800 / side + 2));
          const at = { x: (640 - x) / scale, y: (400 - y) / scale };
          if (at.x < 0 || at.y < 0 || at.x >= SIZE.width || at.y >= SIZE.height) return;
          const pixels = TILE * 2 ** level;
          expect(matches).toContainEqual({
            level,
            column: Math.floor(at.x / pixels),
            row: Math.floor(at.y / pixels),
          });
        },
      ),
    );
  });
});
