import type { I18n } from "@lingui/core";
import type { Schemas } from "../../../shared/api/client";

/** Labels of an annotation as the list has it, with how often each occurs. */
export function labelsIn(value: Schemas["TaskRow"]["value"]): [id: string, number: number][] {
  const { label, labels, counts } = (value ?? {}) as {
    label?: string;
    labels?: string[];
    counts?: Record<string, number>;
  };
  if (label) return [[label, 1]];
  if (labels) return labels.map((id) => [id, 1]);
  return Object.entries(counts ?? {});
}

/** A number that was annotated, in words; empty where the annotation is none. */
export function numberIn(value: Schemas["TaskRow"]["value"]): string {
  const number = (value as { number?: unknown } | null)?.number;
  return typeof number === "number" ? String(number) : "";
}

export function stateTitle(i18n: I18n, state: string): string {
  const titles: Record<string, string> = {
    open: i18n._("Open"),
    review: i18n._("In review"),
    done: i18n._("Done"),
    skipped: i18n._("Skipped"),
  };
  return titles[state] ?? state;
}
