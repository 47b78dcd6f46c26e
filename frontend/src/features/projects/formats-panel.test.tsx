import { screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Schemas } from "../../shared/api/client";
import { show } from "../../shared/testing/render";
import { listed, serve } from "../../shared/testing/server";
import { ExportFormats, FormatsPanel } from "./formats-panel";

const PROJECT = { id: 2 } as Schemas["ProjectDetail"];

function serveFormats() {
  serve({
    "GET /api/v1/projects/2/formats/": () =>
      listed([
        { key: "jsonl", title: "JSON lines", suffix: "jsonl", loses: [] },
        { key: "yolo", title: "YOLO", suffix: "zip", loses: ["attributes", "ids of regions"] },
      ]),
    "GET /api/v1/projects/2/snapshots/": () =>
      listed([
        { id: 8, version: 2, state: "ready", item_count: 640 },
        { id: 9, version: 3, state: "building", item_count: 0 },
      ]),
  });
}

describe("the export of labels", () => {
  it("says of each format what it loses, and exports a snapshot where one is chosen", async () => {
    serveFormats();
    const hands = await show(<ExportFormats project={PROJECT} />);
    const row = await screen.findByRole("row", { name: /YOLO/ });
    expect(row).toHaveTextContent("attributes; ids of regions");
    const link = () => within(row).getByRole("link", { name: "Export as YOLO" });
    expect(link()).toHaveAttribute("href", "/api/v1/projects/2/export/?format=yolo");
    await hands.click(screen.getByRole("combobox", { name: "Labels of" }));
    expect(screen.queryByRole("option", { name: /v3/ })).not.toBeInTheDocument();
    await hands.click(await screen.findByRole("option", { name: "Snapshot v2 (640 items)" }));
    expect(link()).toHaveAttribute("href", "/api/v1/projects/2/export/?format=yolo&snapshot_id=8");
  });

  it("stands beside an import for who may change the project alone", async () => {
    serveFormats();
    await show(<FormatsPanel project={PROJECT} />);
    expect(await screen.findByRole("row", { name: /YOLO/ })).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Import labels…" })).not.toBeInTheDocument();
  });
});
