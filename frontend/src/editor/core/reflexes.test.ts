import { describe, expect, it } from "vitest";
import { MIXED, SPANS } from "../../shared/testing/project-types";
import { withOwnColors } from "../canvas/look";
import { RegionIndex } from "../canvas/region-index";
import { matching } from "../panels/labels-panel";
import { withRecent } from "../panels/recent-labels";
import { shapeOf } from "../shapes";
import { haloOf } from "../shapes/paint";
import { makeTool } from "../tools";
import { loadRareTools, toolsFor } from "../tools/cards";
import type { Surroundings } from "../tools/tool";
import { proposalsFor } from "./compare";
import { Editor } from "./editor";
import { docOf, kindOf } from "./kinds";
import { groupsOf, keysOf, misfit, suits } from "./labels";
import { type BoxRegion, onPicture, type PictureRegion, type Region } from "./regions";
import type { Point } from "./viewport";

const PICTURE = { width: 200, height: 200 };
const KIND = kindOf(MIXED);
await loadRareTools();

function box(id: string, x: number, y: number, side: number): BoxRegion {
  return { id, label: "car", shape: "box", x, y, w: side, h: side };
}

function bench(toolId: string, regions: Region[] = [], drawn: "selected" | "loose" | "free" = "free") {
  const editor = new Editor();
  editor.load({ labels: [], attributes: {}, regions: new Map(regions.map((region) => [region.id, region])) });
  const keys = { shift: false };
  let made = 0;
  const here = () => [...editor.doc.regions.values()].filter(onPicture);
  const size = (region: PictureRegion) => {
    const { left, top, right, bottom } = shapeOf(region).bounds(region);
    return (right - left) * (bottom - top);
  };
  const around: Surroundings = {
    editor,
    picture: () => PICTURE,
    label: () => ({ id: "car", color: "#123456", pointNames: ["head", "hand"] }),
    hit: (at) => {
      const { selected } = editor;
      return selected && onPicture(selected) && shapeOf(selected).inside(selected, at)
        ? { region: selected, part: "body" }
        : null;
    },
    under: (at) =>
      here()
        .filter((region) => shapeOf(region).inside(region, at))
        .sort((a, b) => size(a) - size(b)),
    within: (frame) =>
      here().filter((region) => {
        const { left, top, right, bottom } = shapeOf(region).bounds(region);
        return left >= frame.left && top >= frame.top && right <= frame.right && bottom <= frame.bottom;
      }),
    shift: () => keys.shift,
    afterDrawing: () => drawn,
    takesPolygons: () => true,
    slack: () => 2,
    newId: () => `new${++made}`,
    pixels: () => null,
    brush: () => ({ radius: 4, erase: false }),
    clickModel: () => null,
  };
  const tool = makeTool(toolId, around);
  const press = (at: Point, to: Point = at) => {
    tool.down(at);
    if (to !== at) tool.move(to);
    tool.up(to);
  };
  const chosen = () => editor.selection.map((region) => region.id);
  return { editor, tool, keys, press, chosen };
}

describe("choosing", () => {
  it("takes the smallest region under a click, and those around it by further clicks at the place", () => {
    const { press, chosen } = bench("select", [box("large", 0, 0, 100), box("small", 40, 40, 20)]);
    const seen = [0, 1, 2].map(() => {
      press({ x: 50, y: 50 });
      return chosen();
    });
    expect(seen).toEqual([["small"], ["large"], ["small"]]);
    press({ x: 10, y: 10 });
    expect(chosen()).toEqual(["large"]);
    press({ x: 55, y: 55 });
    expect(chosen()).toEqual(["small"]);
    press({ x: 150, y: 150 });
    expect(chosen()).toEqual([]);
  });

  it("adds and takes away by shift, and by a frame, in the drawing tools too", () => {
    for (const tool of ["select", "box"]) {
      const { press, chosen, keys, editor } = bench(tool, [box("a", 0, 0, 20), box("b", 50, 50, 20)]);
      keys.shift = true;
      press({ x: 10, y: 10 });
      press({ x: 60, y: 60 });
      expect(chosen()).toEqual(["a", "b"]);
      press({ x: 10, y: 10 });
      expect(chosen()).toEqual(["b"]);
      press({ x: 190, y: 190 }, { x: 0, y: 0 });
      expect(chosen()).toEqual(["b", "a"]);
      expect(editor.doc.regions.size).toBe(2);
    }
    const { press, chosen } = bench("select", [box("a", 10, 10, 20), box("b", 50, 50, 20)]);
    press({ x: 5, y: 5 }, { x: 40, y: 40 });
    expect(chosen()).toEqual(["a"]);
  });

  it("moves, relabels, describes and deletes all that is chosen, each in one undo step", () => {
    const { editor, press } = bench("select", [box("a", 0, 0, 20), box("b", 50, 50, 20)]);
    const regions = () => [...editor.doc.regions.values()] as BoxRegion[];
    editor.selectMany(["a", "b"]);
    press({ x: 10, y: 10 }, { x: 20, y: 15 });
    expect(regions().map(({ x, y }) => [x, y])).toEqual([
      [10, 5],
      [60, 55],
    ]);
    editor.undo();
    expect(regions().map(({ x }) => x)).toEqual([0, 50]);
    editor.pickLabel(KIND, "truck");
    expect(regions().map(({ label }) => label)).toEqual(["truck", "truck"]);
    editor.setAttribute("color", "red", ["truck"]);
    expect(regions().map(({ attributes }) => attributes)).toEqual([{ color: "red" }, { color: "red" }]);
    editor.removeSelected();
    expect(regions()).toEqual([]);
    editor.undo();
    expect(regions().length).toBe(2);
  });

  it("leaves locked regions as they are", () => {
    const { editor } = bench("select", [box("a", 0, 0, 20), box("b", 50, 50, 20)]);
    editor.selectMany(["a", "b"]);
    editor.toggleLocked("a");
    editor.pickLabel(KIND, "truck");
    editor.removeSelected();
    expect([...editor.doc.regions.values()].map(({ id, label }) => [id, label])).toEqual([["a", "car"]]);
  });

  it("tells panels of everything but the movements of a gesture", () => {
    const { editor, tool } = bench("box");
    tool.down({ x: 10, y: 10 });
    tool.move({ x: 20, y: 20 });
    const { settled } = editor;
    for (let x = 21; x < 40; x += 1) tool.move({ x, y: x });
    expect(editor.settled).toBe(settled);
    tool.up({ x: 40, y: 40 });
    expect(editor.settled).toBeGreaterThan(settled);
  });
});

describe("drawing", () => {
  it("lets go of what was drawn, unless the person wants it chosen", () => {
    for (const [after, ids] of [
      ["free", []],
      ["loose", ["new1"]],
      ["selected", ["new1"]],
    ] as const) {
      const { press, chosen, editor } = bench("box", [], after);
      press({ x: 10, y: 10 }, { x: 60, y: 60 });
      expect([chosen(), editor.selectionIsLoose]).toEqual([ids, after === "loose"]);
    }
  });

  it("goes on with a mask that was just painted, until it is let go", () => {
    const { press, editor } = bench("brush");
    press({ x: 20, y: 20 }, { x: 40, y: 20 });
    press({ x: 60, y: 20 }, { x: 80, y: 20 });
    expect([editor.doc.regions.size, editor.selectionIsLoose]).toEqual([1, true]);
    editor.select(null);
    press({ x: 20, y: 80 }, { x: 40, y: 80 });
    expect(editor.doc.regions.size).toBe(2);
  });

  it("takes back one point at a time, and the first corner of a box by clicks", () => {
    const polygon = bench("polygon");
    for (const x of [10, 50, 90]) polygon.press({ x, y: x === 50 ? 90 : 10 });
    expect([polygon.tool.isDrawing, polygon.tool.stepBack(), polygon.tool.stepBack()]).toEqual([
      true,
      true,
      true,
    ]);
    expect(polygon.tool.isDrawing).toBe(true);
    polygon.tool.stepBack();
    expect([polygon.tool.isDrawing, polygon.tool.stepBack()]).toEqual([false, false]);
    const boxes = bench("box");
    boxes.press({ x: 10, y: 10 });
    expect([boxes.tool.isDrawing, boxes.tool.stepBack(), boxes.tool.isDrawing]).toEqual([true, true, false]);
    boxes.press({ x: 100, y: 100 }, { x: 120, y: 120 });
    expect([...boxes.editor.doc.regions.values()]).toMatchObject([{ x: 100, w: 20 }]);
  });

  it("names the keypoint that comes next", () => {
    const { tool, press } = bench("skeleton");
    const skeleton = tool as unknown as { next: string };
    expect(skeleton.next).toBe("head");
    press({ x: 10, y: 10 });
    expect(skeleton.next).toBe("hand");
  });

  it("says so where a tool cannot read the pixels", () => {
    for (const id of ["scissors", "superpixel"]) {
      const { press, editor } = bench(id);
      press({ x: 10, y: 10 });
      expect(editor.refusal).toBe("pixels_unreadable");
    }
  });

  it("has handles in the middle of the edges of a box, which move that edge alone", () => {
    const region = box("a", 20, 20, 60);
    const ids = shapeOf(region)
      .handles(region, 1)
      .map((handle) => handle.id);
    expect(ids).toEqual(expect.arrayContaining(["n", "e", "s", "w"]));
    const after = shapeOf(region).dragged(region, "e", { x: 80, y: 50 }, { x: 100, y: 70 }, PICTURE);
    expect(after).toMatchObject({ x: 20, y: 20, w: 80, h: 60 });
    const turned = { ...region, angle: 90 };
    const longer = shapeOf(turned).dragged(
      turned,
      "e",
      { x: 50, y: 80 },
      { x: 70, y: 100 },
      PICTURE,
    ) as BoxRegion;
    expect([longer.w, longer.h, longer.y + longer.h / 2]).toEqual([80, 60, 60]);
  });
});

describe("order", () => {
  it("brings what is chosen to the front or the back, and undoes it", () => {
    const { editor } = bench("select", [box("a", 0, 0, 20), box("b", 0, 0, 20), box("c", 0, 0, 20)]);
    const order = () => [...editor.doc.regions.keys()].join("");
    editor.select("a");
    editor.reorder("front");
    expect(order()).toBe("bca");
    editor.select("c");
    editor.reorder("back");
    expect(order()).toBe("cba");
    editor.undo();
    editor.undo();
    expect(order()).toBe("abc");
  });
});

describe("labels", () => {
  const label = (id: string, shape = "", key = "") => ({ id, name: id, key, shape, color: "#2457d6" });

  it("suit the shapes that they name, and all but arrows where they name none", () => {
    expect(suits(label("road", "polygon"), "box")).toBe(false);
    expect(suits(label("road", "polygon"), "polygon")).toBe(true);
    expect(suits(label("any"), "mask")).toBe(true);
    expect(suits(label("any"), "relation")).toBe(false);
    const wrong = { ...box("w", 0, 0, 9), label: "road" };
    expect(misfit([box("a", 0, 0, 9), wrong], [label("car"), label("road", "polygon")])?.id).toBe("w");
  });

  it("have the key of the digit that they are, else of their place, and never one key twice", () => {
    const digits = ["0", "1", "2"].map((value) => label(value));
    expect([...keysOf(digits)]).toEqual([
      ["0", "0"],
      ["1", "1"],
      ["2", "2"],
    ]);
    expect(keysOf([label("a"), label("b"), label("c", "", "1")])).toEqual(
      new Map([
        ["c", "1"],
        ["b", "2"],
        ["a", "3"],
      ]),
    );
    const many = keysOf(Array.from({ length: 500 }, (_, at) => label(`l${at}`)));
    expect([many.size, new Set(many.values()).size]).toEqual([10, 10]);
  });

  it("are found by words of their name, grouped by shape, and remembered", () => {
    const names = ["Red car", "Car", "Care home"].map((name) => ({ name }));
    expect(matching(names, "car").map(({ name }) => name)).toEqual(["Car", "Care home", "Red car"]);
    expect(matching(names, "car red")).toEqual([{ name: "Red car" }]);
    expect(
      groupsOf([label("a", "box"), label("b", "mask"), label("c", "box")]).map(([of, all]) => [
        of,
        all.length,
      ]),
    ).toEqual([
      ["box", 2],
      ["mask", 1],
    ]);
    expect(withRecent(["a", "b"], "b")).toEqual(["b", "a"]);
  });

  it("have colors of their own, and halos that set them off", () => {
    const colors = withOwnColors(Array.from({ length: 500 }, (_, at) => label(`l${at}`))).map(
      (label) => label.color,
    );
    expect(new Set(colors).size).toBe(500);
    expect(colors[0]).toBe("#2457d6");
    expect(colors.every((color) => /^#[0-9a-f]{6}$/.test(color))).toBe(true);
    expect(haloOf("#101040")).not.toBe(haloOf("#ffff80"));
  });

  it("are what the key sheet's tools are for", () => {
    expect(toolsFor(["box"]).map(({ id }) => id)).toEqual(["select", "box"]);
    expect(toolsFor(kindOf(SPANS).shapes).map(({ id }) => id)).toEqual(["select"]);
  });
});

describe("the index of regions", () => {
  it("finds the same as a fresh one after any steps", () => {
    const { editor } = bench(
      "select",
      Array.from({ length: 60 }, (_, at) => box(`b${at}`, at * 3, at * 2, 10)),
    );
    const index = new RegionIndex(editor);
    const frame = { left: 40, top: 20, right: 110, bottom: 90 };
    const ids = () => index.within(frame).map((region) => region.id);
    const fresh = () => new RegionIndex(editor).within(frame).map((region) => region.id);
    expect(ids()).toEqual(fresh());
    for (let at = 0; at < 40; at += 1) {
      if (at % 3 === 0) editor.put(box(`n${at}`, at * 4, at * 2, 12));
      else if (at % 3 === 1) editor.put(box(`b${at}`, 60, 40, 5));
      else editor.remove([`b${at}`]);
      expect(ids()).toEqual(fresh());
    }
    editor.undo();
    expect(new Set(ids())).toEqual(new Set(fresh()));
    editor.select("b1");
    editor.reorder("back");
    expect(ids()).toEqual(fresh());
  });
});

describe("other annotations", () => {
  it("propose what is missing here, each once", () => {
    const doc = (regions: Region[]) => docOf(KIND, { regions });
    const bounds = (region: Region) => (onPicture(region) ? shapeOf(region).bounds(region) : null);
    const here = doc([box("a", 0, 0, 50)]);
    const others = [
      doc([box("b", 1, 0, 50), box("c", 100, 100, 20)]),
      doc([box("d", 100, 101, 20), { ...box("e", 0, 0, 50), label: "bus" }]),
    ];
    expect(proposalsFor(here, others, bounds).map(({ from, region }) => [from, region.id])).toEqual([
      [0, "c"],
      [1, "e"],
    ]);
  });
});
