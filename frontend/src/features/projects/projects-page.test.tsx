import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Schemas } from "../../shared/api/client";
import { BOXES } from "../../shared/testing/project-types";
import { show } from "../../shared/testing/render";
import { listed, problem, serve } from "../../shared/testing/server";
import { ProjectsPage } from "./projects-page";

const LIST = "GET /api/v1/projects/";

function project(id: number, name: string, more: Partial<Schemas["ProjectOut"]> = {}): Schemas["ProjectOut"] {
  return {
    id,
    name,
    kind: "boxes",
    project_type: BOXES,
    note: "",
    dataset_id: 1,
    target: 0.9,
    archived: false,
    created_at: "2026-01-01T00:00:00Z",
    tasks: { open: 40, review: 10, done: 1150, skipped: 7 },
    ...more,
  };
}

const rowNames = () => screen.getAllByRole("rowheader").map((cell) => cell.textContent);

describe("the list of projects", () => {
  it("shows one page, then the next below it, and offers no more after the last", async () => {
    serve({
      [LIST]: ({ query }) =>
        query.get("cursor") === "c2"
          ? listed([project(3, "Plums")])
          : listed([project(1, "Apples"), project(2, "Pears")], "c2"),
    });
    const hands = await show(<ProjectsPage />);
    const more = await screen.findByRole("button", { name: "Show more" });
    expect(rowNames()).toEqual(["Apples", "Pears"]);
    await hands.click(more);
    await waitFor(() => expect(rowNames()).toEqual(["Apples", "Pears", "Plums"]));
    expect(screen.queryByRole("button", { name: "Show more" })).not.toBeInTheDocument();
  });

  it("gives each project's figures under their headings", async () => {
    serve({ [LIST]: () => listed([project(1, "Apples")]) });
    await show(<ProjectsPage />);
    const row = await screen.findByRole("row", { name: /^Apples / });
    const headings = screen.getAllByRole("columnheader").map((cell) => cell.textContent);
    const cells = within(row)
      .getAllByRole("cell")
      .map((cell) => cell.textContent);
    const figures = Object.fromEntries(headings.slice(1).map((heading, place) => [heading, cells[place]]));
    expect(figures).toEqual({
      Kind: "Boxes around things, upright or turned",
      Target: "90%",
      Labeled: "1,150",
      Left: "50",
      Skipped: "7",
      Progress: "",
    });
    expect(within(row).getByRole("link", { name: "Apples" })).toHaveAttribute("href", "/projects/1");
    expect(within(row).getByRole("progressbar", { name: "Apples" })).toHaveAttribute("aria-valuenow", "95");
  });

  it("asks for the archived ones where the address says so", async () => {
    const states: (string | null)[] = [];
    serve({
      [LIST]: ({ query }) => {
        states.push(query.get("state"));
        return listed([]);
      },
    });
    await show(<ProjectsPage />, { address: "/projects?state=archived", scopes: ["projects.write"] });
    expect(await screen.findByText("No project is archived.")).toBeInTheDocument();
    expect(states).toEqual(["archived"]);
    const tabs = screen.getByRole("navigation", { name: "Projects shown" });
    expect(within(tabs).getByRole("link", { current: "page" })).toHaveTextContent("Archived");
  });

  it("says of an empty list what to do, and offers it to who may", async () => {
    serve({ [LIST]: () => listed([]) });
    await show(<ProjectsPage />, { scopes: ["projects.write"] });
    const empty = (await screen.findByText("No project yet. Bring data in, then make one.")).parentElement;
    expect(within(empty as HTMLElement).getByRole("link", { name: "New project" })).toHaveAttribute(
      "href",
      "/projects/new",
    );
    expect(screen.queryByRole("table")).not.toBeInTheDocument();
  });

  it("offers no new project to who may make none", async () => {
    serve({ [LIST]: () => listed([]) });
    await show(<ProjectsPage />);
    expect(await screen.findByText("No project yet. Bring data in, then make one.")).toBeInTheDocument();
    expect(screen.queryByRole("link", { name: "New project" })).not.toBeInTheDocument();
  });

  it("says why it cannot be shown, and shows it after another try", async () => {
    serve({ [LIST]: () => problem(503, "overloaded", "The server is busy. Try again in 5 seconds.") });
    const hands = await show(<ProjectsPage />);
    expect(await screen.findByRole("alert")).toHaveTextContent("The server is busy. Try again in 5 seconds.");
    expect(screen.queryByText("No project yet. Bring data in, then make one.")).not.toBeInTheDocument();
    serve({ [LIST]: () => listed([project(1, "Apples")]) });
    await hands.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("link", { name: "Apples" })).toBeInTheDocument();
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });
});
