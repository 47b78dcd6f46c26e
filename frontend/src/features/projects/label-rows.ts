export interface LabelRow {
  id: string;
  name: string;
  color: string;
  key: string;
}

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

/** Labels out of lines of text: stable ids, colours in turn, keys 1 to 9 and 0. */
export function labelsOf(text: string): LabelRow[] {
  const names = [
    ...new Set(
      text
        .split("\n")
        .map((line) => line.trim())
        .filter(Boolean),
    ),
  ];
  const taken = new Set<string>();
  return names.map((name, index) => {
    const base = name
      .toLowerCase()
      .normalize("NFKD")
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, 36);
    let id = base || `label-${index + 1}`;
    while (taken.has(id)) id = `${base || "label"}-${taken.size + 1}`;
    taken.add(id);
    return {
      id,
      name: name.slice(0, 80),
      color: COLORS[index % COLORS.length] ?? "#475569",
      key: index < 10 ? String((index + 1) % 10) : "",
    };
  });
}
