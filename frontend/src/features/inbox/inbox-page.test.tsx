import { screen, waitFor } from "@testing-library/react";
import { Route, Routes } from "react-router";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Schemas } from "../../shared/api/client";
import { show } from "../../shared/testing/render";
import { type Call, listed, serve } from "../../shared/testing/server";
import { InboxPage } from "./inbox-page";

vi.setConfig({ testTimeout: 60_000 }); // the first test loads the catalogs and the components

const SENT_BACK: Schemas["NotificationOut"] = {
  id: 2,
  kind: "task.returned",
  actor: "Ren",
  link: "/label/1?task=7",
  parameters: { project: "Fruit", task: 7, text: "Look closer", count: 1 },
  created_at: "2026-01-01T00:00:00Z",
  is_read: false,
};
const CONFLICT = {
  ...SENT_BACK,
  id: 1,
  kind: "task.conflict",
  actor: "",
  link: "/projects/1/quality?tab=agreement",
  parameters: { project: "Fruit", count: 3 },
};
const changes: unknown[] = [];
const change =
  (id: number) =>
  ({ body }: Call) => {
    changes.push([id, body]);
    return Response.json({ ...SENT_BACK, id });
  };

beforeEach(() => {
  changes.length = 0;
  serve({
    "GET /api/v1/notifications/": () => listed([SENT_BACK, CONFLICT]),
    "PATCH /api/v1/notifications/1/": change(1),
    "PATCH /api/v1/notifications/2/": change(2),
  });
});

const pages = (
  <Routes>
    <Route path="/inbox" element={<InboxPage />} />
    <Route path="/label/:id" element={<p>The very task</p>} />
  </Routes>
);

describe("the inbox", () => {
  it("says what happened and opens the very item, which marks it read", async () => {
    const hands = await show(pages, { address: "/inbox" });
    expect(await screen.findByText("Annotators disagree on 3 tasks in Fruit.")).toBeInTheDocument();
    await hands.click(screen.getByText("Ren sent task 7 in Fruit back: Look closer"));
    expect(await screen.findByText("The very task")).toBeInTheDocument();
    expect(changes).toEqual([[2, { is_read: true }]]);
  });

  it("is walked through by j and k, and e marks the one in focus", async () => {
    const hands = await show(pages, { address: "/inbox" });
    await screen.findByText("Annotators disagree on 3 tasks in Fruit.");
    await hands.keyboard("jjj");
    expect(screen.getByRole("link", { name: /Conflict to resolve/ })).toHaveFocus();
    await hands.keyboard("k");
    expect(screen.getByRole("link", { name: /Annotation sent back/ })).toHaveFocus();
    await hands.keyboard("je");
    await waitFor(() => expect(changes).toEqual([[1, { is_read: true }]]));
  });
});
