import type { Region, ShapeName } from "./regions";

/** What is asked of a label here. */
export interface ShapedLabel {
  readonly id: string;
  readonly name: string;
  readonly key: string;
  readonly shape?: string | undefined;
  /** Id of the label that it stands under. */
  readonly parent?: string | undefined;
}

/** Whether a region of a shape may have a label; one that names no shape is for all but arrows. */
export function suits(label: ShapedLabel | undefined, shape: ShapeName): boolean {
  if (!label) return false;
  return label.shape ? label.shape === shape : shape !== "relation";
}

/** The first region whose label is for another shape, as the server would refuse it. */
export function misfit(regions: Iterable<Region>, labels: readonly ShapedLabel[]): Region | null {
  const byId = new Map(labels.map((label) => [label.id, label]));
  for (const region of regions) {
    const label = byId.get(region.label);
    if (label && !suits(label, region.shape)) return region;
  }
  return null;
}

/**
 * The keys of labels: their own; a digit for a label that is named by this digit; then the digit of their place, or
 * the first free one.
 */
export function keysOf(labels: readonly ShapedLabel[]): Map<string, string> {
  const keys = new Map<string, string>();
  const used = new Set(labels.map((label) => label.key).filter(Boolean));
  const give = (label: ShapedLabel, key: string | undefined) => {
    if (!key || used.has(key)) return;
    used.add(key);
    keys.set(label.id, key);
  };
  for (const label of labels) if (label.key) keys.set(label.id, label.key);
  const open = () => labels.filter((label) => !keys.has(label.id));
  for (const label of open()) if (/^\d$/.test(label.name.trim())) give(label, label.name.trim());
  for (const label of open()) {
    const place = labels.indexOf(label);
    if (place < 10) give(label, String((place + 1) % 10));
  }
  const digits = [..."1234567890"];
  for (const label of open().slice(0, 10))
    give(
      label,
      digits.find((digit) => !used.has(digit)),
    );
  return keys;
}

/** Labels by what they are for, in their order; without shapes they are one group. */
export function groupsOf<L extends ShapedLabel>(labels: readonly L[]): [group: string, labels: L[]][] {
  const groups = new Map<string, L[]>();
  for (const label of labels) {
    const group = label.shape ?? "";
    groups.set(group, [...(groups.get(group) ?? []), label]);
  }
  return [...groups];
}
