import type { I18n } from "@lingui/core";
import { percent, rough } from "./numbers";

export interface Metric {
  value: number;
  low?: number | null;
  high?: number | null;
}

/** The metric that a kind of labeling goes by comes first in this list. */
const PRIMARY = ["accuracy", "ap50", "span_f1", "explained"];

/** Metrics that are errors in the unit of what is estimated, and not shares. */
const ERRORS = new Set(["rmse", "mae"]);

/** Kinds with a recipe; only their labels can be trained on. */
export const TRAINED_KINDS = new Set([
  "classification",
  "text_classification",
  "row_classification",
  "row_number",
  "boxes",
  "masks",
  "keypoints",
  "spans",
]);

export function metricTitle(i18n: I18n, name: string): string {
  const titles: Record<string, string> = {
    accuracy: i18n._("Accuracy"),
    macro_f1: i18n._("Macro-F1"),
    ap50: i18n._("Average precision at overlap .50"),
    ap: i18n._("Average precision, .50 to .95"),
    ap75: i18n._("Average precision at overlap .75"),
    span_f1: i18n._("F1 of spans"),
    precision: i18n._("Precision"),
    recall: i18n._("Recall"),
    explained: i18n._("Share of the variance explained"),
    rmse: i18n._("Root mean square error"),
    mae: i18n._("Mean absolute error"),
  };
  return titles[name] ?? name;
}

/** The name of the metric that counts most; empty where none is there. */
export function primaryOf(metrics: Record<string, unknown>): string {
  return PRIMARY.find((name) => name in metrics) ?? Object.keys(metrics)[0] ?? "";
}

/** The primary metric first, then the others. */
export function inOrder(metrics: Record<string, unknown>): string[] {
  const first = primaryOf(metrics);
  return [first, ...Object.keys(metrics).filter((name) => name !== first)].filter(Boolean);
}

/** A value with its 95 % interval. */
export function told(name: string, metric: Metric | null | undefined, locale: string): string {
  if (!metric) return "–";
  const one = (value: number) => (ERRORS.has(name) ? rough3(value, locale) : percent(value, locale));
  if (metric.low == null || metric.high == null) return one(metric.value);
  return `${one(metric.value)} (${one(metric.low)} – ${one(metric.high)})`;
}

function rough3(value: number, locale: string): string {
  return Math.abs(value) < 1
    ? rough(value, locale)
    : new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 }).format(value);
}

/** A difference with sign and 95 % interval: points of a share, or the unit of an error. */
export function differenceTold(
  name: string,
  found: { value: number; low?: number | null; high?: number | null },
  locale: string,
): string {
  if (!ERRORS.has(name)) return pointsOf(found, locale);
  const one = (value: number) => (value > 0 ? "+" : "") + rough3(value, locale);
  return `${one(found.value)} (${one(found.low ?? found.value)} … ${one(found.high ?? found.value)})`;
}

/** Points of difference with sign and 95 % interval. */
export function pointsOf(
  found: { value: number; low?: number | null; high?: number | null },
  locale: string,
): string {
  const one = (value: number) =>
    new Intl.NumberFormat(locale, {
      signDisplay: "exceptZero",
      minimumFractionDigits: 1,
      maximumFractionDigits: 1,
    }).format(100 * value);
  return `${one(found.value)} (${one(found.low ?? found.value)} … ${one(found.high ?? found.value)})`;
}
