import { setupI18n } from "@lingui/core";
import { expect, test } from "vitest";
import { MetricCatalog } from "./metrics";

const spec = { description: "", min: 0, max: 1, annotation_types: [], higher_is_better: true };
const catalog = new MetricCatalog(
  [
    { ...spec, key: "second_in_name", title: "First", unit: "fraction" },
    { ...spec, key: "a_cost", title: "Cost", unit: "annotation", max: null, higher_is_better: false },
  ],
  setupI18n({ locale: "en", messages: { en: {} } }),
);

test("metrics come in the order of the catalog, unknown ones behind", () => {
  const metrics = { mine: 1, a_cost: 2, second_in_name: 3 };
  expect(catalog.inOrder(metrics)).toEqual(["second_in_name", "a_cost", "mine"]);
  expect(catalog.primaryOf(metrics)).toBe("second_in_name");
  expect(catalog.primaryOf({})).toBe("");
});

test("titles and units are the server's", () => {
  expect(catalog.title("a_cost")).toBe("Cost");
  expect(catalog.title("mine")).toBe("mine");
  expect(catalog.format("second_in_name", { value: 0.5, low: 0.4, high: 0.6 })).toContain("%");
  expect(catalog.format("a_cost", { value: 12.3456 })).toBe("12.3");
  expect(catalog.formatDifference("a_cost", { value: 2, low: 1, high: 3 })).toBe("+2 (+1 … +3)");
  expect(catalog.formatDifference("second_in_name", { value: 0.02, low: 0.01, high: 0.03 })).toContain(
    "+2.0",
  );
});
