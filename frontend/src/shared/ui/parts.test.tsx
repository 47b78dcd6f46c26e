import { screen, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { ApiError, Offline } from "../api/client";
import { show } from "../testing/render";
import { Done, Empty, Failure, Field, Progress, State, Waiting } from "./parts";

describe("a failure", () => {
  const refused = (errors: { field: string; message: string }[]) =>
    new ApiError(400, "invalid_body", "Two fields are wrong.", errors);

  it("names every field that the server refused", async () => {
    const errors = [
      { field: "name", message: "It is too long." },
      { field: "email", message: "This is no address." },
    ];
    await show(<Failure error={refused(errors)} />);
    const alert = screen.getByRole("alert");
    expect(alert).toHaveTextContent("Two fields are wrong.");
    expect(
      within(alert)
        .getAllByRole("listitem")
        .map((row) => row.textContent),
    ).toEqual(["name It is too long.", "email This is no address."]);
  });

  it("says one field's trouble once, in its sentence", async () => {
    await show(<Failure error={refused([{ field: "name", message: "It is too long." }])} />);
    expect(screen.getByRole("alert")).toHaveTextContent(/^Two fields are wrong\.$/);
  });

  it("offers to try again where the server was not reached", async () => {
    const again = vi.fn();
    const hands = await show(<Failure error={new Offline("no route")} again={again} />);
    expect(screen.getByRole("alert")).toHaveTextContent("The server cannot be reached.");
    await hands.click(screen.getByRole("button", { name: "Try again" }));
    expect(again).toHaveBeenCalledOnce();
  });

  it("offers to reload, not to try again, where somebody else changed it", async () => {
    await show(<Failure error={new ApiError(412, "stale_state", "Changed.")} again={() => undefined} />);
    expect(screen.getByRole("alert")).toHaveTextContent("Somebody else changed this meanwhile.");
    expect(screen.getAllByRole("button").map((button) => button.textContent)).toEqual(["Reload"]);
  });

  it.each([
    [["projects.write"], "This project is archived. Restore it first."],
    [[], "This project is archived. A manager or an admin can restore it."],
  ])("says who restores an archived project to who has %j", async (scopes, text) => {
    await show(<Failure error={new ApiError(409, "project_archived", "Archived.")} />, { scopes });
    expect(screen.getByRole("alert")).toHaveTextContent(text);
  });
});

describe("the small parts", () => {
  it("read a field's label as its name and the hint as its description", async () => {
    await show(
      <Field label="Target, %" hint="acceptance claims that the accuracy is above this">
        <input type="number" />
      </Field>,
    );
    expect(screen.getByRole("spinbutton", { name: "Target, %" })).toHaveAccessibleDescription(
      "acceptance claims that the accuracy is above this",
    );
  });

  it("leave a field without a hint without a description", async () => {
    await show(
      <Field label="Title">
        <input />
      </Field>,
    );
    expect(screen.getByRole("textbox", { name: "Title" })).not.toHaveAttribute("aria-describedby");
  });

  it("say what an empty place is for, with the first step", async () => {
    const begin = vi.fn();
    const step = (
      <button type="button" onClick={begin}>
        Bring data in
      </button>
    );
    const hands = await show(<Empty action={step}>Nothing here yet.</Empty>);
    expect(screen.getByText("Nothing here yet.")).toBeInTheDocument();
    await hands.click(screen.getByRole("button", { name: "Bring data in" }));
    expect(begin).toHaveBeenCalledOnce();
  });

  it("wait without a word at first, and then say for what", async () => {
    await show(<Waiting what="Fetching the next items…" />);
    const status = screen.getByRole("status");
    expect(status).toBeEmptyDOMElement();
    expect(await screen.findByText("Fetching the next items…")).toBe(status);
  });

  it("have the status region before its text, or screen readers do not read it", async () => {
    await show(<Done when={false} />);
    expect(screen.getByRole("status")).toBeEmptyDOMElement();
  });

  it("say that it is done", async () => {
    await show(<Done when />);
    expect(screen.getByRole("status")).toHaveTextContent(/^Saved\.$/);
  });

  it.each([
    [3, 4, "75"],
    [5, 4, "100"],
    [0, 0, "0"],
  ])("tell %i of %i as a share", async (done, total, share) => {
    await show(<Progress done={done} total={total} label="Fruit" />);
    expect(screen.getByRole("progressbar", { name: "Fruit" })).toHaveAttribute("aria-valuenow", share);
  });

  it("give a state a shape besides its word", async () => {
    await show(
      <>
        <State state="done" />
        <State state="failed" />
      </>,
    );
    expect(screen.getByText("done")).toHaveTextContent("● done");
    expect(screen.getByText("failed")).toHaveTextContent("✕ failed");
  });
});
