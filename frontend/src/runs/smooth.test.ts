import { describe, expect, it } from "vitest";
import { backoff, metricsOf, pointsOfCurve, smoothed } from "./smooth";

const curve = (name: string, values: (number | null)[]) => ({
  name,
  steps: values.map((_, index) => index),
  values,
  times: values.map(() => 0),
});

describe("curves", () => {
  it("are smoothed without being drawn to zero at their beginning", () => {
    const flat = [0, 1, 2].map((x) => ({ x, y: 4 }));
    expect(smoothed(flat, 0.9).map(({ y }) => y?.toFixed(6))).toEqual(["4.000000", "4.000000", "4.000000"]);
    const jump = smoothed(
      [0, 10].map((y, x) => ({ x, y })),
      0.5,
    ).map(({ y }) => y ?? 0);
    expect(jump[1]).toBeGreaterThan(5);
    expect(jump[1]).toBeLessThan(10);
  });

  it("keep gaps, and leave out what a logarithm has no place for", () => {
    const entry = curve("loss", [2, null, 0, -1, 1]);
    expect(pointsOfCurve(entry, 0).map(({ y }) => y)).toEqual([2, null, 0, -1, 1]);
    expect(pointsOfCurve(entry, 0, true).map(({ y }) => y)).toEqual([2, null, null, null, 1]);
    expect(pointsOfCurve(entry, 0.5).map(({ y }) => y)[1]).toBeNull();
  });

  it("are of what was learned, or of the machine", () => {
    const both = [
      [curve("loss", []), curve("system/cpu_utilization_percentage", [])],
      [curve("accuracy", [])],
    ];
    expect(metricsOf(both)).toEqual(["accuracy", "loss"]);
    const training = ["training_loss", "validation_loss", "validation_accuracy", "learning_rate"];
    expect(metricsOf([training.map((name) => curve(name, []))])[0]).toBe("validation_accuracy");
    expect(metricsOf(both, true)).toEqual(["system/cpu_utilization_percentage"]);
  });
});

it("asks less often the longer nothing new came", () => {
  expect([0, 1, 2, 9].map(backoff)).toEqual([2000, 4000, 8000, 30_000]);
});
