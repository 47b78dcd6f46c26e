import { screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { show } from "../../shared/testing/render";
import { listed, serve } from "../../shared/testing/server";
import { comparedVersions } from "./compare-address";
import { ComparePage } from "./compare-page";

const metric = (value: number) => ({ value, low: value - 0.02, high: value + 0.02 });

function version(id: number, accuracy: number | null, snapshot = 3) {
  return {
    id,
    project_id: 2,
    project: "Ripeness",
    name: "probe",
    version: id,
    state: "ready",
    origin: "recipe",
    aliases: id === 1 ? ["champion"] : [],
    snapshot_version: snapshot,
    train_items: 640,
    recipe: "image_probe",
    params: { C: id },
    flavors: ["onnx"],
    code_version: "abc",
    evaluation:
      accuracy === null
        ? null
        : {
            id,
            snapshot_id: snapshot,
            snapshot_version: snapshot,
            predicted_by: "worker",
            items: 200,
            labels: [],
            names: [],
            confusion: [],
            metrics: { accuracy: metric(accuracy) },
            per_class: [],
          },
  };
}

function serveVersions(...versions: ReturnType<typeof version>[]) {
  serve({
    "GET /api/v1/metrics/": () => listed([{ key: "accuracy", title: "Accuracy", unit: "fraction" }]),
    "GET /api/v1/model-versions/": () => listed(versions),
    ...Object.fromEntries(
      versions.map((one) => [`GET /api/v1/model-versions/${one.id}/`, () => Response.json(one)]),
    ),
    "GET /api/v1/model-versions/compare/": ({ query }) => {
      const [a, b] = [query.get("a"), query.get("b")].map((id) =>
        versions.find((one) => one.id === Number(id)),
      );
      return Response.json({
        a,
        b,
        evaluation_a: a?.evaluation,
        evaluation_b: b?.evaluation,
        items: 200,
        metrics: [
          {
            metric: "accuracy",
            a: metric(0.8),
            b: metric(0.9),
            difference: { value: 0.1, low: 0.05, high: 0.15 },
          },
        ],
        counts: null,
        per_class: [],
        disagreements: [],
      });
    },
  });
}

describe("the comparison of versions", () => {
  it("takes any number: metrics with intervals side by side, and the paired difference to the baseline", async () => {
    serveVersions(version(1, 0.8), version(2, 0.9), version(3, 0.7));
    await show(<ComparePage />, { address: "/compare?versions=1,2,3" });
    const table = await screen.findByRole("table", { name: "Metrics" });
    expect(within(table).getAllByRole("columnheader")).toHaveLength(3);
    const row = await within(table).findByRole("row", { name: /^Accuracy/ });
    expect(row).toHaveTextContent("80.0% (78.0% – 82.0%)90.0% (88.0% – 92.0%)70.0% (68.0% – 72.0%)");
    expect(await screen.findByText("B is better by +10.0 (+5.0 … +15.0) pp (Accuracy).")).toBeInTheDocument();
  });

  it("warns where the test sets differ", async () => {
    serveVersions(version(1, 0.8, 3), version(2, 0.9, 4));
    await show(<ComparePage />, { address: "/compare?versions=1,2" });
    expect(await screen.findByText(/evaluated on different test sets/)).toBeInTheDocument();
  });

  it("begins with a picker where no version is named", async () => {
    serveVersions();
    await show(<ComparePage />, { address: "/compare" });
    expect(await screen.findByText("No versions selected")).toBeInTheDocument();
    expect(screen.getByRole("combobox", { name: "Versions" })).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Open models" })).toHaveAttribute("href", "/models");
  });

  it("reads each version of the address once", () => {
    expect(comparedVersions(new URLSearchParams("versions=3,1,3,x,-2"))).toEqual([3, 1]);
  });
});
