import { Notifications } from "@mantine/notifications";
import { screen, within } from "@testing-library/react";
import { useLocation } from "react-router";
import { describe, expect, it } from "vitest";
import type { Schemas } from "../../api/client";
import { show } from "../../testing/render";
import { listed, serve } from "../../testing/server";
import { useListState } from "./list-state";
import { ListToolbar } from "./list-toolbar";

function view(id: number, more: Partial<Schemas["SavedViewOut"]> = {}): Schemas["SavedViewOut"] {
  return {
    id,
    list_key: "jobs",
    project_id: null,
    name: `View ${id}`,
    query: { state: "failed" },
    hidden_columns: null,
    is_shared: false,
    is_own: true,
    is_default: false,
    owner: "Sora",
    etag: `tag-${id}`,
    ...more,
  };
}

function List() {
  const state = useListState(["state"]);
  const { search } = useLocation();
  return (
    <>
      <ListToolbar state={state} views={{ list: "jobs", extra: ["view"] }} />
      <output>{search}</output>
      <Notifications />
    </>
  );
}

const address = () => document.querySelector("output")?.textContent;

describe("saved views of a list", () => {
  it("set search, filters, order and layout, and drop what was set before", async () => {
    const mine = view(1, { name: "Failed", query: { state: "failed", ordering: "-id", view: "table" } });
    const theirs = view(2, { name: "All of us", is_own: false, is_shared: true, query: { search: "a" } });
    serve({ "GET /api/v1/saved-views/": () => listed([mine, theirs]) });
    const hands = await show(<List />, { address: "/?search=old" });
    await hands.click(screen.getByRole("button", { name: "Views" }));
    const menu = await screen.findByRole("menu");
    expect(await within(menu).findByText("Shared views")).toBeInTheDocument();
    await hands.click(within(menu).getByRole("menuitem", { name: "Failed" }));
    const shown = Object.fromEntries(new URLSearchParams(address() ?? ""));
    expect(shown).toEqual({ state: "failed", ordering: "-id", view: "table" });
    expect(await screen.findByRole("button", { name: "Failed" })).toBeInTheDocument();
  });

  it("begin the list with the default one, unless the address says otherwise", async () => {
    serve({ "GET /api/v1/saved-views/": () => listed([view(1, { is_default: true })]) });
    await show(<List />);
    expect(await screen.findByText("?state=failed")).toBeInTheDocument();
  });

  it("keep what is shown now under a name; only managers can share", async () => {
    const sent: unknown[] = [];
    serve({
      "POST /api/v1/saved-views/": ({ body }) => {
        sent.push(body);
        return Response.json(view(3), { status: 201 });
      },
    });
    const hands = await show(<List />, { address: "/?state=failed&view=table" });
    await hands.click(screen.getByRole("button", { name: "Views" }));
    await hands.click(await screen.findByRole("menuitem", { name: "Save view…" }));
    const dialog = await screen.findByRole("dialog", { name: "Save view" });
    expect(within(dialog).queryByText(/Share with/)).not.toBeInTheDocument();
    await hands.type(within(dialog).getByRole("textbox", { name: "Name" }), "Failed");
    await hands.click(within(dialog).getByRole("button", { name: "Save view" }));
    expect(await screen.findByText("View saved.")).toBeInTheDocument();
    expect(sent).toEqual([
      {
        list_key: "jobs",
        project_id: null,
        name: "Failed",
        query: { state: "failed", view: "table" },
        hidden_columns: null,
        is_shared: false,
      },
    ]);
  });

  it("are deleted with a way back", async () => {
    const calls: string[] = [];
    serve({
      "GET /api/v1/saved-views/": () => listed([view(1, { name: "Failed" })]),
      "DELETE /api/v1/saved-views/1/": () => {
        calls.push("deleted");
        return new Response(null, { status: 204 });
      },
      "POST /api/v1/saved-views/": () => {
        calls.push("created");
        return Response.json(view(4), { status: 201 });
      },
    });
    const hands = await show(<List />);
    await hands.click(screen.getByRole("button", { name: "Views" }));
    await screen.findByRole("menuitem", { name: "Failed" });
    await hands.click(screen.getByRole("menuitem", { name: "Manage views…" }));
    await hands.click(await screen.findByRole("button", { name: "Delete view Failed" }));
    await hands.click(await screen.findByRole("button", { name: "Undo" }));
    expect(calls).toEqual(["deleted", "created"]);
  });
});
