import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
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
    conflict_count: 3,
    ...more,
  };
}

const rowNames = () => screen.getAllByRole("rowheader").map((cell) => cell.textContent);

beforeEach(() => serve({ "GET /api/v1/project-types/": () => listed([BOXES]) }));

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

  it("gives each project's figures under their headings; each opens the tasks behind it", async () => {
    serve({ [LIST]: () => listed([project(1, "Apples")]) });
    await show(<ProjectsPage />, { scopes: ["labels.review"] });
    const row = await screen.findByRole("row", { name: /^Apples / });
    const headings = screen.getAllByRole("columnheader").map((cell) => cell.textContent);
    const cells = within(row)
      .getAllByRole("cell")
      .map((cell) => cell.textContent);
    const figures = Object.fromEntries(headings.slice(1).map((heading, place) => [heading, cells[place]]));
    expect(figures).toEqual({
      Type: "Object detection (bounding boxes, rotated boxes)",
      "Target accuracy": "90%",
      Open: "40",
      "In review": "10",
      Conflicts: "3",
      Progress: "1,150/1,207 labeled",
      Created: "Jan 1, 2026",
    });
    expect(within(row).getByRole("link", { name: "Apples" })).toHaveAttribute("href", "/projects/1");
    expect(within(row).getByRole("link", { name: "3" })).toHaveAttribute(
      "href",
      "/projects/1/items?is_conflict=true",
    );
    expect(within(row).getByRole("progressbar", { name: "Apples" })).toHaveAttribute("aria-valuenow", "95");
  });

  it("asks for the archived ones where the address says so, and marks them", async () => {
    const states: (string | null)[] = [];
    serve({
      [LIST]: ({ query }) => {
        states.push(query.get("state"));
        return listed(states.length > 1 ? [] : [project(1, "Apples", { archived: true })]);
      },
    });
    const hands = await show(<ProjectsPage />, { address: "/projects?state=archived" });
    const row = await screen.findByRole("row", { name: /Apples/ });
    expect(within(row).getByText("Archived")).toBeInTheDocument();
    await hands.click(screen.getByRole("radio", { name: "All" }));
    expect(await screen.findByText("No matching projects.")).toBeInTheDocument();
    expect(states).toEqual(["archived", "all"]);
  });

  it("sorts by the server", async () => {
    const orders: (string | null)[] = [];
    serve({
      [LIST]: ({ query }) => {
        orders.push(query.get("ordering"));
        return listed([project(1, "Apples")]);
      },
    });
    const hands = await show(<ProjectsPage />);
    await hands.click(await screen.findByRole("button", { name: "Target accuracy" }));
    await waitFor(() => expect(orders).toEqual([null, "target"]));
    expect(screen.getByRole("columnheader", { name: "Target accuracy" })).toHaveAttribute(
      "aria-sort",
      "ascending",
    );
  });

  const guided = {
    "GET /api/v1/project-types/": () =>
      listed([
        { key: "boxes", title: "Boxes", media_type: "image" },
        { key: "spans", title: "Spans", media_type: "text" },
      ]),
    "GET /api/v1/samples/": () =>
      listed([{ kind: "spans", name: "Names", dataset_name: "Names in the news", item_count: 12 }]),
    "GET /api/v1/members/": () => listed([{ id: 1 }]),
  };

  it("leads whoever may create projects from an annotation type over sample data to the labels", async () => {
    sessionStorage.clear();
    let datasets: unknown[] = [];
    const taken: unknown[] = [];
    serve({
      ...guided,
      [LIST]: () => listed([]),
      "GET /api/v1/datasets/": () => listed(datasets),
      "POST /api/v1/samples/": ({ body }) => {
        taken.push(body);
        datasets = [{ id: 7, name: "Names in the news" }];
        return Response.json({ dataset_id: 7, name: "Names in the news", job_id: 1 }, { status: 201 });
      },
    });
    const hands = await show(<ProjectsPage />, { scopes: ["projects.write", "data.read", "members.read"] });
    const guide = await screen.findByRole("region", { name: "Your first project in five steps" });
    expect(await within(guide).findByText("0 of 5 done")).toBeInTheDocument();
    expect(within(guide).queryByRole("button", { name: /sample data/ })).not.toBeInTheDocument();
    await hands.click(await within(guide).findByRole("radio", { name: "Spans" }));
    await hands.click(await within(guide).findByRole("button", { name: "Use sample data (12 items)" }));
    expect(await within(guide).findByText("2 of 5 done")).toBeInTheDocument();
    expect(taken).toEqual([{ kind: "spans" }]);
    expect(within(guide).getByRole("link", { name: "Create project" })).toHaveAttribute(
      "href",
      "/projects/new?type=spans&dataset=7",
    );
    expect(screen.queryByRole("table")).not.toBeInTheDocument();
  });

  it("keeps the guide beside a project without labels, until it is dismissed", async () => {
    const changes: unknown[] = [];
    serve({
      ...guided,
      [LIST]: () => listed([project(3, "Apples", { tasks: { open: 9, review: 0, done: 0, skipped: 0 } })]),
      "GET /api/v1/datasets/": () => listed([{ id: 1, name: "Fruit" }]),
      "PATCH /api/v1/me/": ({ body }) => {
        changes.push(body);
        return Response.json({}, { status: 500 });
      },
    });
    const hands = await show(<ProjectsPage />, { scopes: ["projects.write", "data.read"] });
    expect(await screen.findByRole("link", { name: "Start labeling" })).toHaveAttribute("href", "/label/3");
    await hands.click(screen.getByRole("button", { name: "Dismiss guide" }));
    await waitFor(() => expect(changes).toEqual([{ preferences: { hides_first_project: true } }]));
  });

  it("offers no new project to who may make none", async () => {
    serve({ [LIST]: () => listed([]) });
    await show(<ProjectsPage />);
    expect(await screen.findByText("No projects yet.")).toBeInTheDocument();
    expect(screen.queryByRole("link", { name: "New project" })).not.toBeInTheDocument();
  });

  it("says why it cannot be shown, and shows it after another try", async () => {
    serve({ [LIST]: () => problem(503, "overloaded", "The server is busy. Try again in 5 seconds.") });
    const hands = await show(<ProjectsPage />);
    expect(await screen.findByRole("alert")).toHaveTextContent("The server is busy. Try again in 5 seconds.");
    expect(screen.queryByText("No projects yet.")).not.toBeInTheDocument();
    serve({ [LIST]: () => listed([project(1, "Apples")]) });
    await hands.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("link", { name: "Apples" })).toBeInTheDocument();
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });
});
