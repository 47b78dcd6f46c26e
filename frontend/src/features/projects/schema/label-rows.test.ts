import { describe, expect, it } from "vitest";
import {
  colorOf,
  inTreeOrder,
  labelsOf,
  levelOf,
  moved,
  newAttribute,
  parentsFor,
  problemsOf,
  putUnder,
  without,
} from "./label-rows";

describe("labels from lines", () => {
  it("gives stable ids, keys for the first ten, and leaves blank lines and repeats out", () => {
    const rows = labelsOf("Red car\n\nRed car\n自転車\n");
    expect(rows.map((row) => row.name)).toEqual(["Red car", "自転車"]);
    expect(rows.map((row) => row.key)).toEqual(["1", "2"]);
    expect(rows.map((row) => row.id)).toEqual(["red-car", "label-2"]);
  });

  it("never gives one id twice", () => {
    const rows = labelsOf("A b\nA-b\na B\n犬\n猫");
    expect(new Set(rows.map((row) => row.id)).size).toBe(5);
  });

  it("goes on after the labels that there are", () => {
    const before = labelsOf("Car\nBus");
    const [tram, ...others] = labelsOf("Car\nTram", before);
    expect(tram).toMatchObject({ name: "Tram", key: "3", color: colorOf(2) });
    expect(others).toEqual([]);
  });

  it("gives a digit its own key", () => {
    expect(labelsOf("0\n1\n2\nx\nother").map((row) => row.key)).toEqual(["0", "1", "2", "x", "3"]);
  });

  it("reads the shape, the keypoints and the joints", () => {
    const [person, car] = labelsOf("Person [skeleton]: head, hand, foot / 1-3, 2-3\nCar [box]");
    expect(person).toMatchObject({
      name: "Person",
      shape: "skeleton",
      skeleton: {
        points: ["head", "hand", "foot"],
        edges: [
          [0, 2],
          [1, 2],
        ],
      },
    });
    expect(car).toMatchObject({ name: "Car", shape: "box", skeleton: null });
  });

  it("joins keypoints in a row where nothing is said", () => {
    expect(labelsOf("Arm: shoulder, elbow, hand")[0]?.skeleton?.edges).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });
});

it("does not repeat a color among a hundred labels", () => {
  const colors = Array.from({ length: 100 }, (_, place) => colorOf(place));
  expect(new Set(colors).size).toBe(100);
  for (const color of colors) expect(color).toMatch(/^#[0-9a-f]{6}$/);
});

it("names what keeps a schema from being saved", () => {
  const [car, bus] = labelsOf("Car\nBus");
  if (!car || !bus) throw new Error("two labels");
  const choice = { ...newAttribute("Side", []), type: "choice" as const };
  expect([...problemsOf([car, { ...bus, key: "1" }], [choice], ["box"])]).toEqual([
    ["bus", "same_key"],
    ["attribute:side", "no_options"],
  ]);
  expect(problemsOf([car], [], ["skeleton"]).get("car")).toBe("no_points");
  expect(problemsOf([car, bus], [], ["box"]).size).toBe(0);
});

it("moves a row to another place, and not beyond the ends", () => {
  expect(moved(["a", "b", "c"], 0, 2)).toEqual(["b", "c", "a"]);
  expect(moved(["a", "b", "c"], 2, -1)).toEqual(["c", "a", "b"]);
});

describe("labels under each other", () => {
  const flat = labelsOf("Vehicle\nPerson\nCar\nVan");
  const names = (rows: readonly { name: string }[]) => rows.map((row) => row.name);

  it("stand behind their parent, in their order", () => {
    const tree = putUnder(putUnder(flat, "van", "vehicle"), "car", "vehicle");
    expect(names(tree)).toEqual(["Vehicle", "Van", "Car", "Person"]);
    expect(tree.map((row) => levelOf(tree, row))).toEqual([0, 1, 1, 0]);
    expect(names(inTreeOrder(moved(tree, 3, 0)))).toEqual(["Person", "Vehicle", "Van", "Car"]);
  });

  it("are never put under themselves, nor too deep", () => {
    const tree = putUnder(putUnder(flat, "car", "vehicle"), "van", "car");
    const vehicle = tree.find((row) => row.id === "vehicle");
    expect(vehicle && names(parentsFor(tree, vehicle))).toEqual(["Person"]);
    let deep = labelsOf("A\nB\nC\nD\nE\nF");
    for (const [id, parent] of ["ba", "cb", "dc", "ed"]) deep = putUnder(deep, String(id), String(parent));
    const last = deep.find((row) => row.id === "f");
    expect(last && names(parentsFor(deep, last))).toEqual(["A", "B", "C", "D"]);
  });

  it("move up when their parent goes", () => {
    const tree = putUnder(putUnder(flat, "car", "vehicle"), "van", "car");
    const left = without(tree, "car");
    expect(left.find((row) => row.id === "van")?.parent).toBe("vehicle");
  });
});
