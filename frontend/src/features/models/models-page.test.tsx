import { screen, within } from "@testing-library/react";
import { Route, Routes, useLocation } from "react-router";
import { describe, expect, it } from "vitest";
import { show } from "../../shared/testing/render";
import { listed, serve } from "../../shared/testing/server";
import { ModelsPage } from "./models-page";

function model(id: number, name: string) {
  return {
    id,
    project_id: 2,
    project: "Ripeness",
    name,
    description: "",
    latest_version: 3,
    latest_version_id: 10 + id,
    version_count: 3,
    aliases: { champion: 2 },
    deployments: ["shop"],
    metrics: {},
    created_at: "2026-01-01T00:00:00Z",
  };
}

function Address() {
  const { pathname, search } = useLocation();
  return <p>{pathname + search}</p>;
}

const page = (
  <Routes>
    <Route path="/" element={<ModelsPage />} />
    <Route path="*" element={<Address />} />
  </Routes>
);

describe("the list of models", () => {
  it("leads from selected rows to their comparison", async () => {
    serve({
      "GET /api/v1/metrics/": () => listed([]),
      "GET /api/v1/models/": () => listed([model(1, "probe"), model(2, "cnn")]),
    });
    const hands = await show(page, { scopes: ["models.read"] });
    const row = await screen.findByRole("row", { name: /probe/ });
    expect(row).toHaveTextContent("champion → v2");
    expect(within(row).getByRole("link", { name: "shop" })).toHaveAttribute("href", "/deployments/shop");
    const compare = screen.getByRole("button", { name: "Compare latest versions" });
    await hands.click(screen.getByRole("checkbox", { name: "Select probe" }));
    expect(compare).toBeDisabled();
    await hands.click(screen.getByRole("checkbox", { name: "Select cnn" }));
    await hands.click(compare);
    expect(await screen.findByText("/compare?versions=11,12")).toBeInTheDocument();
  });

  it("asks nothing that a customer may not see", async () => {
    const asked: string[] = [];
    serve({
      "GET /api/v1/metrics/": () => listed([]),
      "GET /api/v1/models/": () => listed([]),
      "GET /api/v1/segmentation-models/": () => {
        asked.push("segmentation models");
        return listed([]);
      },
    });
    await show(page, { scopes: ["models.read", "models.predict", "contracts.read"] });
    expect(await screen.findByText("No models yet")).toBeInTheDocument();
    expect(asked).toEqual([]);
  });
});
