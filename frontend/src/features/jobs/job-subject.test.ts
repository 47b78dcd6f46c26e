import { describe, expect, it } from "vitest";
import type { Schemas } from "../../shared/api/client";
import { durationText } from "../../shared/ui/amounts";
import { jobDuration, jobSubject } from "./job-subject";

function job(kind: string, more: Partial<Schemas["JobOut"]> = {}): Schemas["JobOut"] {
  return {
    id: 1,
    kind,
    queue: "cpu",
    priority: 0,
    state: "done",
    project_id: null,
    message: "",
    done: 0,
    total: 0,
    attempt: 1,
    error: "",
    result: {},
    cancel_requested: false,
    created_at: "2026-01-01T00:00:00Z",
    started_at: null,
    ended_at: null,
    ...more,
  };
}

describe("where a job leads", () => {
  it.each([
    ["ingest", { subject_ids: { batch_id: 4 } }, "/uploads/4"],
    ["evaluate", { subject_ids: { version_id: 9 }, project_id: 2 }, "/versions/9"],
    ["train", { project_id: 2 }, "/projects/2/experiments"],
    ["train", { project_id: 2, result: { version_id: 5 } }, "/versions/5"],
    ["train", { project_id: 2, subject_ids: { run_id: 7 }, result: { version_id: 5 } }, "/runs/7"],
    ["snapshot", { project_id: 2 }, "/projects/2/snapshots"],
    ["demand-report", { subject_ids: { area_id: 3 } }, "/applications/demand/3"],
    ["of a later version", { project_id: 2 }, "/projects/2"],
  ])("is its subject's page: %s", (kind, more, address) => {
    expect(jobSubject(job(kind, more))).toBe(address);
  });

  it("is nowhere where nothing shows it", () => {
    expect(jobSubject(job("ingest"))).toBeNull();
  });
});

describe("how long a job took", () => {
  it("is counted from its start, to its end or to now", () => {
    const started_at = "2026-01-01T00:00:00Z";
    const now = Date.parse("2026-01-01T00:02:00Z");
    expect(jobDuration(job("train"), now)).toBeNull();
    expect(jobDuration(job("train", { started_at }), now)).toBe(120_000);
    expect(jobDuration(job("train", { started_at, ended_at: "2026-01-01T00:00:09Z" }), now)).toBe(9000);
  });

  it("is told in its two largest units", () => {
    expect([8_400, 75_000, 3_900_000].map((ms) => durationText(ms, "en"))).toEqual([
      "8 sec",
      "1 min 15 sec",
      "1 hr 5 min",
    ]);
  });
});
