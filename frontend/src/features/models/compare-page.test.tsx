import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import "../../runs/curves"; // loaded when one is drawn; here before any test waits for one
import "../../shared/ui/chart/chart";
import { show } from "../../shared/testing/render";
import { listed, serve } from "../../shared/testing/server";
import { comparedRuns, comparedVersions } from "./compare-address";
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
    mlflow_run_id: `run${id}`,
    evaluation:
      accuracy === null
        ? null
        : {
            id,
            snapshot_id: snapshot,
            snapshot_version: snapshot,
            predicted_by: "worker",
            items: 200,
            labels: ["ripe", "raw"],
            names: ["Ripe", "Raw"],
            confusion: [
              [90, 10],
              [0, 100],
            ],
            metrics: { accuracy: metric(accuracy) },
            per_class: [],
          },
  };
}

const RUN = {
  id: "ab12",
  name: "from a notebook",
  project_id: 2,
  project: "Ripeness",
  status: "FINISHED",
  training_run_id: null,
  metrics: { accuracy: 0.5 },
  params: { C: "4", penalty: "l2" },
  tags: {},
  versions: [],
};

function serveVersions(...versions: ReturnType<typeof version>[]) {
  serve({
    "GET /api/v1/metrics/": () => listed([{ key: "accuracy", title: "Accuracy", unit: "fraction" }]),
    "GET /api/v1/model-versions/": () => listed(versions),
    "GET /api/v1/tracked-runs/": () => listed([]),
    "GET /api/v1/tracked-runs/ab12/": () => Response.json(RUN),
    "GET /api/v1/model-versions/1/errors/": ({ query }) =>
      listed(
        query.get("true_label") === "Ripe" &&
          query.get("is_correct") === String(query.get("predicted_label") === "Ripe")
          ? [
              {
                item_id: 5,
                task_id: 6,
                name: "apple.png",
                image: "/apple.png",
                true_label: "Ripe",
                predicted_label: query.get("predicted_label"),
                confidence: 0.9,
              },
            ]
          : [],
      ),
    ...Object.fromEntries(
      ["run1", "run2", "ab12"].map((id, index) => [
        `GET /api/v1/tracked-runs/${id}/curves/`,
        () =>
          Response.json({
            curves: [{ name: "training_loss", steps: [1, 2], values: [1, 0.5 + index], times: [1, 2] }],
            point_limit: 500,
          }),
      ]),
    ),
    ...Object.fromEntries(
      versions.map((entry) => [`GET /api/v1/model-versions/${entry.id}/`, () => Response.json(entry)]),
    ),
    "GET /api/v1/model-versions/compare/": ({ query }) => {
      const [a, b] = [query.get("a"), query.get("b")].map((id) =>
        versions.find((candidate) => candidate.id === Number(id)),
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
    const hands = await show(<ComparePage />, { address: "/compare?versions=1,2,3" });
    const table = await screen.findByRole("table", { name: "Comparison" });
    expect(within(table).getAllByRole("columnheader")).toHaveLength(3);
    const row = await within(table).findByRole("row", { name: /^≠ Accuracy/ });
    expect(row).toHaveTextContent("80.0% (78.0% – 82.0%)90.0% (88.0% – 92.0%)70.0% (68.0% – 72.0%)");
    await hands.click(screen.getByRole("tab", { name: "Paired differences" }));
    expect(await screen.findByText("B is better by +10.0 (+5.0 … +15.0) pp (Accuracy).")).toBeInTheDocument();
  });

  it("opens at the difference of two that were evaluated on the same test set", async () => {
    serveVersions(version(1, 0.8), version(2, 0.9));
    await show(<ComparePage />, { address: "/compare?versions=1,2" });
    expect(await screen.findByText("B is better by +10.0 (+5.0 … +15.0) pp (Accuracy).")).toBeInTheDocument();
    expect(screen.getByRole("tab", { selected: true })).toHaveTextContent("Paired differences");
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
    expect(screen.getByRole("combobox", { name: "Versions and MLflow runs" })).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Open models" })).toHaveAttribute("href", "/models");
  });

  it("sets a run of the MLflow client beside a version, and can show only what differs", async () => {
    serveVersions(version(1, 0.8));
    const hands = await show(<ComparePage />, { address: "/compare?versions=1&runs=ab12" });
    const table = await screen.findByRole("table", { name: "Comparison" });
    expect(within(table).getByRole("link", { name: "from a notebook" })).toHaveAttribute(
      "href",
      "/experiments/runs/ab12",
    );
    expect(await within(table).findByRole("row", { name: "≠ C 1 4" })).toBeInTheDocument();
    expect(within(table).getByRole("row", { name: "Project Ripeness Ripeness" })).toBeInTheDocument();
    await hands.click(screen.getByRole("switch", { name: "Only what differs" }));
    expect(within(table).queryByRole("row", { name: /^Project/ })).not.toBeInTheDocument();
  });

  it("lays the curves of all over each other", async () => {
    serveVersions(version(1, 0.8), version(2, 0.9));
    await show(<ComparePage />, { address: "/compare?versions=1,2&runs=ab12&tab=curves" });
    const figure = await screen.findByRole("figure", { name: "Training loss" });
    expect(await within(figure).findByRole("button", { name: "probe v2" })).toBeInTheDocument();
    expect(within(figure).getByRole("button", { name: "from a notebook" })).toBeInTheDocument();
  });

  it("draws what leads to what, read out by keys, or as a table", async () => {
    serveVersions(version(1, 0.8), version(2, 0.9));
    const hands = await show(<ComparePage />, { address: "/compare?versions=1,2&tab=parallel" });
    const area = await screen.findByRole("group", { name: "Parallel coordinates" });
    area.focus();
    await hands.keyboard("{ArrowDown}{ArrowDown}");
    expect(within(area).getByRole("status")).toHaveTextContent("probe v2: C 2; Accuracy 0.9");
    await hands.click(screen.getByRole("button", { name: "View as table" }));
    expect(screen.getByRole("row", { name: "probe v1 1 0.8" })).toBeInTheDocument();
  });

  it("opens the examples behind a cell of a matrix", async () => {
    serveVersions(version(1, 0.8), version(2, 0.9));
    const hands = await show(<ComparePage />, { address: "/compare?versions=1,2&tab=confusion" });
    const matrix = await screen.findByRole("region", { name: "probe v1" });
    expect(within(matrix).getByText("90%")).toBeInTheDocument();
    await hands.click(within(matrix).getByRole("button", { name: "10 items of Ripe predicted as Raw" }));
    const drawer = await screen.findByRole("dialog", { name: "probe v1" });
    expect(await within(drawer).findByRole("img", { name: "apple.png" })).toBeInTheDocument();
    await hands.keyboard("{Escape}");
    await waitFor(() => expect(drawer).not.toBeInTheDocument());
    await hands.click(within(matrix).getByRole("button", { name: "90 items of Ripe predicted correctly" }));
    expect(await screen.findByText("Predicted: Ripe")).toBeInTheDocument();
  });

  it("reads each version of the address once", () => {
    expect(comparedVersions(new URLSearchParams("versions=3,1,3,x,-2"))).toEqual([3, 1]);
    expect(comparedRuns(new URLSearchParams("runs=ab12,ab12,../x"))).toEqual(["ab12"]);
  });
});
