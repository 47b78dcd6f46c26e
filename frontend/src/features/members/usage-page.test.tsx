import { screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { show } from "../../shared/testing/render";
import { serve } from "../../shared/testing/server";
import { UsagePage } from "./usage-page";

const NONE = { used: 12, limit: null };

describe("the usage of quotas", () => {
  it("shows what is used and what is left, and says what to do where that is little", async () => {
    serve({
      "GET /api/v1/organization/usage/": () =>
        Response.json({
          storage_bytes: { used: 9_000_000_000, limit: 10_000_000_000 },
          items: NONE,
          requests_per_minute: { used: null, limit: 600 },
          requests_per_day: { used: 100, limit: 100 },
          warn_at_percent: 80,
        }),
    });
    await show(<UsagePage />);
    const storage = within(await screen.findByRole("region", { name: "Storage" }));
    expect(storage.getByText("9 GB of 10 GB (90%)")).toBeInTheDocument();
    expect(storage.getByRole("progressbar", { name: "Storage" })).toHaveAttribute("aria-valuenow", "90");
    expect(storage.getByText(/^The quota is nearly used up\. Delete datasets/)).toBeInTheDocument();
    const items = within(screen.getByRole("region", { name: "Items" }));
    expect(items.getByText("12, no limit")).toBeInTheDocument();
    expect(items.queryByRole("progressbar")).toBeNull();
    expect(screen.getByText("Not known at the moment")).toBeInTheDocument();
    expect(screen.getByText(/^The quota is used up: more is refused\./)).toBeInTheDocument();
  });
});
