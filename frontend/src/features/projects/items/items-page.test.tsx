import { Notifications } from "@mantine/notifications";
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Schemas } from "../../../shared/api/client";
import { BOXES } from "../../../shared/testing/project-types";
import { show } from "../../../shared/testing/render";
import { listed, serve } from "../../../shared/testing/server";
import type { Project } from "../project-frame";
import { Items } from "./items-page";
import { maskPath } from "./mark-shape";

const LABELS: Schemas["LabelOut"][] = [
  { id: "car", name: "Car", color: "#112233", key: "", shape: "box", skeleton: null },
  { id: "bus", name: "Bus", color: "#332211", key: "", shape: "box", skeleton: null },
];

const PROJECT = {
  id: 3,
  name: "Streets",
  dataset_id: 7,
  project_type: BOXES,
  labels: LABELS,
  attributes: [],
  archived: false,
  conflict_count: 0,
  tasks: { open: 0, review: 0, done: 3, skipped: 0 },
} as unknown as Project;

function row(id: number): Schemas["TaskRow"] {
  return {
    id,
    item_id: id,
    state: "done",
    name: `street-${id}.png`,
    image: `/thumbnail/${id}`,
    text: "",
    value: { counts: { car: 1 } },
    marks: [{ label: "car", shape: "mask", x: 0, y: 0, w: 4, h: 2, cell: 2, columns: 2, rle: [1, 1] }],
    width: 40,
    height: 20,
    annotator: "Aoi",
    agreement: null,
    priority: 0,
    assignee_id: null,
    assignee: "",
    team_id: null,
    team: "",
    skip_reason: "",
  };
}

function task(id: number) {
  return {
    id,
    project_id: 3,
    item: {
      id,
      name: `street-${id}.png`,
      meta: {},
      image: `/picture/${id}`,
      text: "",
      width: 40,
      height: 20,
    },
    draft: null,
    annotation: null,
    annotation_id: 0,
    pre_annotation: { value: { regions: [] }, score: 0.9, model: "detector v1" },
    unresolved_comments: 0,
  };
}

function event(id: number, actor: string) {
  return {
    created_at: `2026-03-0${id}T00:00:00Z`,
    actor,
    type: "annotation:person",
    value: { regions: [] },
    text: "",
    annotation_id: id,
    schema_version: 1,
    guideline_version: 1,
  };
}

const BOX = { label: "car", shape: "box", x: 1, y: 1, w: 5, h: 5 };

const FACETS: Schemas["TaskFacets"] = {
  count: 3,
  is_complete: true,
  state: [{ value: "done", count: 3 }],
  label: [{ value: "car", count: 2 }],
  annotator_id: [],
  team_id: [],
  attribute: [{ value: "occluded:true", count: 1 }],
  meta: [{ value: "site:north", count: 2 }],
  confidence: [{ value: "95-100", count: 3 }],
  split: [{ value: "none", count: 3 }],
};

function serveTasks() {
  serve({
    "GET /api/v1/projects/3/tasks/facets/": () => Response.json(FACETS),
    "GET /api/v1/projects/3/tasks/": ({ query }) =>
      query.get("cursor") === "more" ? listed([row(3)]) : listed([row(1), row(2)], "more"),
    ...Object.fromEntries([1, 2, 3].map((id) => [`GET /api/v1/tasks/${id}/`, () => Response.json(task(id))])),
    ...Object.fromEntries(
      [1, 2, 3].map((id) => [
        `GET /api/v1/tasks/${id}/history/`,
        () => listed([event(1, "Aoi"), event(2, "Ren")]),
      ]),
    ),
    "GET /api/v1/tasks/1/difference/": ({ query }) =>
      Response.json({
        similarity: query.get("second") === "prediction" ? 0.25 : 0.5,
        same_count: 1,
        changed_count: 1,
        only_first_count: 1,
        only_second_count: 0,
        parts: [
          {
            part: "region",
            state: "changed",
            changes: ["label", "geometry"],
            similarity: 0.8,
            first: BOX,
            second: { ...BOX, label: "bus" },
          },
          { part: "region", state: "only_first", changes: [], similarity: null, first: BOX, second: null },
          { part: "region", state: "same", changes: [], similarity: 1, first: BOX, second: BOX },
        ],
      }),
  });
}

describe("an item beside the list", () => {
  it("goes on to its neighbors by key, also to those of the next page", async () => {
    serveTasks();
    const hands = await show(<Items project={PROJECT} />, { address: "/projects/3/items?item=1" });
    expect(await screen.findByRole("dialog", { name: "street-1.png" })).toBeInTheDocument();
    await hands.keyboard("j");
    expect(await screen.findByRole("dialog", { name: "street-2.png" })).toBeInTheDocument();
    await hands.keyboard("{ArrowRight}");
    const last = await screen.findByRole("dialog", { name: "street-3.png" });
    expect(within(last).getByText("3 of 3")).toBeInTheDocument();
    expect(within(last).getByRole("button", { name: "Next item" })).toBeDisabled();
    await hands.keyboard("k");
    expect(await screen.findByRole("dialog", { name: "street-2.png" })).toBeInTheDocument();
  });

  it("compares two of its annotations, and any of them with the prediction", async () => {
    serveTasks();
    const hands = await show(<Items project={PROJECT} />, { address: "/projects/3/items?item=1" });
    const drawer = await screen.findByRole("dialog", { name: "street-1.png" });
    await hands.click(await within(drawer).findByRole("tab", { name: "Compare" }));
    expect(await within(drawer).findByText(/Similarity 25%/)).toHaveTextContent(
      "Similarity 25% · 1 changed · 1 only in A · 1 the same",
    );
    const table = within(drawer).getByRole("table", { name: "Differences" });
    expect(within(table).getByText("Car → Bus")).toBeInTheDocument();
    expect(within(table).getByText("Label changed, Moved, similarity 80%")).toBeInTheDocument();
    expect(within(table).getByText("Only in A")).toBeInTheDocument();
    expect(within(table).queryByText("Same")).not.toBeInTheDocument();
    await hands.click(within(drawer).getByRole("switch", { name: "Show what is the same (1)" }));
    expect(within(table).getByText("Same")).toBeInTheDocument();
    await hands.click(within(drawer).getByRole("combobox", { name: "Annotation B" }));
    await hands.click(await screen.findByRole("option", { name: /Aoi/ }));
    expect(await within(drawer).findByText(/Similarity 50%/)).toBeInTheDocument();
  });
});

describe("the filters of items", () => {
  it("say how many items each choice would leave, and keep rare ones behind a button", async () => {
    serveTasks();
    const asked: string[] = [];
    serve({
      "GET /api/v1/projects/3/tasks/": ({ query }) => {
        asked.push(query.get("meta") ?? "");
        return listed([row(1)]);
      },
    });
    const hands = await show(<Items project={PROJECT} />, { address: "/projects/3/items" });
    await hands.click(await screen.findByRole("combobox", { name: "Label" }));
    expect(await screen.findByRole("option", { name: "Car (2)" })).toBeInTheDocument();
    expect(screen.getByRole("option", { name: "Bus (0)" })).toBeInTheDocument();
    await hands.click(screen.getByRole("combobox", { name: "Metadata" }));
    await hands.click(await screen.findByRole("option", { name: "site: north (2)" }));
    expect(asked.at(-1)).toBe("site:north");
    expect(screen.queryByRole("combobox", { name: "Split" })).not.toBeInTheDocument();
    await hands.click(screen.getByRole("button", { name: "More filters" }));
    await hands.click(await screen.findByRole("combobox", { name: "Confidence of the prediction" }));
    expect(await screen.findByRole("option", { name: "95–100% (3)" })).toBeInTheDocument();
  });
});

describe("a mask on a thumbnail", () => {
  it("is drawn cell by cell, also where a run goes on in the next row", async () => {
    expect(maskPath({ x: 10, y: 20, cell: 2, columns: 3, rle: [2, 2, 2] })).toBe(
      "M14 20h2v2h-2zM10 22h2v2h-2z",
    );
    serveTasks();
    await show(<Items project={PROJECT} />, { address: "/projects/3/items" });
    const list = await screen.findByRole("list", { name: "Items" });
    expect(list.querySelectorAll('[data-shape="mask"]')).not.toHaveLength(0);
  });

  it("correct a wrong label where it is seen, and take that back", async () => {
    const sent: unknown[] = [];
    const wrong = { ...row(1), value: { label: "car" } };
    serveTasks();
    serve({
      "GET /api/v1/projects/3/tasks/": () => listed([wrong]),
      "GET /api/v1/tasks/1/": () => Response.json(task(1)),
      "GET /api/v1/tasks/1/history/": () => listed([]),
      "GET /api/v1/tasks/1/review/": () =>
        Response.json({
          annotation_id: 40 + sent.length,
          task: { annotation: { label: "car", attributes: { wet: true } } },
        }),
      "POST /api/v1/tasks/1/review/": ({ body }) => {
        sent.push(body);
        return Response.json({}, { status: 201 });
      },
    });
    const hands = await show(
      <>
        <Items project={PROJECT} />
        <Notifications />
      </>,
      { address: "/projects/3/items?item=1", scopes: ["labels.review"] },
    );
    const drawer = await screen.findByRole("dialog", { name: "street-1.png" });
    await hands.click(within(drawer).getByRole("combobox", { name: "Correct the label" }));
    await hands.click(await screen.findByRole("option", { name: "Bus" }));
    await waitFor(() =>
      expect(sent).toEqual([
        { annotation_id: 40, verdict: "corrected", value: { label: "bus", attributes: { wet: true } } },
      ]),
    );
    await hands.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(sent[1]).toMatchObject({ annotation_id: 41, value: { label: "car" } }));
  });
});
