import { describe, expect, it } from "vitest";
import { rgbOf, squeeze } from "./resize";
import cases from "./resize.fixture.json";

describe("squeezing a picture", () => {
  // Made by Pillow 12: Image.resize((side, side), BILINEAR) of random pixels.
  for (const example of cases) {
    it(`gives the server's pixels to the last bit, ${example.width}×${example.height} to ${example.side}`, () => {
      const picture = {
        data: Uint8Array.from(example.source),
        width: example.width,
        height: example.height,
      };
      expect([...squeeze(picture, example.side)]).toEqual(example.wanted);
    });
  }

  it("leaves a picture of the right size as it is", () => {
    const picture = { data: Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]), width: 2, height: 2 };
    expect(squeeze(picture, 2)).toEqual(picture.data);
  });

  it("drops the fourth byte", () => {
    const rgb = rgbOf({ data: Uint8ClampedArray.from([1, 2, 3, 255, 4, 5, 6, 0]), width: 2, height: 1 });
    expect([...rgb.data]).toEqual([1, 2, 3, 4, 5, 6]);
  });
});
