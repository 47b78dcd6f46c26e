import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CLASS_SETS, CLASSES, MIXED, NUMBERS, SPANS } from "../../shared/testing/project-types";
import { shapeOf } from "../shapes";
import { type Bits, decode, encode } from "../shapes/bits";
import { makeTool } from "../tools";
import { loadRareTools } from "../tools/cards";
import type { Tool } from "../tools/tool";
import { Editor } from "./editor";
import { docOf, type EditorProjectType, FORMS, kindOf } from "./kinds";
import { type BoxRegion, onPicture, type Region } from "./regions";
import { fitView, type Point, toPicture, zoom } from "./viewport";

const PICTURE = { width: 200, height: 100 };
const LABEL = { id: "car", color: "#123456", pointNames: ["head", "hand", "foot"] };
const SHAPES = kindOf(MIXED);

/** A picture with a bright half, so that tools that read pixels find an edge. */
function pixels(): ImageData {
  const data = new Uint8ClampedArray(PICTURE.width * PICTURE.height * 4).fill(255);
  for (let at = 0; at < data.length; at += 4) if ((at / 4) % PICTURE.width < 90) data.fill(20, at, at + 3);
  return { ...PICTURE, data, colorSpace: "srgb" } as ImageData;
}
const READ = pixels();
await loadRareTools();

function bench(toolId: string) {
  const editor = new Editor();
  let made = 0;
  const brush = { radius: 4, erase: false };
  const keys = { shift: false, after: "selected" as "selected" | "loose" | "free" };
  const tool = makeTool(toolId, {
    editor,
    picture: () => PICTURE,
    label: () => LABEL,
    hit: (at) => {
      const region = [...editor.doc.regions.values()]
        .filter(onPicture)
        .find((region) => shapeOf(region).inside(region, at) || shapeOf(region).onOutline(region, at, 2));
      return region ? { region: region, part: shapeOf(region).handles(region, 1)[0]?.id ?? "body" } : null;
    },
    slack: () => 2,
    newId: () => {
      made += 1;
      return `r${made}`;
    },
    pixels: () => READ,
    brush: () => brush,
    clickModel: () => null,
    under: (at) =>
      [...editor.doc.regions.values()]
        .filter(onPicture)
        .filter((region) => shapeOf(region).inside(region, at)),
    within: ({ left, top, right, bottom }) =>
      [...editor.doc.regions.values()].filter(onPicture).filter((region) => {
        const box = shapeOf(region).bounds(region);
        return box.left >= left && box.top >= top && box.right <= right && box.bottom <= bottom;
      }),
    shift: () => keys.shift,
    afterDrawing: () => keys.after,
    takesPolygons: () => true,
  });
  return { editor, tool, brush, keys };
}

const point = fc.record({ x: fc.integer({ min: -50, max: 250 }), y: fc.integer({ min: -50, max: 150 }) });
const gesture = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("drag"), way: fc.array(point, { minLength: 2, maxLength: 5 }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("click"),
      way: fc.array(point, { minLength: 1, maxLength: 1 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom("cancel", "finish", "back", "delete", "relabel", "erase", "move"),
      way: fc.array(point, { minLength: 1, maxLength: 1 }),
    }),
  },
);
type Gesture = { kind: string; way: Point[] };

function play({ kind, way }: Gesture, { editor, tool, brush }: ReturnType<typeof bench>) {
  const [first] = way as [Point];
  const others: Record<string, () => void> = {
    cancel: () => tool.cancel(),
    finish: () => tool.finish(),
    back: () => tool.stepBack(),
    delete: () => editor.removeSelected(),
    relabel: () => editor.pickLabel(SHAPES, "bus"),
    erase: () => {
      brush.erase = !brush.erase;
    },
    move: () => tool.move(first),
  };
  const other = others[kind];
  if (other) return other();
  drag(tool, way);
}

function drag(tool: Tool, way: Point[]) {
  tool.down(way[0] as Point);
  for (const at of way.slice(1)) tool.move(at);
  tool.up(way.at(-1) as Point);
}

const sorted = (regions: Iterable<Region>) => [...regions].sort((a, b) => a.id.localeCompare(b.id));

describe.each(["box", "polygon", "polyline", "skeleton", "brush", "superpixel", "scissors", "select"])(
  "the tool %s",
  (toolId) => {
    it("gives back the empty document after any gestures and as many undos, and all of it after as many redos", () => {
      fc.assert(
        fc.property(fc.array(gesture, { maxLength: 14 }), (gestures) => {
          const made = bench(toolId);
          for (const entry of gestures as Gesture[]) play(entry, made);
          made.tool.cancel();
          const full = sorted(made.editor.doc.regions.values());
          let steps = 0;
          while (made.editor.canUndo) {
            made.editor.undo();
            steps += 1;
          }
          expect(made.editor.doc.regions.size).toBe(0);
          for (let step = 0; step < steps; step += 1) made.editor.redo();
          expect(sorted(made.editor.doc.regions.values())).toEqual(full);
        }),
        { numRuns: toolId === "superpixel" || toolId === "scissors" ? 25 : 150 },
      );
    });

    it("keeps every region inside the picture, whatever is dragged", () => {
      fc.assert(
        fc.property(fc.array(gesture, { maxLength: 14 }), (gestures) => {
          const made = bench(toolId);
          for (const entry of gestures as Gesture[]) play(entry, made);
          for (const region of [...made.editor.doc.regions.values()].filter(onPicture)) {
            if (region.shape === "box" && region.angle) continue; // its corners may leave
            const { left, top, right, bottom } = shapeOf(region).bounds(region);
            expect(Math.min(left, top)).toBeGreaterThanOrEqual(0);
            expect(right).toBeLessThanOrEqual(PICTURE.width + 0.02);
            expect(bottom).toBeLessThanOrEqual(PICTURE.height + 0.02);
          }
        }),
        { numRuns: toolId === "superpixel" || toolId === "scissors" ? 25 : 150 },
      );
    });
  },
);

function only(editor: Editor): Region {
  expect(editor.doc.regions.size).toBe(1);
  return [...editor.doc.regions.values()][0] as Region;
}

describe("drawing", () => {
  it("makes a box by first drag, and by two clicks", () => {
    const expected = { id: "r1", label: "car", shape: "box", x: 10, y: 20, w: 50, h: 30 };
    const [first, second] = [bench("box"), bench("box")];
    drag(first.tool, [
      { x: 10, y: 20 },
      { x: 60, y: 50 },
    ]);
    drag(second.tool, [{ x: 10, y: 20 }]);
    second.tool.move({ x: 60, y: 50 });
    drag(second.tool, [{ x: 60, y: 50 }]);
    expect(only(first.editor)).toEqual(expected);
    expect(only(second.editor)).toEqual(expected);
  });

  it("closes a polygon on its first point, and takes points back before", () => {
    const { tool, editor } = bench("polygon");
    for (const [x, y] of [
      [10, 10],
      [60, 10],
      [90, 90],
      [60, 60],
    ] as const)
      drag(tool, [{ x, y }]);
    tool.stepBack();
    drag(tool, [{ x: 60, y: 60 }]);
    drag(tool, [{ x: 11, y: 10 }]);
    expect(only(editor)).toMatchObject({
      shape: "polygon",
      points: [
        [10, 10],
        [60, 10],
        [90, 90],
        [60, 60],
      ],
    });
  });

  it("ends a line with Enter, and a skeleton with its last keypoint", () => {
    const line = bench("polyline");
    for (const x of [10, 60, 90]) drag(line.tool, [{ x, y: 10 }]);
    expect(line.tool.finish()).toBe(true);
    expect(only(line.editor)).toMatchObject({
      shape: "polyline",
      points: [
        [10, 10],
        [60, 10],
        [90, 10],
      ],
    });
    const body = bench("skeleton");
    for (const x of [10, 60, 90]) drag(body.tool, [{ x, y: 10 }]);
    expect(only(body.editor)).toMatchObject({
      shape: "skeleton",
      points: [
        [10, 10, 2],
        [60, 10, 2],
        [90, 10, 2],
      ],
    });
  });

  it("paints on in the selected mask, erases from it, and undoes stroke by stroke", () => {
    const { tool, editor, brush } = bench("brush");
    drag(tool, [
      { x: 20, y: 50 },
      { x: 60, y: 50 },
    ]);
    const first = only(editor);
    drag(tool, [
      { x: 40, y: 20 },
      { x: 40, y: 80 },
    ]);
    expect(only(editor).id).toBe(first.id);
    brush.erase = true;
    drag(tool, [
      { x: 0, y: 50 },
      { x: 199, y: 50 },
    ]);
    const left = only(editor);
    expect(left.shape === "mask" && left.y).toBeLessThan(30);
    editor.undo();
    editor.undo();
    expect(only(editor)).toEqual(first);
  });

  it("follows the edge with the scissors", () => {
    const { tool, editor } = bench("scissors");
    for (const [x, y] of [
      [90, 10],
      [90, 90],
      [150, 50],
    ] as const) {
      tool.move({ x, y });
      drag(tool, [{ x, y }]);
    }
    tool.finish();
    const made = only(editor);
    const onEdge = made.shape === "polygon" ? made.points.filter(([x]) => Math.abs(x - 90) <= 2) : [];
    expect(onEdge.length).toBeGreaterThanOrEqual(2);
  });

  it("takes whole patches that end at the edge", () => {
    const { tool, editor } = bench("superpixel");
    drag(tool, [{ x: 84, y: 50 }]);
    const made = only(editor);
    expect(made.shape === "mask" && made.x + made.w).toBeLessThanOrEqual(91);
  });

  it("turns a box by its handle, and leaves it upright when turned back", () => {
    const region: BoxRegion = { id: "a", label: "car", shape: "box", x: 50, y: 40, w: 40, h: 20 };
    const shape = shapeOf(region);
    const turned = shape.dragged(region, "turn", { x: 70, y: 14 }, { x: 120, y: 50 }, PICTURE) as BoxRegion;
    expect(turned.angle).toBe(90);
    expect(shape.dragged(turned, "turn", { x: 0, y: 0 }, { x: 70, y: 0 }, PICTURE)).toEqual(region);
  });
});

describe("the editor", () => {
  it("comes back with more than 200 undo steps after a reload", () => {
    const { editor, tool } = bench("brush");
    for (let n = 0; n < 230; n += 1) drag(tool, [{ x: n % 190, y: (n * 7) % 90 }]);
    const again = new Editor();
    again.load(docOf(SHAPES, null), JSON.parse(JSON.stringify(editor.save())));
    for (let n = 0; n < 230; n += 1) again.undo();
    expect(again.doc.regions.size).toBe(0);
    expect(again.canUndo).toBe(false);
  });

  it("undoes a class choice, one of one and one of many", () => {
    const editor = new Editor();
    const kind = kindOf(CLASSES);
    editor.pickLabel(kind, "cat");
    editor.pickLabel(kind, "dog");
    editor.pickLabel(kind, "dog");
    editor.undo();
    expect(kind.toValue(editor.doc)).toEqual({ label: "cat" });
    editor.undo();
    expect(kind.toValue(editor.doc)).toBeNull();
    const many = kindOf(CLASS_SETS);
    editor.pickLabel(many, "cat");
    editor.pickLabel(many, "dog");
    editor.pickLabel(many, "cat");
    expect(many.toValue(editor.doc)).toEqual({ labels: ["dog"] });
  });

  it("takes a span's arrows away with it, in one step", () => {
    const editor = new Editor();
    editor.put({ id: "a", label: "x", shape: "span", start: 0, end: 1 });
    editor.put({ id: "b", label: "x", shape: "span", start: 2, end: 3 });
    editor.put({ id: "r", label: "of", shape: "relation", from: "a", to: "b" });
    editor.select("a");
    editor.removeSelected();
    expect([...editor.doc.regions.keys()]).toEqual(["b"]);
    editor.undo();
    expect(editor.doc.regions.size).toBe(3);
  });

  it("says things of the selected region and takes them back", () => {
    const editor = new Editor();
    editor.put({ id: "a", label: "x", shape: "box", x: 0, y: 0, w: 1, h: 1 });
    editor.select("a");
    editor.setAttribute("hidden", true);
    editor.setAttribute("plate", "ab");
    editor.setAttribute("hidden", null);
    expect(editor.selected?.attributes).toEqual({ plate: "ab" });
    editor.undo();
    expect(editor.selected?.attributes).toEqual({ plate: "ab", hidden: true });
  });

  it("leaves a locked region alone", () => {
    const { editor, tool } = bench("select");
    editor.put({ id: "a", label: "x", shape: "box", x: 10, y: 10, w: 30, h: 30 });
    editor.select("a");
    editor.toggleLocked("a");
    drag(tool, [
      { x: 20, y: 20 },
      { x: 60, y: 60 },
    ]);
    editor.removeSelected();
    expect(only(editor)).toMatchObject({ x: 10, y: 10 });
  });
});

describe("answers", () => {
  it("come out of a document as they went in, for every form", () => {
    const values: [EditorProjectType, unknown][] = [
      [CLASSES, { label: "cat", attributes: { dark: true } }],
      [CLASS_SETS, { labels: ["cat", "dog"] }],
      [MIXED, { regions: [] }],
      [MIXED, { regions: [{ id: "a", label: "car", shape: "box", x: 1, y: 2, w: 3, h: 4, angle: 30 }] }],
      [
        MIXED,
        {
          regions: [
            {
              id: "a",
              label: "car",
              shape: "polyline",
              points: [
                [1, 2],
                [3, 4],
              ],
            },
            {
              id: "b",
              label: "car",
              shape: "skeleton",
              points: [
                [1, 2, 2],
                [0, 0, 0],
              ],
            },
            { id: "c", label: "car", shape: "mask", x: 1, y: 2, w: 2, h: 2, rle: [1, 3] },
          ],
        },
      ],
      [NUMBERS, { number: 12.5 }],
      [
        SPANS,
        {
          spans: [{ id: "a", label: "who", start: 0, end: 2, attributes: { sure: false } }],
          relations: [{ id: "r", label: "of", from: "a", to: "a" }],
        },
      ],
    ];
    expect(new Set(values.map(([type]) => type.editor_form))).toEqual(new Set(Object.keys(FORMS)));
    for (const [type, value] of values) {
      const kind = kindOf(type);
      expect(kind.toValue(docOf(kind, value))).toEqual(value);
    }
  });

  it("are refused by name where a project type has no form in the editor", () => {
    expect(() => kindOf({ ...CLASSES, key: "grade", editor_form: "" })).toThrow("grade has no form");
  });

  it("keep every pixel of a mask through runs", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 12, maxLength: 12 }), (row) => {
        const bits = { x: 3, y: 5, w: 4, h: 3, data: Uint8Array.from(row) };
        const runs = encode(bits);
        if (runs === null) {
          expect(row.includes(1)).toBe(false);
          return;
        }
        const again = decode(runs);
        const set = (entry: Bits) =>
          [...entry.data].flatMap((value, at) =>
            value ? [`${entry.x + (at % entry.w)},${entry.y + Math.floor(at / entry.w)}`] : [],
          );
        expect(set(again)).toEqual(set(bits));
        expect(runs.rle.reduce((sum, run) => sum + run, 0)).toBe(runs.w * runs.h);
      }),
    );
  });
});

describe("the view", () => {
  it("keeps the point under the cursor while zooming", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.2, max: 5, noNaN: true }), point, (factor, at) => {
        const view = fitView(PICTURE, { width: 800, height: 600 });
        const before = toPicture(view, at);
        const after = toPicture(zoom(view, factor, at), at);
        expect(after.x).toBeCloseTo(before.x, 6);
        expect(after.y).toBeCloseTo(before.y, 6);
      }),
    );
  });
});
