import { Notifications } from "@mantine/notifications";
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { show } from "../../shared/testing/render";
import { listed, serve } from "../../shared/testing/server";
import { IntegrationsPage } from "./integrations-page";

const HOOK = {
  id: 5,
  url: "https://receiver.example/",
  events: ["job.failed"],
  secret: "",
  created_at: "2026-03-01T00:00:00Z",
  deleted_at: null,
  purged_at: null,
  etag: "one",
};
const FAILED = {
  id: 9,
  event: "job.failed",
  payload: { number: 3 },
  state: "failed",
  attempts: 8,
  response: "HTTP 500",
  created_at: "2026-03-01T00:00:00Z",
  next_attempt_at: null,
};

function serveHooks() {
  serve({
    "GET /api/v1/webhooks/": () => listed([HOOK]),
    "GET /api/v1/webhooks/events/": () =>
      listed([
        { event: "alias.moved", notifies_people: false },
        { event: "job.failed", notifies_people: true },
        { event: "task.returned", notifies_people: true },
      ]),
    "GET /api/v1/webhooks/5/deliveries/": () => listed([FAILED]),
  });
}

const page = (
  <>
    <IntegrationsPage />
    <Notifications />
  </>
);

describe("webhooks", () => {
  it("are changed by choosing from the catalog of events", async () => {
    serveHooks();
    const sent: unknown[] = [];
    serve({
      "PATCH /api/v1/webhooks/5/": ({ body }) => {
        sent.push(body);
        return Response.json({ ...HOOK, events: ["alias.moved", "job.failed"] });
      },
    });
    const hands = await show(page, { scopes: ["models.approve"] });
    await hands.click(await screen.findByRole("button", { name: "Edit webhook" }));
    const dialog = await screen.findByRole("dialog", { name: "Edit webhook" });
    expect(await within(dialog).findByRole("checkbox", { name: "Job failed" })).toBeChecked();
    expect(within(dialog).getByRole("checkbox", { name: "Annotation sent back" })).not.toBeChecked();
    await hands.click(within(dialog).getByRole("checkbox", { name: "Alias set" }));
    await hands.click(within(dialog).getByRole("button", { name: "Save webhook" }));
    expect(await screen.findByText("Webhook saved.")).toBeInTheDocument();
    expect(sent).toEqual([{ url: HOOK.url, events: ["job.failed", "alias.moved"] }]);
  });

  it("are tried, and a failed delivery is sent again", async () => {
    serveHooks();
    const calls: string[] = [];
    serve({
      "POST /api/v1/webhooks/5/test/": () => {
        calls.push("test");
        return Response.json({ ...FAILED, id: 10, event: "webhook.test" }, { status: 202 });
      },
      "POST /api/v1/webhook-deliveries/9/redeliver/": () => {
        calls.push("again");
        return Response.json({ ...FAILED, state: "pending" }, { status: 202 });
      },
    });
    const hands = await show(page, { scopes: ["models.approve"] });
    await hands.click(await screen.findByRole("button", { name: "Send test" }));
    const log = await screen.findByRole("dialog", { name: "Deliveries" });
    expect(await within(log).findByText("HTTP 500")).toBeInTheDocument();
    await hands.click(within(log).getByRole("button", { name: "Redeliver" }));
    expect(await screen.findByText("Delivery queued again.")).toBeInTheDocument();
    expect(calls).toEqual(["test", "again"]);
  });

  it("come back by Undo, or from the deleted ones", async () => {
    serveHooks();
    const calls: string[] = [];
    serve({
      "GET /api/v1/webhooks/": ({ query }) =>
        listed([query.get("state") === "deleted" ? { ...HOOK, deleted_at: HOOK.created_at } : HOOK]),
      "DELETE /api/v1/webhooks/5/": () => {
        calls.push("delete");
        return new Response(null, { status: 204 });
      },
      "POST /api/v1/webhooks/5/restore/": () => {
        calls.push("restore");
        return Response.json(HOOK);
      },
    });
    const hands = await show(page, { scopes: ["models.approve"] });
    await hands.click(await screen.findByRole("button", { name: "Delete webhook…" }));
    const question = await screen.findByRole("alertdialog", { name: "Delete this webhook?" });
    expect(question).toHaveTextContent("It can be restored for 30 days");
    await hands.click(within(question).getByRole("button", { name: "Delete webhook" }));
    await hands.click(await screen.findByRole("button", { name: "Undo" }));
    await hands.click(screen.getByRole("radio", { name: "Deleted" }));
    await hands.click(await screen.findByRole("button", { name: "Restore https://receiver.example/" }));
    await waitFor(() => expect(calls).toEqual(["delete", "restore", "restore"]));
  });
});
