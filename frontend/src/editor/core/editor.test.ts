import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BoxTool, dragged, type Handle } from "../tools/box-tool";
import { fromValue, type Region, toValue } from "./document";
import { Editor } from "./editor";
import { fitView, toPicture, zoom } from "./viewport";

const PICTURE = { width: 200, height: 100 };

function bench() {
  const editor = new Editor();
  let made = 0;
  const tool = new BoxTool({
    editor,
    picture: () => PICTURE,
    label: () => "car",
    hit: (at) => {
      const region = [...editor.doc.regions.values()].find(
        (one) => at.x > one.x && at.x < one.x + one.w && at.y > one.y && at.y < one.y + one.h,
      );
      return region ? { region, handle: "body" as Handle } : null;
    },
    slack: () => 2,
    newId: () => {
      made += 1;
      return `r${made}`;
    },
  });
  return { editor, tool };
}

const point = fc.record({ x: fc.integer({ min: -50, max: 250 }), y: fc.integer({ min: -50, max: 150 }) });
const gesture = fc.oneof(
  fc.record({ kind: fc.constant("drag" as const), from: point, to: point }),
  fc.record({ kind: fc.constant("clicks" as const), from: point, to: point }),
  fc.record({ kind: fc.constant("cancel" as const), from: point, to: point }),
  fc.constant({ kind: "delete" as const }),
  fc.constant({ kind: "relabel" as const }),
);

function play(
  given: { kind: string; from?: { x: number; y: number }; to?: { x: number; y: number } },
  { editor, tool }: ReturnType<typeof bench>,
) {
  const { kind, from, to } = given;
  if (kind === "delete") return editor.removeSelected();
  if (kind === "relabel") return editor.pickLabel("boxes", "bus");
  if (!from || !to) return;
  tool.down(from);
  if (kind === "clicks") {
    tool.up(from);
    tool.move(to);
    tool.down(to);
    tool.up(to);
  } else {
    tool.move(to);
    if (kind === "cancel") tool.cancel();
    tool.up(to);
  }
}

describe("the editor", () => {
  it("gives back the empty document after any gestures and as many undos", () => {
    fc.assert(
      fc.property(fc.array(gesture, { maxLength: 40 }), (gestures) => {
        const made = bench();
        for (const one of gestures) play(one, made);
        const full = toValue(made.editor.doc, "boxes");
        let steps = 0;
        while (made.editor.canUndo) {
          made.editor.undo();
          steps += 1;
        }
        expect(made.editor.doc.regions.size).toBe(0);
        for (let step = 0; step < steps; step += 1) made.editor.redo();
        const byId = (value: unknown) =>
          [...(value as { regions: Region[] }).regions].sort((a, b) => a.id.localeCompare(b.id));
        expect(byId(toValue(made.editor.doc, "boxes"))).toEqual(byId(full));
      }),
      { numRuns: 300 },
    );
  });

  it("keeps every box inside the picture, whatever is dragged", () => {
    fc.assert(
      fc.property(fc.array(gesture, { maxLength: 40 }), (gestures) => {
        const made = bench();
        for (const one of gestures) play(one, made);
        for (const { x, y, w, h } of made.editor.doc.regions.values()) {
          expect(x).toBeGreaterThanOrEqual(0);
          expect(y).toBeGreaterThanOrEqual(0);
          expect(x + w).toBeLessThanOrEqual(PICTURE.width + 0.02);
          expect(y + h).toBeLessThanOrEqual(PICTURE.height + 0.02);
          expect(Math.min(w, h)).toBeGreaterThan(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("draws a box by one drag, and by two clicks", () => {
    for (const kind of ["drag", "clicks"]) {
      const made = bench();
      play({ kind, from: { x: 10, y: 20 }, to: { x: 60, y: 50 } }, made);
      expect(toValue(made.editor.doc, "boxes")).toEqual({
        regions: [{ id: "r1", label: "car", x: 10, y: 20, w: 50, h: 30 }],
      });
    }
  });

  it("comes back with its undo steps after a reload", () => {
    const made = bench();
    play({ kind: "drag", from: { x: 0, y: 0 }, to: { x: 9, y: 9 } }, made);
    play({ kind: "drag", from: { x: 50, y: 50 }, to: { x: 90, y: 90 } }, made);
    const again = new Editor();
    again.load(fromValue(null), JSON.parse(JSON.stringify(made.editor.save())));
    again.undo();
    expect([...again.doc.regions.keys()]).toEqual(["r1"]);
    again.undo();
    expect(again.doc.regions.size).toBe(0);
  });

  it("undoes a class choice", () => {
    const editor = new Editor();
    editor.pickLabel("classification", "cat");
    editor.pickLabel("classification", "dog");
    editor.pickLabel("classification", "dog");
    editor.undo();
    expect(toValue(editor.doc, "classification")).toEqual({ label: "cat" });
    editor.undo();
    expect(toValue(editor.doc, "classification")).toBeNull();
  });
});

describe("resizing", () => {
  it("never turns a box inside out", () => {
    const region: Region = { id: "a", label: "car", x: 50, y: 50, w: 20, h: 20 };
    for (const handle of ["nw", "ne", "sw", "se"] as const) {
      const after = dragged(region, handle, 500, -500, PICTURE);
      expect(after.w).toBeGreaterThanOrEqual(1);
      expect(after.h).toBeGreaterThanOrEqual(1);
    }
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
