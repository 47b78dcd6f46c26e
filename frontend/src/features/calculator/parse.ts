/** A pasted table of a learning curve: n, score and optionally seed and se, with or without a head row. */

export interface Point {
  n: number;
  score: number;
  seed?: number;
  se?: number;
}

export interface Problem {
  line: number;
  column: string;
  text: string;
}

const KNOWN = ["n", "score", "seed", "se"];

/** Rows that could be read, and what is wrong with the others. Commas, semicolons, tabs and spaces part columns. */
export function parseCurve(text: string): { points: Point[]; problems: Problem[] } {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  let columns = ["n", "score", "seed", "se"];
  const points: Point[] = [];
  const problems: Problem[] = [];
  let first = true;
  lines.forEach((line, index) => {
    if (line === "" || line.startsWith("#")) return;
    const cells = line.split(/[\t;,]\s*|\s+/).map((cell) => cell.replace(/^"|"$/g, ""));
    if (first && /[a-z]/i.test(cells[0] ?? "")) {
      columns = cells.map((cell) => cell.toLowerCase());
      for (const name of ["n", "score"]) {
        if (!columns.includes(name)) problems.push({ line: index + 1, column: name, text: line });
      }
      first = false;
      return;
    }
    first = false;
    const point: Partial<Point> = {};
    columns.forEach((name, place) => {
      const cell = cells[place];
      if (!KNOWN.includes(name) || cell === undefined || cell === "") return;
      const percent = cell.endsWith("%");
      const value = Number(percent ? cell.slice(0, -1) : cell);
      const whole = name === "n" || name === "seed";
      if (!Number.isFinite(value) || (whole && !Number.isInteger(value)) || (name === "n" && value < 1)) {
        problems.push({ line: index + 1, column: name, text: cell });
        return;
      }
      point[name as keyof Point] = percent ? value / 100 : value;
    });
    if (point.n !== undefined && point.score !== undefined) points.push(point as Point);
    else if (!problems.some((problem) => problem.line === index + 1)) {
      problems.push({ line: index + 1, column: point.n === undefined ? "n" : "score", text: line });
    }
  });
  return { points, problems };
}
