import { type Doc, EMPTY } from "./document";
import type { AttributeValue, Region, RelationRegion, ShapeName, SpanRegion } from "./regions";

/** The answer as the server takes it. */
export type Value = Record<string, unknown>;

/** A kind of labeling on the screen. Adding one is adding a row to `KINDS`. */
export interface Kind {
  readonly key: string;
  readonly mediaType: "image" | "text";
  /** Shapes that can be drawn; none where the whole item is labeled. */
  readonly shapes: readonly ShapeName[];
  /** How many labels the whole item takes. */
  readonly classes: "none" | "one" | "many";
  /** Null where the document is no answer yet. */
  toValue(doc: Doc): Value | null;
  fromValue(value: Value): Doc;
}

function attributesOf(doc: Doc): Value {
  return Object.keys(doc.attributes).length > 0 ? { attributes: doc.attributes } : {};
}

function attributesIn(value: Value): Doc["attributes"] {
  return (value.attributes as Record<string, AttributeValue> | undefined) ?? {};
}

const one = (key: string, mediaType: Kind["mediaType"]): Kind => ({
  key,
  mediaType,
  shapes: [],
  classes: "one",
  toValue: (doc) => (doc.labels[0] === undefined ? null : { label: doc.labels[0], ...attributesOf(doc) }),
  fromValue: (value) => ({ ...EMPTY, labels: [String(value.label)], attributes: attributesIn(value) }),
});

const many = (key: string, mediaType: Kind["mediaType"]): Kind => ({
  key,
  mediaType,
  shapes: [],
  classes: "many",
  toValue: (doc) => ({ labels: [...doc.labels], ...attributesOf(doc) }),
  fromValue: (value) => ({ ...EMPTY, labels: value.labels as string[], attributes: attributesIn(value) }),
});

const regions = (key: string, shapes: readonly ShapeName[]): Kind => ({
  key,
  mediaType: "image",
  shapes,
  classes: "none",
  toValue: (doc) => ({ regions: [...doc.regions.values()] }),
  fromValue: (value) => {
    const rows = (value.regions as Region[]).map((row) => ({ ...row, shape: row.shape ?? "box" }) as Region);
    return { ...EMPTY, regions: new Map(rows.map((row) => [row.id, row])) };
  },
});

const spans: Kind = {
  key: "spans",
  mediaType: "text",
  shapes: ["span", "relation"],
  classes: "none",
  toValue: (doc) => {
    const rows = [...doc.regions.values()];
    const plain = ({ shape: _, ...rest }: Region) => rest;
    return {
      spans: rows.filter((row) => row.shape === "span").map(plain),
      relations: rows
        .filter((row): row is RelationRegion => row.shape === "relation")
        .map(({ id, label, from, to }) => ({ id, label, from, to })),
    };
  },
  fromValue: (value) => {
    const found: Region[] = [
      ...((value.spans as Omit<SpanRegion, "shape">[] | undefined) ?? []).map(
        (row) => ({ ...row, shape: "span" }) as SpanRegion,
      ),
      ...((value.relations as Omit<RelationRegion, "shape">[] | undefined) ?? []).map(
        (row) => ({ ...row, shape: "relation" }) as RelationRegion,
      ),
    ];
    return { ...EMPTY, regions: new Map(found.map((row) => [row.id, row])) };
  },
};

/** The number is kept as an attribute of the item, so that undo and drafts know it. */
const number: Kind = {
  key: "row_number",
  mediaType: "text",
  shapes: [],
  classes: "none",
  toValue: (doc) => (typeof doc.attributes.number === "number" ? { number: doc.attributes.number } : null),
  fromValue: (value) => ({ ...EMPTY, attributes: { number: Number(value.number) } }),
};

export const KINDS: Readonly<Record<string, Kind>> = Object.fromEntries(
  [
    one("classification", "image"),
    many("multi_classification", "image"),
    regions("boxes", ["box"]),
    regions("polygons", ["polygon", "polyline"]),
    regions("keypoints", ["skeleton"]),
    regions("masks", ["mask"]),
    regions("mixed", ["box", "polygon", "polyline", "skeleton", "mask"]),
    one("text_classification", "text"),
    spans,
    one("row_classification", "text"),
    number,
  ].map((kind) => [kind.key, kind]),
);

export function kindOf(key: string): Kind {
  const kind = KINDS[key];
  if (!kind) throw new Error(`unknown kind ${key}`);
  return kind;
}

/** The document of an answer; an empty one where there is none or it is of another kind. */
export function docOf(kind: Kind, value: unknown): Doc {
  if (typeof value !== "object" || value === null) return EMPTY;
  try {
    return kind.fromValue(value as Value);
  } catch {
    return EMPTY;
  }
}
