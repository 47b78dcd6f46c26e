import { screen, within } from "@testing-library/react";
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
  parameters: {},
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
  it("links each job to its page and its subject, with its duration", async () => {
    serveJobs([FAILED]);
    await show(<JobsPage />, { scopes: ["runs.read"] });
    const row = await screen.findByRole("row", { name: /Training 12/ });
    expect(row).toHaveTextContent("1 min 15 sec");
    expect(await within(row).findByRole("link", { name: "Ripeness" })).toHaveAttribute(
      "href",
      "/projects/2/experiments",
    );
    expect(within(row).getByRole("link", { name: "Training 12" })).toHaveAttribute("href", "/jobs/12");
  });

  it("lets those who may restart a failed job from its row", async () => {
    serveJobs([FAILED]);
    await show(<JobsPage />, { scopes: ["runs.read", "runs.write"] });
    const row = await screen.findByRole("row", { name: /Training 12/ });
    expect(within(row).getByRole("button", { name: "Restart job: Training 12" })).toHaveTextContent(
      "Restart job",
    );
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
