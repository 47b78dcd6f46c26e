import { describe, expect, it } from "vitest";
import { labelsOf } from "./label-rows";

describe("labels out of lines", () => {
  it("gives stable ids, keys for the first ten, and drops what is there twice", () => {
    const labels = labelsOf("Cat\n Dog \n\nCat\nT-shirt/top\n");
    expect(labels.map((label) => [label.id, label.key])).toEqual([
      ["cat", "1"],
      ["dog", "2"],
      ["t-shirt-top", "3"],
    ]);
    expect(
      labelsOf(Array.from({ length: 12 }, (_, n) => `L${n}`).join("\n")).map((label) => label.key),
    ).toEqual(["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "", ""]);
  });

  it("gives ids to names in any script, each once", () => {
    const ids = labelsOf("りんご\n梨\nA!\nA?").map((label) => label.id);
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9][a-z0-9_-]{0,39}$/);
  });
});
