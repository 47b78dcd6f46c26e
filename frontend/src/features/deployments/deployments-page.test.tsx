import { screen, waitFor, within } from "@testing-library/react";
import { Route, Routes } from "react-router";
import { describe, expect, it } from "vitest";
import { show } from "../../shared/testing/render";
import { listed, serve } from "../../shared/testing/server";
import { DeploymentPage } from "./deployment-page";
import { DeploymentsPage } from "./deployments-page";

const ROW = {
  id: 1,
  project_id: 2,
  project_name: "Ripeness",
  name: "shop",
  model_name: "probe",
  alias: "champion",
  version_id: 9,
  version: 4,
  shadow_version_id: null,
  shadow_version_name: "",
  confidence_threshold: null,
  sample_fraction: 0,
  is_running: true,
  state: "starting",
  error: "",
  replicas: [],
  prediction_count_24h: 1200,
  created_at: "2026-01-01T00:00:00Z",
  etag: "one",
};
const DETAIL = {
  ...ROW,
  hourly_stats: [],
  drift: [],
  shadow_comparison: null,
  label_counts: {},
  feedback: {
    pending_count: 0,
    imported_count: 0,
    failed_count: 0,
    annotated_count: 0,
    correct_count: 0,
    low: 0,
    high: 0,
  },
};

describe("deployments", () => {
  it("that just began are starting, not broken", async () => {
    serve({ "GET /api/v1/deployments/": () => listed([ROW]) });
    await show(<DeploymentsPage />, { scopes: ["models.read"] });
    const row = await screen.findByRole("row", { name: /^shop/ });
    const state = within(row).getByText("Starting");
    expect(state).toHaveAttribute("data-state", "starting");
    expect(state).not.toHaveClass("state-failed");
    expect(within(row).getByRole("link", { name: "probe v4" })).toHaveAttribute("href", "/versions/9");
  });

  it("are deleted only after a question that names what is lost", async () => {
    const deleted: string[] = [];
    serve({
      "GET /api/v1/deployments/shop/": () => Response.json(DETAIL),
      "GET /api/v1/model-versions/": () => listed([]),
      "DELETE /api/v1/deployments/shop/": () => {
        deleted.push("shop");
        return new Response(null, { status: 204 });
      },
    });
    const hands = await show(
      <Routes>
        <Route path="/deployments/:name" element={<DeploymentPage />} />
        <Route path="/deployments" element="the list" />
      </Routes>,
      { address: "/deployments/shop?tab=settings", scopes: ["models.read", "models.write"] },
    );
    await hands.click(await screen.findByRole("button", { name: "Delete deployment…" }));
    const question = await screen.findByRole("alertdialog", { name: "Delete deployment shop?" });
    expect(question).toHaveTextContent("It can be restored for 30 days");
    expect(deleted).toEqual([]);
    await hands.click(within(question).getByRole("button", { name: "Delete deployment" }));
    await waitFor(() => expect(screen.getByText("the list")).toBeInTheDocument());
    expect(deleted).toEqual(["shop"]);
  });

  it("that were deleted are restored from the list", async () => {
    const restored: string[] = [];
    serve({
      "GET /api/v1/deployments/": ({ query }) =>
        listed(
          query.get("state") === "deleted"
            ? [{ ...DETAIL, deleted_at: "2026-03-01T00:00:00Z", purged_at: "2026-03-31T00:00:00Z" }]
            : [],
        ),
      "POST /api/v1/deployments/shop/restore/": () => {
        restored.push("shop");
        return Response.json(DETAIL);
      },
    });
    const hands = await show(<DeploymentsPage />, {
      address: "/deployments?state=deleted",
      scopes: ["models.read", "models.write"],
    });
    const row = await screen.findByRole("row", { name: /shop/ });
    expect(row).toHaveTextContent("Deleted");
    expect(within(row).queryByRole("link", { name: "shop" })).not.toBeInTheDocument();
    await hands.click(within(row).getByRole("button", { name: "Restore shop" }));
    await waitFor(() => expect(restored).toEqual(["shop"]));
  });

  it("offer no settings to who may only look", async () => {
    serve({ "GET /api/v1/deployments/shop/": () => Response.json(DETAIL) });
    await show(
      <Routes>
        <Route path="/deployments/:name" element={<DeploymentPage />} />
      </Routes>,
      { address: "/deployments/shop", scopes: ["models.read"] },
    );
    expect(await screen.findByRole("tab", { name: "Overview" })).toBeInTheDocument();
    expect(screen.queryByRole("tab", { name: "Settings" })).not.toBeInTheDocument();
  });
});
