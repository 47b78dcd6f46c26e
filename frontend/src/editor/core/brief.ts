import { docOf, type Kind } from "./kinds";

/** An answer in few words: labels with how often each occurs. */
export function brief(kind: Kind, value: unknown, names: ReadonlyMap<string, string>): string {
  const doc = docOf(kind, value);
  const counts = new Map<string, number>();
  for (const label of [...doc.labels, ...[...doc.regions.values()].map((region) => region.label)])
    counts.set(label, (counts.get(label) ?? 0) + 1);
  const parts = [...counts].map(([id, number]) => `${names.get(id) ?? id}${number > 1 ? ` ×${number}` : ""}`);
  return parts.join(", ") || "–";
}
