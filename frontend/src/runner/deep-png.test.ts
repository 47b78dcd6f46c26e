import { describe, expect, it } from "vitest";
import { flattenDeep } from "./deep-png";
import cases from "./deep-png.fixture.json";

const bytesOf = (text: string) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));

describe("a PNG of 16 bits", () => {
  // Made by `read_flat` of labelkit/pictures.py from random values.
  for (const one of cases) {
    it(`has the server's pixels to the last bit: ${one.name}`, async () => {
      const found = await flattenDeep(bytesOf(one.png));
      expect([found?.width, found?.height]).toEqual([9, 7]);
      expect([...(found?.data ?? [])].filter((_, at) => at % 4 < 3)).toEqual(one.wanted);
    });
  }

  it("that breaks off is no picture", async () => {
    const whole = bytesOf(cases[0]?.png ?? "");
    await expect(flattenDeep(whole.slice(0, whole.length - 40))).rejects.toThrow();
  });

  it("is told from other files, which browsers read right", async () => {
    const shallow = bytesOf(cases[0]?.png ?? "");
    shallow[24] = 8;
    expect(await flattenDeep(shallow)).toBeNull();
    expect(await flattenDeep(Uint8Array.of(0xff, 0xd8, 0xff))).toBeNull();
  });
});
