import { describe, expect, it } from "vitest";
import { attributesOf, labelsOf } from "./label-rows";

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

describe("attributes from lines", () => {
  it("reads the four types and what must be said", () => {
    expect(attributesOf("Hidden?\nColour: red, blue *\nDoors: number\nPlate: text")).toMatchObject([
      { id: "hidden", type: "flag", required: false },
      { id: "colour", type: "choice", options: ["red", "blue"], required: true },
      { id: "doors", type: "number", options: [] },
      { id: "plate", type: "text" },
    ]);
  });
});
