import { screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { contract, signature } from "../../shared/testing/contracts";
import { show } from "../../shared/testing/render";
import { listed, serve } from "../../shared/testing/server";
import { OverviewPage } from "./overview-page";

const CUSTOMER = ["contracts.read", "contracts.sign", "runs.read", "models.read"];

const PATIENCE = { timeout: 30_000 }; // the home is loaded when it is shown

describe("a customer's home", () => {
  it("leads with what waits for their signature, and says nothing of machines", async () => {
    serve({
      "GET /api/v1/contracts/": () =>
        listed([
          contract({ id: 1, title: "Sorting", signable_party: "customer", signatures: [signature("maker")] }),
          contract({ id: 2, title: "Returns", state: "signed" }),
        ]),
      "GET /api/v1/forecasts/": () => listed([]),
    });
    await show(<OverviewPage />, { scopes: CUSTOMER });
    expect(await screen.findByText("1 contract waits for your signature.", {}, PATIENCE)).toBeInTheDocument();
    const first = screen.getAllByRole("article")[0] as HTMLElement;
    expect(
      within(first).getByText("Waits for your signature. The other side has signed."),
    ).toBeInTheDocument();
    expect(within(first).getByRole("link", { name: "Read and sign" })).toHaveAttribute(
      "href",
      "/contracts/1",
    );
    expect(screen.getByText("In force: waits for the provider's acceptance test.")).toBeInTheDocument();
    expect(screen.queryByText(/jobs/i)).not.toBeInTheDocument();
  });

  it("says so where nothing is there yet", async () => {
    serve({ "GET /api/v1/contracts/": () => listed([]), "GET /api/v1/forecasts/": () => listed([]) });
    await show(<OverviewPage />, { scopes: CUSTOMER });
    expect(await screen.findByText("No contracts yet.", {}, PATIENCE)).toBeInTheDocument();
    expect(screen.getByText("Nothing waits for your signature.")).toBeInTheDocument();
  });
});
