import { screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { BOXES, projectType } from "../../shared/testing/project-types";
import { show } from "../../shared/testing/render";
import { listed, problem, serve } from "../../shared/testing/server";
import { NewProject } from "./new-project";

const KEYPOINTS = projectType("keypoints", {
  title: "Keypoints / pose",
  geometries: ["skeleton"],
  default_target: 0.8,
});
const DATASETS = [{ id: 7, name: "Street", items: 1 }];

const SAMPLE = {
  kind: "keypoints",
  name: "Gauge reading",
  dataset_name: "Gauges, 20 pictures",
  item_count: 20,
  labels: [
    {
      id: "gauge",
      name: "Gauge",
      color: "#2457d6",
      key: "1",
      shape: "",
      parent: "",
      skeleton: { points: ["hub", "tip"], edges: [[0, 1]] },
    },
  ],
  attributes: [],
  guideline: "Four points.",
};

function serveForm(datasets: object[] = DATASETS): unknown[] {
  const sent: unknown[] = [];
  serve({
    "GET /api/v1/project-types/": () => listed([BOXES, KEYPOINTS]),
    "GET /api/v1/datasets/": () => listed(datasets),
    "GET /api/v1/samples/": () => listed([SAMPLE]),
    "POST /api/v1/projects/": ({ body }) => {
      sent.push(body);
      return problem(409, "project_name_taken", "Another project has this name.");
    },
  });
  return sent;
}

describe("the new project", () => {
  it("sends name, dataset, type, labels and target, and says why it is refused", async () => {
    const sent = serveForm();
    const hands = await show(<NewProject />, { address: "/projects/new" });
    await hands.type(await screen.findByRole("textbox", { name: /^Name/ }), "Traffic");
    for (const label of ["Car", "Bus"])
      await hands.type(screen.getByLabelText("New label"), `${label}{Enter}`);
    await hands.click(screen.getByRole("button", { name: "Create project" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("Another project has this name.");
    expect(sent).toMatchObject([
      {
        name: "Traffic",
        kind: "boxes",
        dataset_id: 7,
        target: 0.9,
        labels: [
          { id: "car", name: "Car", key: "1" },
          { id: "bus", name: "Bus", key: "2" },
        ],
      },
    ]);
  });

  it("fills in a template of the chosen type, with its target", async () => {
    const sent = serveForm();
    const hands = await show(<NewProject />, { address: "/projects/new" });
    await hands.type(await screen.findByRole("textbox", { name: /^Name/ }), "Poses");
    await hands.click(screen.getByRole("radio", { name: "Keypoints / pose" }));
    await hands.click(screen.getByRole("button", { name: /Hand \(6 points\)/ }));
    expect(screen.getByRole("img", { name: /Keypoints: wrist, thumb/ })).toBeInTheDocument();
    await hands.click(screen.getByRole("button", { name: "Create project" }));
    await screen.findByRole("alert");
    expect(sent).toMatchObject([{ kind: "keypoints", target: 0.8, labels: [{ name: "Hand" }] }]);
  });

  it("begins with name, labels and guidelines of the sample data that the dataset holds", async () => {
    const sent = serveForm([...DATASETS, { id: 8, name: SAMPLE.dataset_name, items: 20 }]);
    const hands = await show(<NewProject />, { address: "/projects/new?type=keypoints&dataset=8" });
    expect(await screen.findByRole("textbox", { name: /^Name(?! of)/ })).toHaveValue("Gauge reading");
    await hands.click(screen.getByRole("button", { name: "Create project" }));
    await screen.findByRole("alert");
    expect(sent).toMatchObject([
      { kind: "keypoints", dataset_id: 8, guideline: "Four points.", labels: [{ id: "gauge" }] },
    ]);
  });

  it("sends nothing without a label, and says what is missing", async () => {
    const sent = serveForm();
    const hands = await show(<NewProject />, { address: "/projects/new" });
    await hands.type(await screen.findByRole("textbox", { name: /^Name/ }), "Empty");
    await hands.click(screen.getByRole("button", { name: "Create project" }));
    expect(screen.getByRole("alert")).toHaveTextContent("Add at least one label.");
    expect(sent).toEqual([]);
  });

  it("moves a label by the arrow keys, and tells where it is", async () => {
    serveForm();
    const hands = await show(<NewProject />, { address: "/projects/new" });
    await screen.findByRole("textbox", { name: /^Name/ });
    for (const label of ["Car", "Bus"])
      await hands.type(screen.getByLabelText("New label"), `${label}{Enter}`);
    screen.getByRole("button", { name: "Move Bus" }).focus();
    await hands.keyboard("{ArrowUp}");
    const rows = within(screen.getByRole("list", { name: "Labels" })).getAllByRole("listitem");
    expect(rows.map((row) => within(row).getByRole("textbox", { name: /^Name of/ }))).toMatchObject([
      { value: "Bus" },
      { value: "Car" },
    ]);
    expect(screen.getByText("Bus is label 1 of 2")).toBeInTheDocument();
  });

  it("leads to the datasets where there is none", async () => {
    serveForm([]);
    await show(<NewProject />, { address: "/projects/new" });
    expect(await screen.findByRole("link", { name: "Import data" })).toHaveAttribute("href", "/datasets");
  });
});
