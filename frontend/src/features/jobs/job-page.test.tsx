import { cleanup, screen, waitFor, within } from "@testing-library/react";
import { Route, Routes } from "react-router";
import { describe, expect, it } from "vitest";
import { show } from "../../shared/testing/render";
import { serve } from "../../shared/testing/server";
import { JobPage } from "./job-page";

const JOB = {
  id: 12,
  kind: "train",
  queue: "cpu",
  priority: 0,
  state: "running",
  project_id: 2,
  message: "training",
  done: 3,
  total: 10,
  attempt: 1,
  error: "",
  result: {},
  cancel_requested: false,
  subject_ids: { run_id: 7 },
  created_at: "2026-01-01T00:00:00Z",
  started_at: "2026-01-01T00:00:00Z",
  ended_at: null,
  parameters: { epochs: 20 },
  log: [],
};
const WRITTEN = { text: "training 3/20 training_loss=0.5\n", begin: 0, end: 32, size: 32, oldest: 0 };

function open(job: object, scopes = ["runs.read"]) {
  serve({
    "GET /api/v1/jobs/12/": () => Response.json({ ...JOB, ...job }),
    "GET /api/v1/jobs/12/output/": () => Response.json(WRITTEN),
  });
  return show(
    <Routes>
      <Route path="/jobs/:jobId" element={<JobPage />} />
    </Routes>,
    { scopes, address: "/jobs/12" },
  );
}

describe("the page of a job", () => {
  it("says why a job failed and what to do, beside its log and parameters", async () => {
    await open({ state: "failed", error: "The file is damaged.", ended_at: "2026-01-01T00:01:15Z" });
    const element = await screen.findByRole("alert");
    expect(element).toHaveTextContent("The file is damaged.");
    expect(element).toHaveTextContent(
      "Restart the job, or open the training run and train again with other parameters.",
    );
    expect(await screen.findByRole("log", { name: "Log" })).toHaveTextContent("training_loss=0.5");
    expect(screen.getByRole("row", { name: "epochs 20" })).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Open training run" })).toHaveAttribute("href", "/runs/7");
    expect(screen.queryByRole("button", { name: "Cancel job…" })).not.toBeInTheDocument();
  });

  it("starts a failed job again, and says what to do where that is not safe", async () => {
    const restarted: string[] = [];
    const failed = { state: "failed", error: "The file is damaged." };
    const hands = await open(failed, ["runs.read", "runs.write"]);
    serve({
      "POST /api/v1/jobs/12/restart/": () => {
        restarted.push("12");
        return Response.json({ ...JOB, state: "queued" });
      },
    });
    await hands.click(await screen.findByRole("button", { name: "Restart job: Training 12" }));
    await waitFor(() => expect(restarted).toEqual(["12"]));
    cleanup();
    await open({ ...failed, restart_refusal: "Create a new snapshot." }, ["runs.read", "runs.write"]);
    expect(await screen.findByRole("alert")).toHaveTextContent("Create a new snapshot.");
    expect(screen.queryByRole("button", { name: /Restart/ })).not.toBeInTheDocument();
  });

  it("asks before it cancels a job", async () => {
    const cancelled: string[] = [];
    const hands = await open({}, ["runs.read", "runs.write"]);
    serve({
      "POST /api/v1/jobs/12/cancel/": () => {
        cancelled.push("12");
        return Response.json(JOB);
      },
    });
    await hands.click(await screen.findByRole("button", { name: "Cancel job…" }));
    const question = await screen.findByRole("alertdialog", { name: "Cancel Training 12?" });
    expect(cancelled).toEqual([]);
    await hands.click(within(question).getByRole("button", { name: "Cancel job" }));
    await waitFor(() => expect(cancelled).toEqual(["12"]));
  });
});
