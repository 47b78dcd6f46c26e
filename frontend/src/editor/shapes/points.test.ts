import { describe, expect, it } from "vitest";
import { MIXED } from "../../shared/testing/project-types";
import { Editor } from "../core/editor";
import { docOf, kindOf } from "../core/kinds";
import { onPicture, type PathRegion, type SkeletonRegion, type XY } from "../core/regions";
import { makeTool } from "../tools";
import { SkeletonTool } from "../tools/skeleton-tool";
import { pointOf, removeSelectedPoint, selectNextPoint, setVisibility, toggleOccluded } from "./points";
import { skeleton } from "./skeleton";

const CORNERS: XY[] = [
  [10, 10],
  [50, 10],
  [50, 50],
  [10, 50],
];
const PICTURE = { width: 200, height: 100 };

function polygon(count: number): PathRegion {
  return { id: "a", label: "car", shape: "polygon", points: CORNERS.slice(0, count) };
}

const PERSON: SkeletonRegion = {
  id: "a",
  label: "person",
  shape: "skeleton",
  points: [
    [10, 10, 2],
    [30, 50, 2],
    [0, 0, 0],
  ],
};

function editing(region: PathRegion | SkeletonRegion): Editor {
  const editor = new Editor();
  editor.load(docOf(kindOf(MIXED), { regions: [region] }));
  editor.select("a");
  return editor;
}

function pointsOf(editor: Editor) {
  return (editor.doc.regions.get("a") as PathRegion | SkeletonRegion | undefined)?.points;
}

function surroundings(editor: Editor, part: string) {
  return {
    editor,
    picture: () => PICTURE,
    label: () => ({ id: "person", color: "#123456", pointNames: ["head", "hand", "foot"] }),
    hit: () => {
      const region = editor.doc.regions.get("a") as PathRegion | undefined;
      return region ? { region, part } : null;
    },
    slack: () => 2,
    newId: () => "a",
    pixels: () => null,
    brush: () => ({ radius: 4, erase: false }),
    clickModel: () => null,
    under: () => [...editor.doc.regions.values()].filter(onPicture),
    within: () => [],
    shift: () => false,
    afterDrawing: () => "selected" as const,
    takesPolygons: () => true,
  };
}

describe("vertices of a finished shape", () => {
  it("are deleted one by one, each in one undo step", () => {
    const editor = editing(polygon(4));
    editor.selectPoint(1);
    expect(removeSelectedPoint(editor)).toBe(true);
    expect(pointsOf(editor)).toEqual([CORNERS[0], CORNERS[2], CORNERS[3]]);
    expect(editor.selectedPoint).toBe(1);
    editor.undo();
    expect(pointsOf(editor)).toEqual(CORNERS);
    expect(editor.canUndo).toBe(false);
    editor.redo();
    expect(pointsOf(editor)).toHaveLength(3);
  });

  it("stay where the rest were no polygon or line, with the reason and without an undo step", () => {
    const editor = editing(polygon(3));
    editor.selectPoint(2);
    expect(removeSelectedPoint(editor)).toBe(true);
    expect(pointsOf(editor)).toEqual(CORNERS.slice(0, 3));
    expect(editor.refusal).toBe("polygon_needs_three");
    expect(editor.canUndo).toBe(false);
    editor.selectPoint(0);
    expect(editor.refusal).toBeNull();

    const line = editing({ ...polygon(2), shape: "polyline" });
    line.selectPoint(0);
    removeSelectedPoint(line);
    expect([line.refusal, pointsOf(line)]).toEqual(["line_needs_two", CORNERS.slice(0, 2)]);
  });

  it("stay in a locked region, and where no vertex is selected", () => {
    const editor = editing(polygon(4));
    expect(removeSelectedPoint(editor)).toBe(false);
    editor.selectPoint(0);
    editor.toggleLocked("a");
    expect(removeSelectedPoint(editor)).toBe(false);
    expect(pointsOf(editor)).toHaveLength(4);
  });

  it("are gone through by keys, round at both ends, and let go with the region and by undo", () => {
    const editor = editing(polygon(3));
    const steps = ([1, 1, 1, 1, -1, -1] as const).map((step) => {
      selectNextPoint(editor, step);
      return editor.selectedPoint;
    });
    expect(steps).toEqual([0, 1, 2, 0, 2, 1]);
    editor.select(null);
    editor.select("a");
    expect(editor.selectedPoint).toBeNull();
    selectNextPoint(editor, -1);
    expect(editor.selectedPoint).toBe(2);
    editor.put({ ...polygon(3), label: "bus" });
    expect(editor.selectedPoint).toBe(2);
    editor.undo();
    expect(editor.selectedPoint).toBeNull();
  });

  it("are selected by a click, not by a drag, and let go by a click on the rest", () => {
    const editor = editing(polygon(4));
    const corner = makeTool("select", surroundings(editor, "p2"));
    corner.down({ x: 50, y: 50 });
    corner.move({ x: 70, y: 60 });
    corner.up({ x: 70, y: 60 });
    expect([editor.selectedPoint, pointsOf(editor)?.[2]]).toEqual([null, [70, 60]]);
    corner.down({ x: 70, y: 60 });
    corner.up({ x: 70, y: 60 });
    expect(editor.selectedPoint).toBe(2);
    const body = makeTool("select", surroundings(editor, "body"));
    body.down({ x: 30, y: 30 });
    body.up({ x: 30, y: 30 });
    expect(editor.selectedPoint).toBeNull();
    expect(pointOf(polygon(4), "m1")).toBeNull(); // a middle makes a vertex; it is none
  });
});

describe("keypoints", () => {
  it("are occluded and visible again, each in one undo step", () => {
    const editor = editing(PERSON);
    editor.selectPoint(1);
    toggleOccluded(editor);
    expect(pointsOf(editor)?.[1]).toEqual([30, 50, 1]);
    toggleOccluded(editor);
    expect(pointsOf(editor)?.[1]).toEqual([30, 50, 2]);
    editor.undo();
    expect(pointsOf(editor)?.[1]).toEqual([30, 50, 1]);
  });

  it("come back from absence in the middle of the others", () => {
    const editor = editing(PERSON);
    editor.selectPoint(2);
    toggleOccluded(editor);
    expect(pointsOf(editor)?.[2]).toEqual([20, 30, 1]);
  });

  it("are absent once deleted, but for the last one", () => {
    const editor = editing(PERSON);
    editor.selectPoint(0);
    expect(removeSelectedPoint(editor)).toBe(true);
    expect(pointsOf(editor)?.[0]).toEqual([0, 0, 0]);
    editor.selectPoint(1);
    expect(setVisibility(editor, 0)).toBe(true);
    expect([editor.refusal, pointsOf(editor)?.[1]]).toEqual(["skeleton_needs_one", [30, 50, 2]]);
  });

  it("are asked for where none is selected", () => {
    const editor = editing(PERSON);
    toggleOccluded(editor);
    expect(editor.refusal).toBe("no_keypoint_selected");
    expect(pointsOf(editor)).toEqual(PERSON.points);
  });

  it("are occluded while they are set, and drawn so at once", () => {
    const editor = new Editor();
    const tool = new SkeletonTool(surroundings(editor, "body"));
    expect(tool.toggleOccluded()).toBe(false);
    for (const [x, occluded] of [
      [10, true],
      [20, false],
    ] as const) {
      tool.down({ x, y: 10 });
      if (occluded) expect(tool.toggleOccluded()).toBe(true);
    }
    expect((editor.shown.regions.get("a") as SkeletonRegion).points[0]).toEqual([10, 10, 1]);
    tool.finish();
    expect(pointsOf(editor)).toEqual([
      [10, 10, 1],
      [20, 10, 2],
      [0, 0, 0],
    ]);
  });

  it("are drawn with a cross and broken joints where they are occluded, whatever the color", () => {
    const drawn = (points: SkeletonRegion["points"]) => {
      const calls: string[] = [];
      const context = new Proxy({} as CanvasRenderingContext2D, {
        get:
          (_, name) =>
          (...values: unknown[]) =>
            calls.push(`${String(name)} ${JSON.stringify(values)}`),
        set: () => true, // colors and widths do not count here
      });
      const look = { color: "#ffffff", name: "Person", active: false, edges: [[0, 1]], pointNames: [] };
      skeleton.draw(context, { ...PERSON, points }, { scale: 1, x: 0, y: 0 }, look);
      return calls;
    };
    const visible = drawn(PERSON.points);
    const occluded = drawn([PERSON.points[0] as never, [30, 50, 1], [0, 0, 0]]);
    const lines = (calls: string[]) => calls.filter((call) => call.startsWith("lineTo")).length;
    expect(lines(occluded)).toBe(lines(visible) + 2); // the two strokes of one cross
    const joint = (calls: string[]) => calls.indexOf("moveTo [10,10]");
    const dashed = (calls: string[]) =>
      calls.slice(0, joint(calls)).findLast((call) => call.startsWith("setLineDash"));
    expect(dashed(visible)).toBe("setLineDash [[]]");
    expect(dashed(occluded)).toBe("setLineDash [[5,5]]");
    expect(skeleton.handles(PERSON, 1).map((handle) => handle.crossed)).toEqual([false, false]);
  });
});
