import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Schemas } from "../../shared/api/client";
import { show } from "../../shared/testing/render";
import { listed, serve } from "../../shared/testing/server";
import { JobsPage } from "./jobs-page";

const JOB: Schemas["JobWithLog"] = {
  id: 12,
  kind: "train",
  queue: "cpu",
  priority: 0,
  state: "running",
  project_id: 2,
  message: "epoch 3",
  done: 3,
  total: 10,
  attempt: 1,
  error: "",
  result: {},
  cancel_requested: false,
  created_at: "2026-01-01T00:00:00Z",
  started_at: "2026-01-01T00:00:00Z",
  ended_at: null,
  log: [],
};
const FAILED = {
  ...JOB,
  state: "failed",
  error: "Out of memory.",
  ended_at: "2026-01-01T00:01:15Z",
};

function serveJobs(rows: Schemas["JobOut"][], stalled: Schemas["JobOut"][] = []) {
  serve({
    "GET /api/v1/jobs/": ({ query }) => listed(query.get("state") === "stalled" ? stalled : rows),
    "GET /api/v1/projects/": () => listed([{ id: 2, name: "Ripeness" }]),
  });
}

describe("the list of jobs", () => {
  it("links each job to its subject, with its duration, and tells an error in its drawer", async () => {
    serveJobs([FAILED]);
    serve({ "GET /api/v1/jobs/12/": () => Response.json(FAILED) });
    const hands = await show(<JobsPage />, { scopes: ["runs.read"] });
    const row = await screen.findByRole("row", { name: /Training 12/ });
    expect(row).toHaveTextContent("1 min 15 sec");
    expect(await within(row).findByRole("link", { name: "Ripeness" })).toHaveAttribute(
      "href",
      "/projects/2/experiments",
    );
    await hands.click(within(row).getByRole("button", { name: "Training 12" }));
    const drawer = await screen.findByRole("dialog", { name: "Job 12" });
    expect(await within(drawer).findByText("Out of memory.")).toBeInTheDocument();
    expect(within(drawer).queryByRole("button", { name: "Cancel job…" })).not.toBeInTheDocument();
  });

  it("asks before it cancels a job", async () => {
    const cancelled: string[] = [];
    serveJobs([JOB]);
    serve({
      "GET /api/v1/jobs/12/": () => Response.json(JOB),
      "POST /api/v1/jobs/12/cancel/": () => {
        cancelled.push("12");
        return Response.json(JOB);
      },
    });
    const hands = await show(<JobsPage />, { scopes: ["runs.read", "runs.write"], address: "/jobs?job=12" });
    await hands.click(await screen.findByRole("button", { name: "Cancel job…" }));
    const question = await screen.findByRole("alertdialog", { name: "Cancel Training 12?" });
    expect(cancelled).toEqual([]);
    await hands.click(within(question).getByRole("button", { name: "Cancel job" }));
    await waitFor(() => expect(cancelled).toEqual(["12"]));
  });

  it("names stalled jobs first, and why", async () => {
    serveJobs([], [{ ...JOB, stall_reason: "no_progress" }]);
    await show(<JobsPage />, { scopes: ["runs.read", "runs.write"] });
    const part = await screen.findByRole("region", { name: "Stalled jobs" });
    expect(part).toHaveTextContent("It has been running for hours without progress.");
    expect(within(part).getByRole("button", { name: "Requeue…" })).toBeInTheDocument();
    expect(await screen.findByText("No jobs yet")).toBeInTheDocument();
  });
});
