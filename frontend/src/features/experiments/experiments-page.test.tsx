import { screen, within } from "@testing-library/react";
import { Route, Routes, useLocation } from "react-router";
import { describe, expect, it } from "vitest";
import { show } from "../../shared/testing/render";
import { listed, serve } from "../../shared/testing/server";
import { ExperimentsPage } from "./experiments-page";

const RUN = {
  id: "ab12",
  name: "first try",
  status: "FINISHED",
  experiment_id: 4,
  experiment: "notebooks",
  project_id: 7,
  project: "Ripeness",
  user: "scientist@ours.example",
  started_at: "2026-01-01T00:00:00Z",
  ended_at: "2026-01-01T00:01:15Z",
  training_run_id: null,
  metrics: { loss: 0.25 },
  params: {},
};
const EXPERIMENT = {
  id: 4,
  name: "notebooks",
  project_id: 7,
  project: "Ripeness",
  run_count: 1,
  last_run_at: null,
};

function Place() {
  const { pathname, search } = useLocation();
  return <p data-testid="place">{pathname + search}</p>;
}

function open(address: string, rows: object[] = [RUN]) {
  serve({
    "GET /api/v1/tracked-runs/": () => listed(rows),
    "GET /api/v1/experiments/": () => listed([EXPERIMENT]),
    "GET /api/v1/metrics/": () => listed([]),
    "GET /api/v1/model-versions/": ({ query }) =>
      listed(query.get("project_id") === "7" ? [{ id: 31, name: "probe", version: 3, project_id: 7 }] : []),
  });
  return show(
    <Routes>
      <Route path="/experiments" element={<ExperimentsPage />} />
      <Route path="*" element={<Place />} />
    </Routes>,
    { scopes: ["models.read"], address },
  );
}

describe("the list of runs", () => {
  it("leads to the page of each: a training's own, or that of MLflow's client", async () => {
    await open("/experiments", [RUN, { ...RUN, id: "cd34", name: "image_cnn-9", training_run_id: 9 }]);
    const row = await screen.findByRole("row", { name: /first try/ });
    expect(within(row).getByRole("link", { name: "first try" })).toHaveAttribute(
      "href",
      "/experiments/runs/ab12",
    );
    expect(row).toHaveTextContent("loss 0.25");
    expect(row).toHaveTextContent("1 min 15 sec");
    expect(screen.getByRole("link", { name: "image_cnn-9" })).toHaveAttribute("href", "/runs/9");
  });

  it("takes selected runs to the comparison", async () => {
    const hands = await open("/experiments", [RUN, { ...RUN, id: "cd34", name: "second try" }]);
    for (const name of ["first try", "second try"])
      await hands.click(await screen.findByRole("checkbox", { name: `Select ${name}` }));
    await hands.click(screen.getByRole("button", { name: "Compare selected MLflow runs" }));
    expect(await screen.findByTestId("place")).toHaveTextContent("/compare?runs=ab12,cd34");
  });

  it("says how to log the first run", async () => {
    await open("/experiments", []);
    expect(await screen.findByText("No MLflow runs yet.")).toBeInTheDocument();
    expect(screen.getByText(/mlflow.set_tracking_uri/)).toBeInTheDocument();
  });
});

describe("an address that MLflow's client prints", () => {
  it.each([
    ["/experiments?project=7#/experiments/4/runs/ab12", "/experiments/runs/ab12"],
    ["/experiments?project=7#/models/probe/versions/3", "/versions/31"],
    ["/experiments?project=7#/models/probe", "/models/7/probe"],
  ])("leads from %s to %s", async (address, place) => {
    await open(address);
    expect(await screen.findByTestId("place")).toHaveTextContent(place);
  });

  it("is the list of an experiment's runs", async () => {
    await open("/experiments?project=7#/experiments/4");
    expect(await screen.findByDisplayValue("notebooks · Ripeness")).toBeInTheDocument();
    expect(screen.getByRole("combobox", { name: "Experiment" })).toHaveValue("notebooks · Ripeness");
  });

  it("says that there is no such version", async () => {
    await open("/experiments?project=7#/models/probe/versions/9");
    expect(await screen.findByText("No such model version")).toBeInTheDocument();
  });
});
