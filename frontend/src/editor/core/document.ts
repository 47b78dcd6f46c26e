/** What is being labeled, as values: a change is data, so undo, autosave and review read the same thing. */
export interface Region {
  readonly id: string;
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Doc {
  /** The label of the whole picture, for classification. */
  readonly label: string | null;
  /** Regions in the order in which they were made. */
  readonly regions: ReadonlyMap<string, Region>;
}

export type Change =
  | {
      readonly kind: "region";
      readonly id: string;
      readonly before: Region | null;
      readonly after: Region | null;
    }
  | { readonly kind: "label"; readonly before: string | null; readonly after: string | null };

export type ChangeSet = readonly Change[];

export const EMPTY: Doc = { label: null, regions: new Map() };

export function apply(doc: Doc, changes: ChangeSet): Doc {
  let label = doc.label;
  const regions = new Map(doc.regions);
  for (const change of changes) {
    if (change.kind === "label") label = change.after;
    else if (change.after === null) regions.delete(change.id);
    else regions.set(change.id, change.after);
  }
  return { label, regions };
}

/** The change set that takes `changes` back. */
export function invert(changes: ChangeSet): ChangeSet {
  return [...changes]
    .reverse()
    .map((change) => ({ ...change, before: change.after, after: change.before }) as Change);
}

/** The answer as the server takes it. */
export type Value = { label: string } | { regions: Region[] };

export function toValue(doc: Doc, kind: string): Value | null {
  if (kind === "classification") return doc.label === null ? null : { label: doc.label };
  return { regions: [...doc.regions.values()] };
}

export function fromValue(value: unknown): Doc {
  if (typeof value !== "object" || value === null) return EMPTY;
  const given = value as { label?: unknown; regions?: unknown };
  const regions = Array.isArray(given.regions) ? (given.regions as Region[]) : [];
  return {
    label: typeof given.label === "string" ? given.label : null,
    regions: new Map(regions.map((region) => [region.id, region])),
  };
}
