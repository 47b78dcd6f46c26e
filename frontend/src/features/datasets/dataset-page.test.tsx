import { cleanup, screen, waitFor, within } from "@testing-library/react";
import { Route, Routes } from "react-router";
import { describe, expect, it } from "vitest";
import type { Schemas } from "../../shared/api/client";
import { show } from "../../shared/testing/render";
import { listed, problem, serve } from "../../shared/testing/server";
import { DatasetPage } from "./dataset-page";
import { DatasetImportsPage } from "./imports-page";
import { DatasetSettingsPage } from "./settings-page";

const DATASET: Schemas["DatasetOut"] = {
  id: 7,
  name: "Fruit",
  note: "Orchard of 2026",
  retention_days: null,
  items: 2,
  created_at: "2026-01-01T00:00:00Z",
  deleted_at: null,
  erased_at: null,
  etag: "one",
};

function item(id: number, name: string, more: Partial<Schemas["ItemOut"]> = {}): Schemas["ItemOut"] {
  return {
    id,
    name,
    uri: "",
    excerpt: "",
    meta: {},
    asset_id: null,
    media_type: "image",
    facts: {},
    width: null,
    height: null,
    created_at: "2026-01-01T00:00:00Z",
    ...more,
  };
}

const TEXT = item(1, "a.txt", { uri: "text:abc", excerpt: "The plum is ripe.", media_type: "text" });
const PICTURE = item(2, "b.png", { asset_id: 5, width: 640, height: 480, meta: { field: "north" } });

function page(path: string) {
  return (
    <Routes>
      <Route path="/datasets/:datasetId" element={<DatasetPage />} />
      <Route path="/datasets/:datasetId/imports" element={<DatasetImportsPage />} />
      <Route path="/datasets/:datasetId/settings" element={<DatasetSettingsPage />} />
      <Route path="*" element={path} />
    </Routes>
  );
}

function serveItems(items = [TEXT, PICTURE]) {
  serve({
    "GET /api/v1/datasets/7/": () => Response.json(DATASET),
    "GET /api/v1/datasets/7/items/": () => listed(items),
    "GET /api/v1/datasets/7/items/facets/": () =>
      Response.json({ count: items.length, is_complete: true, meta: [{ value: "field:north", count: 1 }] }),
  });
}

describe("the items of a dataset", () => {
  it("are filtered by metadata, with how many items each value has", async () => {
    serveItems();
    const asked: (string | null)[] = [];
    serve({
      "GET /api/v1/datasets/7/items/": ({ query }) => {
        asked.push(query.get("meta"));
        return listed([PICTURE]);
      },
    });
    const hands = await show(page("elsewhere"), { address: "/datasets/7" });
    await hands.click(await screen.findByRole("combobox", { name: "Metadata" }));
    await hands.click(await screen.findByRole("option", { name: "field: north (1)" }));
    await waitFor(() => expect(asked).toContain("field:north"));
  });

  it("show texts by their words, and each opens with its metadata and what uses it", async () => {
    serveItems();
    serve({
      "GET /api/v1/projects/": ({ query }) =>
        query.get("dataset_id") === "7" && query.get("state") === "all"
          ? listed([{ id: 3, name: "Ripeness" }])
          : listed([]),
      "GET /api/v1/items/1/models/": () => listed([]),
      "GET /api/v1/items/2/models/": () =>
        listed([{ id: 9, name: "probe", version: 4, aliases: ["champion"], deployments: [] }]),
    });
    const hands = await show(page("elsewhere"), {
      address: "/datasets/7",
      scopes: ["runs.read", "snapshots.read"],
    });
    const list = await screen.findByRole("list", { name: "Items" });
    expect(within(list).getAllByRole("button")[0]).toHaveTextContent("The plum is ripe.");
    await hands.click(within(list).getByRole("button", { name: /b\.png/ }));
    const drawer = await screen.findByRole("dialog", { name: "b.png" });
    expect(drawer).toHaveTextContent("640 × 480");
    expect(drawer).toHaveTextContent("fieldnorth");
    expect(await within(drawer).findByRole("link", { name: "Ripeness" })).toHaveAttribute(
      "href",
      "/projects/3",
    );
    expect(await within(drawer).findByRole("link", { name: "probe v4" })).toHaveAttribute(
      "href",
      "/versions/9",
    );
    await hands.click(within(drawer).getByRole("button", { name: "Previous item" }));
    expect(await screen.findByRole("dialog", { name: "a.txt" })).toHaveTextContent("The plum is ripe.");
    expect(await screen.findByText("No model was trained on this item.")).toBeInTheDocument();
  });

  it("are searched by the server, and an empty answer offers the way back", async () => {
    serveItems();
    serve({
      "GET /api/v1/datasets/7/items/": ({ query }) =>
        query.get("search") === "plum" && query.get("ordering") === "name" ? listed([]) : listed([TEXT]),
    });
    await show(page("elsewhere"), { address: "/datasets/7?search=plum&ordering=name" });
    expect(await screen.findByText("No item matches.")).toBeInTheDocument();
    expect(screen.getAllByRole("button", { name: "Clear filters" })).not.toHaveLength(0);
  });

  it("can be selected for erasure by who may erase alone", async () => {
    serveItems();
    await show(page("elsewhere"), { address: "/datasets/7", scopes: ["data.read"] });
    await screen.findByRole("list", { name: "Items" });
    expect(screen.queryByRole("checkbox")).not.toBeInTheDocument();
  });

  it("lead an empty dataset to its import", async () => {
    serveItems([]);
    await show(page("elsewhere"), { address: "/datasets/7", scopes: ["data.write"] });
    expect(await screen.findByText("No items yet")).toBeInTheDocument();
    for (const link of screen.getAllByRole("link", { name: "Import data" }))
      expect(link).toHaveAttribute("href", "/datasets/7/imports");
  });
});

const UPLOAD = {
  id: 4,
  dataset_id: 7,
  state: "started",
  files: 2,
  added: 0,
  duplicates: 1,
  rejected: 2,
  created_by: "Sora",
  created_at: "2026-01-01T00:00:00Z",
  job: { id: 1, state: "failed", result: {}, error: "Nothing was taken in.", kind: "ingest" },
};

describe("the imports of a dataset", () => {
  it("say of each rejected file why, and offer the list", async () => {
    serve({
      "GET /api/v1/datasets/7/": () => Response.json(DATASET),
      "GET /api/v1/datasets/7/uploads/": () => listed([UPLOAD]),
      "GET /api/v1/uploads/4/": () =>
        Response.json({
          ...UPLOAD,
          staged: [],
          findings: [{ name: "old.txt", code: "not_utf8", message: "Line 1 is not UTF-8." }],
        }),
    });
    const hands = await show(page("elsewhere"), { address: "/datasets/7/imports" });
    const row = await screen.findByRole("row", { name: /Sora/ });
    expect(row).toHaveTextContent("failed");
    await hands.click(within(row).getByRole("button", { name: "2" }));
    const drawer = await screen.findByRole("dialog", { name: "Import" });
    expect(
      await within(drawer).findByText("0 imported, 1 duplicate skipped, 2 rejected"),
    ).toBeInTheDocument();
    const reasons = within(drawer).getByRole("list", { name: "Rejected files" });
    expect(reasons).toHaveTextContent("old.txt Line 1 is not UTF-8.");
    const link = within(drawer).getByRole("link", { name: "Download list (CSV)" });
    expect(decodeURIComponent(link.getAttribute("href") ?? "")).toContain('"old.txt","not_utf8"');
    expect(within(drawer).queryByRole("link", { name: "View items" })).not.toBeInTheDocument();
  });
});

describe("the settings of a dataset", () => {
  it("rename it with the state that was seen, and show why the server refuses", async () => {
    const bodies: unknown[] = [];
    serve({
      "GET /api/v1/datasets/7/": () => Response.json(DATASET),
      "PATCH /api/v1/datasets/7/": ({ body }) => {
        bodies.push(body);
        return problem(409, "dataset_name_taken", "There is a dataset named “Nuts” already.");
      },
    });
    const hands = await show(page("elsewhere"), { address: "/datasets/7/settings", scopes: ["data.write"] });
    const name = await screen.findByLabelText(/^Name/);
    await hands.clear(name);
    await hands.type(name, "Nuts");
    await hands.click(screen.getByRole("button", { name: "Save changes" }));
    await waitFor(() =>
      expect(screen.getByRole("alert")).toHaveTextContent("There is a dataset named “Nuts”"),
    );
    expect(bodies).toEqual([{ name: "Nuts", note: "Orchard of 2026" }]);
    expect(screen.queryByLabelText("Retention period (days)")).not.toBeInTheDocument();
  });
});

describe("deleting a dataset", () => {
  it("names what it costs and who uses it, and waits until no active project does", async () => {
    serveItems();
    let projects = [{ id: 3, name: "Ripeness", archived: false }];
    const calls: string[] = [];
    serve({
      "GET /api/v1/projects/": () => listed(projects),
      "DELETE /api/v1/datasets/7/": () => {
        calls.push("deleted");
        return Response.json({ ...DATASET, deleted_at: "2026-03-01T00:00:00Z" });
      },
    });
    const scopes = ["data.write", "data.erase"];
    const first = await show(page("elsewhere"), { address: "/datasets/7/settings", scopes });
    expect(await screen.findByRole("link", { name: "Ripeness" })).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Delete dataset…" })).toBeDisabled();
    await first.keyboard("{Escape}");
    cleanup();
    projects = [{ id: 3, name: "Ripeness", archived: true }];
    const hands = await show(page("elsewhere"), { address: "/datasets/7/settings", scopes });
    const button = await screen.findByRole("button", { name: "Delete dataset…" });
    await waitFor(() => expect(button).toBeEnabled());
    await hands.click(button);
    const question = await screen.findByRole("alertdialog", { name: "Delete dataset “Fruit”?" });
    expect(question).toHaveTextContent("2 items leave the lists now and are erased for good in 30 days.");
    expect(question).toHaveTextContent("Archived projects use it: Ripeness.");
    await hands.click(within(question).getByRole("button", { name: "Delete dataset" }));
    await waitFor(() => expect(calls).toEqual(["deleted"]));
  });

  it("leaves a notice with the way back", async () => {
    serveItems([]);
    serve({
      "GET /api/v1/datasets/7/": () =>
        Response.json({
          ...DATASET,
          deleted_at: "2026-03-01T00:00:00Z",
          erased_at: "2026-03-31T00:00:00Z",
        }),
    });
    let isRestored = false;
    serve({
      "POST /api/v1/datasets/7/restore/": () => {
        isRestored = true;
        return Response.json(DATASET);
      },
    });
    const hands = await show(page("elsewhere"), { address: "/datasets/7", scopes: ["data.erase"] });
    expect(await screen.findByText(/This dataset is deleted/)).toHaveTextContent("Mar 31, 2026");
    await hands.click(screen.getByRole("button", { name: "Restore" }));
    await waitFor(() => expect(isRestored).toBe(true));
  });
});
