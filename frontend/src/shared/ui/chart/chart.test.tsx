import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { show } from "../../testing/render";
import { Chart } from "./chart";
import type { Axis, Series } from "./model";

const labels: Axis = { label: "Labels", scale: "log", format: (value) => String(Math.round(value)) };
const accuracy: Axis = {
  label: "Accuracy",
  min: 0,
  max: 1,
  format: (value) => `${Math.round(value * 100)}%`,
};
const measured: Series = {
  key: "measured",
  name: "Measured",
  mark: "line",
  interval: "95% interval",
  points: [
    { x: 50, y: 0.62, low: 0.55, high: 0.69 },
    { x: 100, y: 0.7, low: 0.65, high: 0.75 },
    { x: 200, y: 0.76, low: 0.72, high: 0.8 },
  ],
};
const forecast: Series = {
  key: "forecast",
  name: "Forecast",
  mark: "forecast",
  interval: "80% interval",
  points: [
    { x: 200, y: 0.76, low: 0.75, high: 0.77, lowest: 0.74, highest: 0.78 },
    { x: 800, y: 0.85, low: 0.8, high: 0.9, lowest: 0.75, highest: 0.94 },
  ],
};

const chart = (series: Series[] = [measured, forecast]) => (
  <Chart
    title="Learning curve"
    fileName="curve"
    series={series}
    x={labels}
    y={accuracy}
    references={[{ axis: "y", value: 0.9, label: "Target 90%" }]}
  />
);
const area = () => screen.getByRole("group", { name: "Learning curve" });
const report = () => within(area()).getByRole("status").textContent;

describe("a chart", () => {
  it("has error bars for what was measured, and bands for what is forecast", async () => {
    await show(chart());
    expect(screen.getAllByTestId("error-bar")).toHaveLength(3);
    expect(screen.getAllByTestId("band")).toHaveLength(1);
    expect(screen.getAllByTestId("wide-band")).toHaveLength(1);
  });

  it("names its axes and its target", async () => {
    await show(chart());
    expect(screen.getByText("Labels (log scale)")).toBeInTheDocument();
    expect(screen.getByText("Accuracy")).toBeInTheDocument();
    expect(screen.getByText("Target 90%")).toBeInTheDocument();
  });

  it("reads its values out to the arrow keys", async () => {
    const hands = await show(chart());
    area().focus();
    await hands.keyboard("{ArrowRight}");
    expect(report()).toBe("Labels 50: Measured 62% (55% to 69%) 95% interval");
    await hands.keyboard("{ArrowRight}{ArrowRight}");
    expect(report()).toBe(
      "Labels 200: Measured 76% (72% to 80%) 95% interval; Forecast 76% (75% to 77%) 80% interval",
    );
    await hands.keyboard("{End}");
    expect(report()).toContain("Labels 800");
    await hands.keyboard("{Escape}");
    expect(report()).toBe("");
  });

  it("zooms by keys and shows everything again", async () => {
    const hands = await show(chart());
    area().focus();
    await hands.keyboard("{Home}+");
    expect(screen.queryByText("500")).not.toBeInTheDocument();
    await hands.click(screen.getByRole("button", { name: "Reset zoom" }));
    expect(screen.getByText("500")).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Reset zoom" })).not.toBeInTheDocument();
  });

  it("zooms to the range that is dragged", async () => {
    await show(chart());
    const drawing = within(area()).getByRole("img");
    const at = (clientX: number) => ({ clientX, clientY: 100, button: 0 });
    fireEvent.pointerDown(drawing, at(60));
    fireEvent.pointerMove(drawing, at(260));
    fireEvent.pointerUp(drawing, at(260));
    expect(await screen.findByRole("button", { name: "Reset zoom" })).toBeInTheDocument();
  });

  it("hides a series by its legend", async () => {
    const hands = await show(chart());
    const entry = screen.getByRole("button", { name: "Forecast, 80% interval" });
    expect(entry).toHaveAttribute("aria-pressed", "true");
    await hands.click(entry);
    expect(entry).toHaveAttribute("aria-pressed", "false");
    expect(screen.queryByTestId("band")).not.toBeInTheDocument();
    expect(screen.getAllByTestId("error-bar")).toHaveLength(3);
  });

  it("has the same numbers as a table", async () => {
    const hands = await show(chart());
    expect(screen.queryByRole("table")).not.toBeInTheDocument();
    await hands.click(screen.getByRole("button", { name: "View as table" }));
    const row = screen.getByRole("row", { name: /^200 / });
    expect(
      within(row)
        .getAllByRole("cell")
        .map((cell) => cell.textContent),
    ).toEqual(["76% (72% to 80%)", "76% (75% to 77%)"]);
  });

  it("is saved as numbers", async () => {
    const files: Blob[] = [];
    vi.stubGlobal(
      "URL",
      Object.assign(URL, {
        createObjectURL: (file: Blob) => {
          files.push(file);
          return "blob:x";
        },
        revokeObjectURL: () => {},
      }),
    );
    const hands = await show(chart([measured]));
    await hands.click(screen.getByRole("button", { name: "Save chart" }));
    await hands.click(await screen.findByRole("menuitem", { name: "Numbers (CSV)" }));
    await waitFor(() => expect(files).toHaveLength(1));
    expect(await files[0]?.text()).toContain("50,Measured,0.62,0.55,0.69,95% interval");
  });

  it("is nothing without points", async () => {
    await show(chart([{ ...measured, points: [] }]));
    expect(screen.queryByRole("group", { name: "Learning curve" })).not.toBeInTheDocument();
  });
});
