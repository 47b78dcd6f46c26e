import { describe, expect, it } from "vitest";
import { flattenDeep } from "./deep-png";
import cases from "./deep-png.fixture.json";

const bytesOf = (text: string) => Uint8Array.from(atob(text), (value) => value.charCodeAt(0));

describe("a PNG of 16 bits", () => {
  // Made by `read_flat` of labelkit/pictures.py from random values.
  for (const example of cases) {
    it(`has the server's pixels to the last bit: ${example.name}`, async () => {
      const match = await flattenDeep(bytesOf(example.png));
      expect([match?.width, match?.height]).toEqual([9, 7]);
      expect([...(match?.data ?? [])].filter((_, at) => at % 4 < 3)).toEqual(example.wanted);
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
