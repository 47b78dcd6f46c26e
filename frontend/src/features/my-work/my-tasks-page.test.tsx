import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { show } from "../../shared/testing/render";
import { listed, serve } from "../../shared/testing/server";
import { MyTasksPage } from "./my-tasks-page";

const project = (id: number, name: string) => ({
  id,
  name,
  project_type: { key: "classification", title: "Image classification" },
  tasks: { open: 3, review: 0, done: 1, skipped: 0 },
});

it("finds a project, and says so where none matches", async () => {
  serve({
    "GET /api/v1/projects/": ({ query }) => {
      const matches = [project(1, "Fruit"), project(2, "Streets")];
      return listed(matches.filter((row) => row.name.includes(query.get("search") ?? "")));
    },
    "GET /api/v1/tasks/returned/": () => listed([]),
    "GET /api/v1/project-types/": () => listed([{ key: "classification", title: "Image classification" }]),
  });
  const hands = await show(<MyTasksPage />, { scopes: ["labels.write"] });
  expect(await screen.findByRole("heading", { name: "Streets" })).toBeInTheDocument();
  await hands.type(screen.getByLabelText("Search projects"), "Fruit");
  await waitFor(() => expect(screen.queryByRole("heading", { name: "Streets" })).not.toBeInTheDocument());
  expect(screen.getByRole("heading", { name: "Fruit" })).toBeInTheDocument();
  await hands.type(screen.getByLabelText("Search projects"), "?");
  expect(await screen.findByText("No matching projects.")).toBeInTheDocument();
  expect(screen.queryByText("No projects to label yet.")).not.toBeInTheDocument();
});
