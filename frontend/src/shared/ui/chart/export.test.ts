import { expect, test } from "vitest";
import { csvText } from "./export";

test("numbers stay numbers, text is quoted where it must be, and formulas stay text", () => {
  expect(
    csvText(
      ["n", "name"],
      [
        [0.5, 'say "a", b'],
        [null, "=1+1"],
      ],
    ),
  ).toBe('n,name\r\n0.5,"say ""a"", b"\r\n,\'=1+1');
});
