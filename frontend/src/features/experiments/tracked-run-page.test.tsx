import { screen, waitFor } from "@testing-library/react";
import { Route, Routes } from "react-router";
import { describe, expect, it } from "vitest";
import "../../shared/ui/chart/chart"; // charts are loaded when one is drawn; here before any test waits for one
import { show } from "../../shared/testing/render";
import { listed, problem, serve } from "../../shared/testing/server";
import { TrackedRunPage } from "./tracked-run-page";

const RUN = {
  id: "ab12",
  name: "first try",
  status: "FINISHED",
  experiment_id: 4,
  experiment: "notebooks",
  project_id: 2,
  project: "Ripeness",
  user: "scientist@ours.example",
  started_at: "2026-01-01T00:00:00Z",
  ended_at: "2026-01-01T00:01:15Z",
  training_run_id: null,
  metrics: { loss: 0.25 },
  params: { lr: "0.1" },
  tags: { team: "north" },
  note: { text: "", etag: "e1" },
  versions: [{ id: 9, name: "probe", version: 3 }],
};
const CURVES = {
  curves: [
    { name: "loss", steps: [1, 2, 3], values: [1, 0.5, 0.25], times: [1, 2, 3] },
    { name: "system/cpu_utilization_percentage", steps: [0, 1], values: [40, 50], times: [1, 2] },
  ],
};

function open(run: object = {}, scopes = ["models.read", "models.write"]) {
  serve({
    "GET /api/v1/tracked-runs/ab12/": () => Response.json({ ...RUN, ...run }),
    "GET /api/v1/tracked-runs/ab12/curves/": () => Response.json(CURVES),
    "GET /api/v1/tracked-runs/ab12/artifacts/": ({ query }) =>
      Response.json(
        query.get("path") === "plots"
          ? {
              path: "plots",
              has_more: false,
              entries: [{ path: "plots/a.json", name: "a.json", is_folder: false, size_bytes: 2000 }],
            }
          : {
              path: "",
              has_more: false,
              entries: [{ path: "plots", name: "plots", is_folder: true, size_bytes: null }],
            },
      ),
    "GET /api/v1/tracked-runs/ab12/artifacts/content/": () => new Response('{"a":1}'),
    "GET /api/v1/metrics/": () => listed([]),
  });
  return show(
    <Routes>
      <Route path="/experiments/runs/:runId" element={<TrackedRunPage />} />
      <Route path="/runs/7" element={<p>training 7</p>} />
    </Routes>,
    { scopes, address: "/experiments/runs/ab12" },
  );
}

describe("the page of a run that MLflow's client logged", () => {
  it("draws its curves and tells parameters, tags and the model that came of it", async () => {
    await open();
    expect(await screen.findByRole("heading", { name: "first try" })).toBeInTheDocument();
    expect(await screen.findByRole("figure", { name: "loss" })).toBeInTheDocument();
    expect(screen.queryByRole("figure", { name: "CPU (%)" })).not.toBeInTheDocument();
    expect(screen.getByRole("row", { name: "lr 0.1" })).toBeInTheDocument();
    expect(screen.getByRole("row", { name: "team north" })).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "probe v3" })).toHaveAttribute("href", "/versions/9");
  });

  it("shows figures of the machine, and files by folder with a preview", async () => {
    const hands = await open();
    await hands.click(await screen.findByRole("tab", { name: "System metrics" }));
    expect(await screen.findByRole("figure", { name: "CPU (%)" })).toBeInTheDocument();
    await hands.click(screen.getByRole("tab", { name: "Files" }));
    await hands.click(await screen.findByRole("button", { name: "plots", expanded: false }));
    expect(await screen.findByText("2 kB")).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Download a.json" })).toHaveAttribute(
      "href",
      "/api/v1/tracked-runs/ab12/artifacts/content/?path=plots%2Fa.json",
    );
    await hands.click(screen.getByRole("button", { name: "a.json" }));
    expect(await screen.findByText(/"a": 1/)).toBeInTheDocument();
  });

  it("keeps the text of a note that somebody else changed meanwhile", async () => {
    const hands = await open();
    const sent: unknown[] = [];
    serve({
      "PUT /api/v1/tracked-runs/ab12/note/": ({ body }) => {
        sent.push(body);
        return problem(412, "stale_state", "It was changed meanwhile.");
      },
    });
    await hands.click(await screen.findByRole("button", { name: "Write note" }));
    await hands.type(screen.getByRole("textbox", { name: "Note (Markdown)" }), "Better.");
    await hands.click(screen.getByRole("button", { name: "Save note" }));
    await waitFor(() => expect(sent).toEqual([{ text: "Better." }]));
    expect(await screen.findByText(/Your text is kept here/)).toBeInTheDocument();
    expect(screen.getByRole("textbox", { name: "Note (Markdown)" })).toHaveValue("Better.");
  });

  it("is the training's own page where a training logged it", async () => {
    await open({ training_run_id: 7 });
    expect(await screen.findByText("training 7")).toBeInTheDocument();
  });

  it("offers no editing to those who may only read", async () => {
    await open({ note: { text: "**Good**", etag: "e2" } }, ["models.read"]);
    expect(await screen.findByText("Good")).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Edit note" })).not.toBeInTheDocument();
  });
});
