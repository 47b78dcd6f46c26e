import {
  type SymbolType,
  symbolCircle,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
  symbolWye,
} from "d3-shape";
import type { Series } from "./model";

const DASHES = ["", "8 4", "2 3", "10 3 2 3", "5 2", "1 4"];
const MARKS: SymbolType[] = [
  symbolCircle,
  symbolSquare,
  symbolTriangle,
  symbolDiamond,
  symbolStar,
  symbolWye,
];
const TONES = { good: "var(--good)", bad: "var(--bad)", muted: "var(--muted)" };

export interface Look {
  color: string;
  dash: string;
  symbol: SymbolType;
}

/** Color, dash and mark of each series: by its place, so that toggling one does not recolor the others. */
export function looksOf(series: Series[]): Map<string, Look> {
  const looks = new Map<string, Look>();
  let place = 0;
  for (const line of series) {
    const parent = line.partOf === undefined ? undefined : looks.get(line.partOf);
    const index = place % DASHES.length;
    looks.set(
      line.key,
      parent ?? {
        color: line.tone ? TONES[line.tone] : `var(--series-${index})`,
        dash: DASHES[index] ?? "",
        symbol: MARKS[index] ?? symbolCircle,
      },
    );
    if (!parent && !line.tone) place += 1;
  }
  return looks;
}
