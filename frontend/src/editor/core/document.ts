import type { AttributeValue, Region } from "./regions";

/** What is being labeled: a change is data, so undo, autosave and review read the same thing. */
export interface Doc {
  /** Labels of the whole item, for classification. */
  readonly labels: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
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
  | { readonly kind: "order"; readonly before: readonly string[]; readonly after: readonly string[] }
  | { readonly kind: "labels"; readonly before: readonly string[]; readonly after: readonly string[] }
  | {
      readonly kind: "attributes";
      readonly before: Doc["attributes"];
      readonly after: Doc["attributes"];
    };

export type ChangeSet = readonly Change[];

export const EMPTY: Doc = { labels: [], attributes: {}, regions: new Map() };

export function apply(doc: Doc, changes: ChangeSet): Doc {
  let { labels, attributes } = doc;
  let regions = new Map(doc.regions);
  for (const change of changes) {
    if (change.kind === "labels") labels = change.after;
    else if (change.kind === "attributes") attributes = change.after;
    else if (change.kind === "order") regions = inOrder(regions, change.after);
    else if (change.after === null) regions.delete(change.id);
    else regions.set(change.id, change.after);
  }
  return { labels, attributes, regions };
}

/** The same regions in another order; those that it does not name come last. */
function inOrder(regions: ReadonlyMap<string, Region>, order: readonly string[]): Map<string, Region> {
  const sorted = new Map<string, Region>();
  for (const id of [...order, ...regions.keys()]) {
    const region = regions.get(id);
    if (region) sorted.set(id, region);
  }
  return sorted;
}

/** The change set that takes `changes` back. */
export function invert(changes: ChangeSet): ChangeSet {
  return [...changes]
    .reverse()
    .map((change) => ({ ...change, before: change.after, after: change.before }) as Change);
}

/** A document as plain JSON, for the journal. */
export interface PlainDoc {
  labels: readonly string[];
  attributes: Doc["attributes"];
  regions: Region[];
}

export function toPlain(doc: Doc): PlainDoc {
  return { labels: doc.labels, attributes: doc.attributes, regions: [...doc.regions.values()] };
}

export function fromPlain(plain: PlainDoc): Doc {
  return { ...plain, regions: new Map(plain.regions.map((region) => [region.id, region])) };
}
