import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { show } from "../../shared/testing/render";
import { type Call, listed, serve } from "../../shared/testing/server";
import { TokensTab } from "./tokens-tab";

vi.setConfig({ testTimeout: 60_000 }); // the first test loads the catalogs and the components

describe("a new token", () => {
  it("has no scope until one is chosen, offers only the person's own, and shows its secret once", async () => {
    const bodies: unknown[] = [];
    serve({
      "GET /api/v1/tokens/": () => listed([]),
      "POST /api/v1/tokens/": ({ body }: Call) => {
        bodies.push(body);
        return Response.json({ id: 1, secret: "plt_abc", scopes: ["runs.read"] }, { status: 201 });
      },
    });
    const hands = await show(<TokensTab />, { scopes: ["runs.read", "labels.write"] });
    expect(await screen.findByText("No API tokens yet")).toBeInTheDocument();
    await hands.click(screen.getAllByRole("button", { name: "Create token" })[0] as HTMLElement);
    const boxes = await screen.findAllByRole("checkbox");
    expect(boxes).toHaveLength(2);
    for (const box of boxes) expect(box).not.toBeChecked();
    const submit = screen.getAllByRole("button", { name: "Create token" }).at(-1) as HTMLElement;
    expect(submit).toBeDisabled();
    await hands.type(screen.getByRole("textbox", { name: "Description" }), "Nightly export");
    await hands.click(screen.getByRole("checkbox", { name: "Read training runs" }));
    await hands.click(submit);
    expect(await screen.findByTestId("token")).toHaveTextContent("plt_abc");
    expect(bodies).toEqual([{ name: "Nightly export", scopes: ["runs.read"], days: 90 }]);
    await hands.click(screen.getByRole("button", { name: "Done" }));
    await waitFor(() => expect(screen.queryByTestId("token")).not.toBeInTheDocument());
  });
});
