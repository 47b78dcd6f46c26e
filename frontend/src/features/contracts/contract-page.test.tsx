import { screen, within } from "@testing-library/react";
import { Route, Routes } from "react-router";
import { describe, expect, it } from "vitest";
import type { Schemas } from "../../shared/api/client";
import { contract, evaluation } from "../../shared/testing/contracts";
import { show } from "../../shared/testing/render";
import { listed, serve } from "../../shared/testing/server";
import { ContractPage } from "./contract-page";

const MAKER = ["contracts.read", "contracts.write", "contracts.sign"];
const CUSTOMER = ["contracts.read", "contracts.sign"];

async function open(row: Schemas["ContractOut"], scopes: string[]) {
  serve({
    "GET /api/v1/contracts/1/": () => Response.json(row),
    "POST /api/v1/contracts/sample-size/": () =>
      Response.json({ accuracies: [], parts: [], sampling_plans: [] }),
    "GET /api/v1/model-versions/": () =>
      listed([
        { id: 7, name: "image_cnn", version: 1 },
        { id: 8, name: "image_cnn", version: 2 },
      ]),
  });
  const hands = await show(
    <Routes>
      <Route path="/contracts/:contractId" element={<ContractPage />} />
    </Routes>,
    { scopes, address: "/contracts/1" },
  );
  await screen.findByRole("heading", { level: 1, name: row.title });
  return hands;
}

describe("the page of a contract", () => {
  it("asks only for the signature that this person may give", async () => {
    const row = contract({ state: "draft", signable_party: "maker" });
    const hands = await open(row, MAKER);
    expect(screen.getByText("Waits for your signature.")).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Sign as customer" })).not.toBeInTheDocument();
    let body: unknown;
    serve({
      "POST /api/v1/contracts/1/sign/": (call) => {
        body = call.body;
        return Response.json(row);
      },
    });
    await hands.click(screen.getByRole("button", { name: "Sign as provider" }));
    const dialog = await screen.findByRole("dialog", { name: "Sign “Fit for sorting” as provider?" });
    expect(within(dialog).getByRole("button", { name: "Cancel" })).toBeInTheDocument();
    await hands.click(within(dialog).getByRole("button", { name: "Sign" }));
    expect(body).toEqual({ party: "maker", terms_hash: row.terms_hash });
  });

  it("has no button for who may not sign now", async () => {
    await open(contract({ state: "draft", signable_party: null }), CUSTOMER);
    expect(screen.queryByRole("button", { name: /^Sign/ })).not.toBeInTheDocument();
  });

  it("names what a test uses up before it runs, and chooses no model by itself", async () => {
    const row = contract({ state: "signed", submissions_left: 1 });
    const hands = await open(row, MAKER);
    const run = await screen.findByRole("button", { name: "Run acceptance test" });
    expect(run).toBeDisabled();
    await hands.click(screen.getByRole("combobox", { name: "Model" }));
    await hands.click(await screen.findByRole("option", { name: "image_cnn 2" }));
    let calls = 0;
    serve({
      "POST /api/v1/contracts/1/evaluations/": (call) => {
        calls += 1;
        expect(call.body).toEqual({ model_version_id: 8 });
        return Response.json(row);
      },
    });
    await hands.click(run);
    const dialog = await screen.findByRole("dialog", {
      name: "Run the acceptance test on image_cnn 2?",
    });
    expect(dialog).toHaveTextContent("Uses 1 of 1 remaining submissions. This cannot be undone.");
    expect(calls).toBe(0);
    await hands.click(within(dialog).getByRole("button", { name: "Run acceptance test" }));
    expect(calls).toBe(1);
  });

  it("explains a passed test whose interval begins below the target", async () => {
    await open(
      contract({
        state: "passed",
        evaluations: [evaluation("pass", { value: 0.96, low: 0.893, high: 1, p_value: 0.0265 })],
      }),
      CUSTOMER,
    );
    expect(
      screen.getByText("Accepted: image_cnn 1 is shown to be more than 90% accurate."),
    ).toBeInTheDocument();
    expect(screen.getByText(/p = 0.0265, which is within the agreed 5.00%/)).toBeInTheDocument();
    expect(screen.getByText(/does not contradict the 95% interval of 89.3% to 100.0%/)).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Run acceptance test" })).not.toBeInTheDocument();
  });

  it("has no such note where the interval lies above the target", async () => {
    await open(
      contract({
        state: "passed",
        evaluations: [evaluation("pass", { value: 0.97, low: 0.93, high: 0.99, p_value: 0.001 })],
      }),
      CUSTOMER,
    );
    expect(screen.queryByText(/does not contradict/)).not.toBeInTheDocument();
  });
});
