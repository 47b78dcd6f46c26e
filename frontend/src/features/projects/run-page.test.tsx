import { screen } from "@testing-library/react";
import { Route, Routes } from "react-router";
import { describe, expect, it } from "vitest";
import { evaluation } from "../../shared/testing/contracts";
import { show } from "../../shared/testing/render";
import { listed, problem, serve } from "../../shared/testing/server";
import { RunPage } from "./run-page";

const { job } = evaluation("pass", { value: 1, low: 1, high: 1, p_value: 0 });

async function open(state: string, error = "") {
  serve({
    "GET /api/v1/runs/4/": () =>
      Response.json({
        id: 4,
        project_id: 3,
        snapshot_id: 1,
        snapshot_version: 2,
        recipe: "image_cnn",
        params: { epochs: 20 },
        seed: 7,
        mlflow_run_id: "",
        created_at: "2026-01-03T00:00:00Z",
        job: {
          ...job,
          state,
          error,
          message: "training",
          ended_at: state === "failed" ? job.ended_at : null,
        },
      }),
    "GET /api/v1/projects/3/": () =>
      Response.json({ id: 3, kind: "image_class", name: "Fashion", archived: false }),
    "GET /api/v1/recipes/": () => listed([]),
    "GET /api/v1/metrics/": () => listed([]),
    "GET /api/v1/jobs/5/output/": () =>
      Response.json({ text: "training 3/20", begin: 0, end: 13, size: 13, oldest: 0 }),
  });
  return show(
    <Routes>
      <Route path="/runs/:runId" element={<RunPage />} />
    </Routes>,
    { scopes: ["runs.read", "runs.write"], address: "/runs/4" },
  );
}

describe("the page of a run", () => {
  it("says why it failed, where, and what was kept", async () => {
    const hands = await open("failed", "Out of memory: 12 GiB needed.");
    expect(await screen.findByText("The training run failed.")).toBeInTheDocument();
    expect(screen.getAllByText("Out of memory: 12 GiB needed.").length).toBeGreaterThan(0);
    expect(screen.getByText(/It stopped at: training. No model was registered/)).toBeInTheDocument();
    expect(await screen.findByRole("button", { name: "Train again with changes" })).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Cancel training run…" })).not.toBeInTheDocument();
    expect(screen.getByRole("row", { name: "epochs 20" })).toBeInTheDocument();
    expect(screen.getByText("This training run ended before it logged anything.")).toBeInTheDocument();
    await hands.click(screen.getByRole("tab", { name: "Log" }));
    expect(await screen.findByRole("log", { name: "Log" })).toHaveTextContent("training 3/20");
  });

  it("cancels a running one after a question", async () => {
    const hands = await open("running");
    let cancelled = 0;
    serve({
      "POST /api/v1/jobs/5/cancel/": () => {
        cancelled += 1;
        return Response.json(job);
      },
    });
    await hands.click(await screen.findByRole("button", { name: "Cancel training run…" }));
    await hands.click(await screen.findByRole("button", { name: "Cancel training run" }));
    expect(cancelled).toBe(1);
  });

  it("says that there is none at another address", async () => {
    serve({ "GET /api/v1/runs/4/": () => problem(404, "not_found", "There is no such training.") });
    await show(
      <Routes>
        <Route path="/runs/:runId" element={<RunPage />} />
      </Routes>,
      { address: "/runs/4" },
    );
    expect(await screen.findByRole("alert")).toHaveTextContent("There is no such training.");
  });
});
