import { expect, it } from "vitest";
import { mlflowPlace } from "./mlflow-address";

it.each([
  ["#/experiments/4/runs/ab12", { kind: "run", id: "ab12" }],
  ["#/experiments/4/runs/ab12?workspace=project-7", { kind: "run", id: "ab12" }],
  ["#/experiments/4", { kind: "experiment", id: "4" }],
  ["#/models/a%20b/versions/3", { kind: "version", name: "a b", version: "3" }],
  ["#/models/probe", { kind: "version", name: "probe", version: null }],
  ["#/experiments/x/runs/ab12", null],
  ["#elsewhere", null],
  ["", null],
])("knows what MLflow's client calls %s", (hash, place) => {
  expect(mlflowPlace(hash)).toEqual(place);
});
