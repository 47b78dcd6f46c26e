import type { Schemas } from "../../../shared/api/client";

type LabelIn = Schemas["LabelIn"];
export type LabelRow = LabelIn & { key: string; parent?: string };
export type AttributeRow = Schemas["AttributeIn"] & { options: string[]; labels: string[] };
export type Shape = NonNullable<LabelIn["shape"]>;

/** Dark enough to read white text on, and far apart for most kinds of color blindness. */
const COLORS = [
  "#2457d6",
  "#c2410c",
  "#15803d",
  "#a21caf",
  "#b91c1c",
  "#0e7490",
  "#854d0e",
  "#4d7c0f",
  "#be185d",
  "#475569",
];
const KEYS = [..."1234567890"];
const GOLDEN_ANGLE = 137.508; // degrees: each next hue is far from all before it

/** The color of the label at a place: ten chosen ones, then hues that do not repeat. */
export function colorOf(place: number): string {
  const chosen = COLORS[place];
  if (chosen) return chosen;
  const hue = (place * GOLDEN_ANGLE) % 360;
  const channel = (offset: number) => {
    const k = (offset + hue / 30) % 12;
    const value = 0.36 - 0.26 * Math.max(-1, Math.min(k - 3, 9 - k, 1)); // of HSL with saturation 0.72, lightness 0.36
    return Math.round(255 * value)
      .toString(16)
      .padStart(2, "0");
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}

const LINE = /^(?<name>[^[:]+?)\s*(?:\[(?<shape>\w+)\])?\s*(?::\s*(?<points>[^/]*))?(?:\/\s*(?<edges>.*))?$/;

function slug(name: string): string {
  return name
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 36);
}

function fresh(base: string, taken: Set<string>, otherwise: string): string {
  let id = base || otherwise;
  for (let number = 2; taken.has(id); number += 1) id = `${base || otherwise}-${number}`;
  taken.add(id);
  return id;
}

/** `head, hand, foot / 1-2 2-3`: names of the keypoints and which are joined; in a row where nothing is said. */
function skeletonOf(points: string, edges: string): NonNullable<LabelIn["skeleton"]> | null {
  const names = points
    .split(",")
    .map((value) => value.trim())
    .filter(Boolean);
  if (names.length === 0) return null;
  const said = [...edges.matchAll(/(\d+)\s*-\s*(\d+)/g)].map(
    (pair) => [Number(pair[1]) - 1, Number(pair[2]) - 1] as [number, number],
  );
  const row = names.slice(1).map((_, index) => [index, index + 1] as [number, number]);
  return { points: names, edges: said.length > 0 ? said : row };
}

/** The key of a new label: its own name where that is one character, as in digits; else the next free digit. */
function freeKey(name: string, taken: ReadonlySet<string>): string {
  const own = name.toLowerCase();
  if (/^[0-9a-z]$/.test(own)) return taken.has(own) ? "" : own;
  return KEYS.find((key) => !taken.has(key)) ?? "";
}

/**
 * New labels for a schema, out of lines of text: `Name [shape]: keypoints / joints`, all but the name left out at will.
 * Names that the schema has are left out; ids, colors and keys do not clash with those that it has.
 */
export function labelsOf(text: string, before: readonly LabelRow[] = []): LabelRow[] {
  const names = new Set(before.map((row) => row.name));
  const lines = [...new Set(text.split("\n").map((line) => line.trim()))].filter(Boolean);
  const ids = new Set(before.map((row) => row.id));
  const keys = new Set(before.map((row) => row.key));
  const made: LabelRow[] = [];
  for (const line of lines) {
    const { name = line, shape = "", points = "", edges = "" } = LINE.exec(line)?.groups ?? {};
    if (names.has(name)) continue;
    const place = before.length + made.length;
    const key = freeKey(name, keys);
    if (key) keys.add(key);
    names.add(name);
    made.push({
      id: fresh(slug(name), ids, `label-${place + 1}`),
      name: name.slice(0, 80),
      color: colorOf(place),
      key,
      shape: shape as Shape,
      skeleton: skeletonOf(points, edges),
    });
  }
  return made;
}

/** A new attribute: yes or no, until something else is chosen. */
export function newAttribute(name: string, before: readonly AttributeRow[]): AttributeRow {
  const ids = new Set(before.map((row) => row.id));
  const id = fresh(slug(name), ids, `attribute-${before.length + 1}`);
  return { id, name, type: "flag", options: [], labels: [], required: false };
}

/** What keeps a schema from being saved, by the id of the row; nothing where all is well. */
/** How many labels may stand under each other; the server holds the same. */
const MAX_LEVELS = 5;

/** How many labels a row stands under. */
export function levelOf(rows: readonly LabelRow[], row: LabelRow): number {
  const byId = new Map(rows.map((entry) => [entry.id, entry]));
  let level = 0;
  for (let above = byId.get(row.parent ?? ""); above && level < MAX_LEVELS; level += 1)
    above = byId.get(above.parent ?? "");
  return level;
}

/** A row and all that stand under it, as ids. */
function branch(rows: readonly LabelRow[], id: string): Set<string> {
  const ids = new Set([id]);
  for (let before = 0; before < ids.size; ) {
    before = ids.size;
    for (const row of rows) if (row.parent && ids.has(row.parent)) ids.add(row.id);
  }
  return ids;
}

/** Rows as a tree is read: each label behind its parent, those of one parent in their order. */
export function inTreeOrder(rows: readonly LabelRow[]): LabelRow[] {
  const ids = new Set(rows.map((row) => row.id));
  const under = (parent: string): LabelRow[] =>
    rows
      .filter((row) => (ids.has(row.parent ?? "") ? row.parent : "") === parent)
      .flatMap((row) => [row, ...under(row.id)]);
  return under("");
}

/** The labels that a row may be put under: none of its own branch, and not too deep. */
export function parentsFor(rows: readonly LabelRow[], row: LabelRow): LabelRow[] {
  const own = branch(rows, row.id);
  const height = Math.max(
    ...rows.filter((other) => own.has(other.id)).map((entry) => levelOf(rows, entry) - levelOf(rows, row)),
  );
  return rows.filter((other) => !own.has(other.id) && levelOf(rows, other) + 1 + height < MAX_LEVELS);
}

/** The rows with one put under a parent, or at the top. */
export function putUnder(rows: readonly LabelRow[], id: string, parent: string): LabelRow[] {
  return inTreeOrder(rows.map((row) => (row.id === id ? { ...row, parent } : row)));
}

/** The rows without one; what stood under it stands under its parent. */
export function without(rows: readonly LabelRow[], id: string): LabelRow[] {
  const gone = rows.find((row) => row.id === id);
  return rows
    .filter((row) => row.id !== id)
    .map((row) => (row.parent === id ? { ...row, parent: gone?.parent ?? "" } : row));
}

export type Problem = "no_name" | "same_name" | "same_key" | "no_points" | "no_options";

export function problemsOf(
  labels: readonly LabelRow[],
  attributes: readonly AttributeRow[],
  geometries: readonly string[],
): Map<string, Problem> {
  const map = new Map<string, Problem>();
  const names = new Set<string>();
  const keys = new Set<string>();
  for (const row of labels) {
    if (!row.name.trim()) map.set(row.id, "no_name");
    else if (names.has(row.name)) map.set(row.id, "same_name");
    else if (row.key && keys.has(row.key)) map.set(row.id, "same_key");
    else if (isSkeleton(row, geometries) && !row.skeleton?.points.length) map.set(row.id, "no_points");
    names.add(row.name);
    if (row.key) keys.add(row.key);
  }
  for (const row of attributes) {
    if (!row.name.trim()) map.set(`attribute:${row.id}`, "no_name");
    else if (row.type.startsWith("choice") && row.options.length === 0)
      map.set(`attribute:${row.id}`, "no_options");
  }
  return map;
}

/** Whether a label is drawn as keypoints: it says so, or the project knows nothing else. */
export function isSkeleton(row: LabelRow, geometries: readonly string[]): boolean {
  return row.shape === "skeleton" || (!row.shape && geometries.length === 1 && geometries[0] === "skeleton");
}

/** The row at one place moved to another. */
export function moved<Row>(rows: readonly Row[], from: number, to: number): Row[] {
  const next = [...rows];
  const [row] = next.splice(from, 1);
  if (row !== undefined) next.splice(Math.max(0, Math.min(to, next.length)), 0, row);
  return next;
}
