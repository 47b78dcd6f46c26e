import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import type { Schemas } from "../../shared/api/client";
import { show } from "../../shared/testing/render";
import { type Call, listed, problem, serve } from "../../shared/testing/server";
import { MembersPage } from "./members-page";

const MANAGER = { scopes: ["members.write"] };

function member(id: number, name: string): Schemas["MemberOut"] {
  return {
    id,
    user_id: id,
    name,
    email: `${name.toLowerCase()}@ours.example`,
    role: "annotator",
    is_active: true,
    etag: `m${id}`,
    created_at: "2026-01-01T00:00:00Z",
  };
}

beforeEach(() =>
  serve({
    "GET /api/v1/members/": () => listed([member(1, "Sora"), member(2, "Ren")]),
    "GET /api/v1/teams/": () => listed([]),
    "GET /api/v1/roles/": () =>
      listed([
        { key: "annotator", title: "annotator", scopes: [], is_built_in: true },
        { key: "customer", title: "customer", scopes: [], is_built_in: true },
      ]),
  }),
);

async function fillIn(hands: Awaited<ReturnType<typeof show>>): Promise<void> {
  await screen.findByRole("row", { name: /^Ren / });
  await hands.type(screen.getByRole("textbox", { name: "Name" }), "Yuki");
  await hands.type(screen.getByRole("textbox", { name: "E-mail address" }), "yuki@ours.example");
  await hands.selectOptions(screen.getByRole("combobox", { name: "Role" }), "annotator");
  await hands.click(screen.getByRole("button", { name: "Add" }));
}

describe("adding a person", () => {
  it("names the fields that the server refused, and keeps what was typed", async () => {
    serve({
      "POST /api/v1/members/": () =>
        problem(400, "invalid_body", "2 fields are not as they have to be.", [
          { field: "email", message: "Somebody has this address already." },
          { field: "name", message: "It is the name of somebody else." },
        ]),
    });
    await fillIn(await show(<MembersPage />, MANAGER));
    const alert = await screen.findByRole("alert");
    expect(
      within(alert)
        .getAllByRole("listitem")
        .map((row) => row.textContent),
    ).toEqual(["email Somebody has this address already.", "name It is the name of somebody else."]);
    expect(screen.getByRole("textbox", { name: "Name" })).toHaveValue("Yuki");
    expect(screen.getByRole("textbox", { name: "E-mail address" })).toHaveValue("yuki@ours.example");
  });

  it("sends what was typed, shows the link of the invitation, and empties the form", async () => {
    const bodies: unknown[] = [];
    serve({
      "POST /api/v1/members/": ({ body }: Call) => {
        bodies.push(body);
        const url = "https://plateau.example/invitations/abc";
        return Response.json({ ...member(3, "Yuki"), invitation_url: url }, { status: 201 });
      },
    });
    await fillIn(await show(<MembersPage />, MANAGER));
    expect(await screen.findByText("https://plateau.example/invitations/abc")).toBeInTheDocument();
    expect(bodies).toEqual([{ name: "Yuki", email: "yuki@ours.example", role: "annotator" }]);
    expect(screen.getByRole("textbox", { name: "Name" })).toHaveValue("");
  });

  it("is not offered to who may not", async () => {
    await show(<MembersPage />);
    expect(await screen.findByRole("row", { name: /^Ren / })).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Add" })).not.toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Close access" })).not.toBeInTheDocument();
  });
});

describe("closing access", () => {
  it("asks first, changes nothing for who keeps it, and then closes it for the one who was meant", async () => {
    const bodies: unknown[] = [];
    serve({
      "PATCH /api/v1/members/2/": ({ body }: Call) => {
        bodies.push(body);
        return Response.json({ ...member(2, "Ren"), is_active: false });
      },
    });
    const hands = await show(<MembersPage />, MANAGER);
    const row = await screen.findByRole("row", { name: /^Ren / });
    await hands.click(within(row).getByRole("button", { name: "Close access" }));
    await hands.click(within(row).getByRole("button", { name: "Keep" }));
    expect(bodies).toEqual([]);
    await hands.click(within(row).getByRole("button", { name: "Close access" }));
    const dialog = within(row).getByRole("alertdialog", {
      name: "Ren is signed out and their tokens stop. Answers stay.",
    });
    await hands.click(within(dialog).getByRole("button", { name: "Close access" }));
    await waitFor(() => expect(bodies).toEqual([{ is_active: false }]));
  });

  it("is not offered for oneself", async () => {
    await show(<MembersPage />, MANAGER);
    const row = await screen.findByRole("row", { name: /^Sora / });
    expect(within(row).queryByRole("button", { name: "Close access" })).not.toBeInTheDocument();
  });
});
