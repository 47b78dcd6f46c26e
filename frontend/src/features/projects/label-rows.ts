import type { Schemas } from "../../shared/api/client";

type LabelIn = Schemas["LabelIn"];
type AttributeIn = Schemas["AttributeIn"];
export type LabelRow = LabelIn & { key: string };

/** Dark enough to read white text on, and far apart for most kinds of colour blindness. */
export const COLORS = [
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
    .map((one) => one.trim())
    .filter(Boolean);
  if (names.length === 0) return null;
  const said = [...edges.matchAll(/(\d+)\s*-\s*(\d+)/g)].map(
    (pair) => [Number(pair[1]) - 1, Number(pair[2]) - 1] as [number, number],
  );
  const row = names.slice(1).map((_, index) => [index, index + 1] as [number, number]);
  return { points: names, edges: said.length > 0 ? said : row };
}

/**
 * Labels out of lines of text, `Name [shape]: keypoints / joints` with all but the name left out at will:
 * stable ids, colours in turn, keys 1 to 9 and 0.
 */
export function labelsOf(text: string): LabelRow[] {
  const lines = [...new Set(text.split("\n").map((line) => line.trim()))].filter(Boolean);
  const taken = new Set<string>();
  return lines.map((line, index) => {
    const { name = line, shape = "", points = "", edges = "" } = LINE.exec(line)?.groups ?? {};
    return {
      id: fresh(slug(name), taken, `label-${index + 1}`),
      name: name.slice(0, 80),
      color: COLORS[index % COLORS.length] ?? "#475569",
      key: index < 10 ? String((index + 1) % 10) : "",
      shape: shape as NonNullable<LabelIn["shape"]>,
      skeleton: skeletonOf(points, edges),
    };
  });
}

/** Attributes out of lines of text: `Hidden?` is yes or no, `Doors: number`, `Plate: text`, `Colour: red, blue`. */
export function attributesOf(text: string): AttributeIn[] {
  const taken = new Set<string>();
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line, index) => {
      const required = line.endsWith("*");
      const [title = "", said = ""] = line.replace(/\*$/, "").split(/:(.*)/);
      const name = title.replace(/\?$/, "").trim().slice(0, 80);
      const options = said
        .split(",")
        .map((one) => one.trim())
        .filter(Boolean);
      const word = options.length === 1 ? options[0] : "";
      const plain = word === "number" || word === "text" ? word : null;
      const type = plain ?? (options.length > 0 ? "choice" : "flag");
      return {
        id: fresh(slug(name), taken, `attribute-${index + 1}`),
        name,
        type,
        options: plain || type === "flag" ? [] : options,
        labels: [],
        required,
      };
    });
}
