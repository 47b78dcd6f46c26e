import { type Doc, EMPTY } from "./document";
import type { AttributeValue, Region, RelationRegion, ShapeName, SpanRegion } from "./regions";

/** The answer as the server takes it. */
export type Value = Record<string, unknown>;

/** What the editor needs of a project type; the server's list says it. */
export interface EditorProjectType {
  readonly key: string;
  readonly editor_form: string;
  readonly editor_view: "image" | "text";
  readonly geometries: readonly string[];
}

/** How the editor reads and writes annotations of one form. Adding one is adding a row to `FORMS`. */
interface Form {
  /** How many labels the whole item takes. */
  readonly classes: "none" | "one" | "many";
  /** Null where the document is no answer yet. */
  toValue(doc: Doc): Value | null;
  fromValue(value: Value): Doc;
}

/** A project type on the screen. */
export interface Kind extends Form {
  readonly key: string;
  readonly form: string;
  readonly view: EditorProjectType["editor_view"];
  /** Shapes that can be drawn; none where the whole item is labeled. */
  readonly shapes: readonly ShapeName[];
}

function attributesOf(doc: Doc): Value {
  return Object.keys(doc.attributes).length > 0 ? { attributes: doc.attributes } : {};
}

function attributesIn(value: Value): Doc["attributes"] {
  return (value.attributes as Record<string, AttributeValue> | undefined) ?? {};
}

const oneClass: Form = {
  classes: "one",
  toValue: (doc) => (doc.labels[0] === undefined ? null : { label: doc.labels[0], ...attributesOf(doc) }),
  fromValue: (value) => ({ ...EMPTY, labels: [String(value.label)], attributes: attributesIn(value) }),
};

const manyClasses: Form = {
  classes: "many",
  toValue: (doc) => ({ labels: [...doc.labels], ...attributesOf(doc) }),
  fromValue: (value) => ({ ...EMPTY, labels: value.labels as string[], attributes: attributesIn(value) }),
};

const regions: Form = {
  classes: "none",
  toValue: (doc) => ({ regions: [...doc.regions.values()] }),
  fromValue: (value) => {
    const rows = (value.regions as Region[]).map((row) => ({ ...row, shape: row.shape ?? "box" }) as Region);
    return { ...EMPTY, regions: new Map(rows.map((row) => [row.id, row])) };
  },
};

const spans: Form = {
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
    const matches: Region[] = [
      ...((value.spans as Omit<SpanRegion, "shape">[] | undefined) ?? []).map(
        (row) => ({ ...row, shape: "span" }) as SpanRegion,
      ),
      ...((value.relations as Omit<RelationRegion, "shape">[] | undefined) ?? []).map(
        (row) => ({ ...row, shape: "relation" }) as RelationRegion,
      ),
    ];
    return { ...EMPTY, regions: new Map(matches.map((row) => [row.id, row])) };
  },
};

/** The number is kept as an attribute of the item, so that undo and drafts know it. */
const number: Form = {
  classes: "none",
  toValue: (doc) => (typeof doc.attributes.number === "number" ? { number: doc.attributes.number } : null),
  fromValue: (value) => ({ ...EMPTY, attributes: { number: Number(value.number) } }),
};

export const FORMS: Readonly<Record<string, Form>> = {
  class: oneClass,
  classes: manyClasses,
  regions,
  spans,
  number,
};

export function kindOf(type: EditorProjectType): Kind {
  const form = FORMS[type.editor_form];
  if (!form) throw new Error(`the project type ${type.key} has no form in the editor`);
  const shapes = type.geometries as readonly ShapeName[];
  return { ...form, key: type.key, form: type.editor_form, view: type.editor_view, shapes };
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
