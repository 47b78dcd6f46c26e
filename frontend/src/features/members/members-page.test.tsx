import { Notifications } from "@mantine/notifications";
import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Schemas } from "../../shared/api/client";
import { show } from "../../shared/testing/render";
import { type Call, listed, problem, serve } from "../../shared/testing/server";
import { MembersPage } from "./members-page";

vi.setConfig({ testTimeout: 60_000 }); // the first test loads the catalogs and the components

const MANAGER = { scopes: ["members.write", "projects.write"] };
const TEAM: Schemas["TeamOut"] = { id: 5, name: "Night shift", members: [2], etag: "t5" };

function member(id: number, name: string, more: Partial<Schemas["MemberOut"]> = {}): Schemas["MemberOut"] {
  return {
    id,
    user_id: id,
    name,
    email: `${name.toLowerCase()}@ours.example`,
    role: "annotator",
    is_active: true,
    is_invited: false,
    last_sign_in_at: null,
    etag: `m${id}`,
    created_at: "2026-01-01T00:00:00Z",
    ...more,
  };
}

const page = (
  <>
    <MembersPage />
    <Notifications />
  </>
);

beforeEach(() =>
  serve({
    "GET /api/v1/members/": () => listed([member(1, "Sora"), member(2, "Ren")]),
    "GET /api/v1/teams/": () => listed([TEAM]),
    "GET /api/v1/notifications/settings/": () => Response.json({ is_email_set_up: true, kinds: [] }),
    "GET /api/v1/roles/": () =>
      listed([
        { key: "annotator", title: "annotator", scopes: [], is_built_in: true },
        { key: "customer", title: "customer", scopes: [], is_built_in: true },
      ]),
  }),
);

async function invite(hands: Awaited<ReturnType<typeof show>>, button = "Send invitation"): Promise<void> {
  await screen.findByRole("row", { name: /Ren/ });
  await hands.click(screen.getByRole("button", { name: "Invite member" }));
  const dialog = await screen.findByRole("dialog", { name: "Invite member" });
  await hands.type(within(dialog).getByRole("textbox", { name: "Name" }), "Yuki");
  await hands.type(within(dialog).getByRole("textbox", { name: "E-mail address" }), "yuki@ours.example");
  await hands.click(await within(dialog).findByRole("button", { name: button }));
}

/** Open the row's menu and choose. */
async function choose(hands: Awaited<ReturnType<typeof show>>, name: string, action: string) {
  await screen.findByRole("row", { name: new RegExp(name) });
  await hands.click(screen.getByRole("button", { name: `Actions for ${name}` }));
  await hands.click(await screen.findByRole("menuitem", { name: action }));
  return screen.findByRole("alertdialog");
}

describe("inviting a member", () => {
  it("names the fields that the server refused, and keeps what was typed", async () => {
    serve({
      "POST /api/v1/members/": () =>
        problem(400, "invalid_body", "2 fields are not as they have to be.", [
          { field: "email", message: "Somebody has this address already." },
          { field: "name", message: "It is the name of somebody else." },
        ]),
    });
    await invite(await show(page, MANAGER));
    const alert = await screen.findByRole("alert");
    expect(
      within(alert)
        .getAllByRole("listitem")
        .map((row) => row.textContent),
    ).toEqual(["email Somebody has this address already.", "name It is the name of somebody else."]);
    expect(screen.getByRole("textbox", { name: "Name" })).toHaveValue("Yuki");
    expect(screen.getByRole("textbox", { name: "E-mail address" })).toHaveValue("yuki@ours.example");
  });

  it.each([
    [false, "Copy it and send it to Yuki: this server sends no e-mail. It is not shown again."],
    [true, "It was also sent to Yuki by e-mail."],
  ])("shows the link, and whether it was sent (%s)", async (isEmailed, words) => {
    const bodies: unknown[] = [];
    serve({
      "GET /api/v1/notifications/settings/": () => Response.json({ is_email_set_up: isEmailed, kinds: [] }),
      "POST /api/v1/members/": ({ body }: Call) => {
        bodies.push(body);
        const url = "https://plateau.example/invitations/abc";
        return Response.json(
          { ...member(3, "Yuki"), invitation_url: url, is_emailed: isEmailed },
          { status: 201 },
        );
      },
    });
    await invite(await show(page, MANAGER), isEmailed ? "Send invitation" : "Create invitation link");
    expect(await screen.findByTestId("invitation")).toHaveTextContent("/invitations/abc");
    expect(screen.getByText(words)).toBeInTheDocument();
    expect(bodies).toEqual([{ name: "Yuki", email: "yuki@ours.example", role: "annotator" }]);
  });

  it("is not offered to who may not", async () => {
    await show(page);
    expect(await screen.findByRole("row", { name: /Ren/ })).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Invite member" })).not.toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Actions for Ren" })).not.toBeInTheDocument();
  });
});

describe("deactivating a member", () => {
  it("asks first, changes nothing on Cancel, and can be undone", async () => {
    const bodies: unknown[] = [];
    serve({
      "PATCH /api/v1/members/2/": ({ body }: Call) => {
        bodies.push(body);
        return Response.json(member(2, "Ren", body as Partial<Schemas["MemberOut"]>));
      },
    });
    const hands = await show(page, MANAGER);
    let dialog = await choose(hands, "Ren", "Deactivate…");
    expect(dialog).toHaveTextContent(
      "Ren is signed out and their API tokens stop working. Annotations are kept.",
    );
    await hands.click(within(dialog).getByRole("button", { name: "Cancel" }));
    expect(bodies).toEqual([]);
    dialog = await choose(hands, "Ren", "Deactivate…");
    await hands.click(within(dialog).getByRole("button", { name: "Deactivate" }));
    await waitFor(() => expect(bodies).toEqual([{ is_active: false }]));
    await hands.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(bodies).toEqual([{ is_active: false }, { is_active: true }]));
  });

  it("is not offered for oneself", async () => {
    const hands = await show(page, MANAGER);
    await screen.findByRole("row", { name: /Sora/ });
    await hands.click(screen.getByRole("button", { name: "Actions for Sora" }));
    expect(await screen.findByRole("menuitem", { name: "Send password reset link…" })).toBeInTheDocument();
    expect(screen.queryByRole("menuitem", { name: "Deactivate…" })).not.toBeInTheDocument();
  });
});

describe("teams", () => {
  it("are deleted only after the question, by their name", async () => {
    let deleted = 0;
    serve({
      "DELETE /api/v1/teams/5/": () => {
        deleted += 1;
        return new Response(null, { status: 204 });
      },
    });
    const hands = await show(page, { ...MANAGER, address: "/members?tab=teams" });
    expect(await screen.findByRole("region", { name: "Night shift" })).toHaveTextContent("1 member");
    await hands.click(screen.getByRole("button", { name: "Delete team…" }));
    const dialog = await screen.findByRole("alertdialog");
    expect(dialog).toHaveTextContent("Delete team Night shift?");
    await hands.click(within(dialog).getByRole("button", { name: "Delete team" }));
    await waitFor(() => expect(deleted).toBe(1));
  });
});
