import { useLingui } from "@lingui/react";
import type { Schemas } from "../../shared/api/client";
import { rough } from "../../shared/ui/numbers";
import styles from "./demand.module.css";

type Cell = Schemas["CellBoundsOut"];
type TimeBin = Schemas["TimeBinForecastOut"];

const WIDTH = 520;
const MOST_HEIGHT = 520;

interface Projection {
  height: number;
  x(longitude: number): number;
  y(latitude: number): number;
}

/** Degrees to pixels, north up, a degree of longitude as short as it is at this latitude. */
export function projectionOf(cells: readonly Cell[]): Projection {
  const south = Math.min(...cells.map((bounds) => bounds.south));
  const north = Math.max(...cells.map((bounds) => bounds.north));
  const west = Math.min(...cells.map((bounds) => bounds.west));
  const east = Math.max(...cells.map((bounds) => bounds.east));
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const wide = (east - west) * squeeze;
  const high = north - south;
  const scale = Math.min(WIDTH / wide, MOST_HEIGHT / high);
  const left = (WIDTH - wide * scale) / 2;
  return {
    height: high * scale,
    x: (longitude) => left + (longitude - west) * squeeze * scale,
    y: (latitude) => (north - latitude) * scale,
  };
}

/** What a cell is coloured by: a share of the most, −1 to 1; null where nothing came yet. */
export function toneOf(
  timeBin: TimeBin,
  cell: number,
  shown: "mean" | "actual" | "gap",
  most: number,
): number | null {
  const mean = timeBin.mean[cell] ?? 0;
  const actual = timeBin.actual?.[cell];
  if (shown === "mean") return Math.sqrt(mean / most);
  if (actual === undefined || actual === null) return null;
  if (shown === "actual") return Math.sqrt(actual / most);
  const gap = (mean - actual) / most;
  return Math.sign(gap) * Math.sqrt(Math.abs(gap));
}

/** Cells of an area, coloured; a click or Enter chooses one. */
export function DemandMap({
  cells,
  timeBin,
  shown,
  most,
  chosen,
  choose,
}: {
  cells: readonly Cell[];
  timeBin: TimeBin;
  shown: "mean" | "actual" | "gap";
  most: number;
  chosen: number;
  choose: (cell: number) => void;
}) {
  const { i18n } = useLingui();
  const { height, x, y } = projectionOf(cells);
  const number = (value: number | undefined) => rough(value ?? 0, i18n.locale);
  return (
    <figure className={styles.map}>
      <svg
        viewBox={`-4 -4 ${WIDTH + 8} ${height + 8}`}
        role="img"
        aria-label={i18n._("Map of {cells, plural, one {# cell} other {# cells}}, north up", {
          cells: cells.length,
        })}
      >
        {cells.map((bounds, cell) => {
          const tone = toneOf(timeBin, cell, shown, most);
          const paint =
            tone === null
              ? "none"
              : `color-mix(in oklab, var(${tone < 0 ? "--warn" : "--accent"}) ${Math.round(100 * Math.min(1, Math.abs(tone)))}%, var(--surface))`;
          const summary = i18n._("Cell {cell}: forecast {mean}, actual {actual}", {
            cell: cell + 1,
            mean: number(timeBin.mean[cell]),
            actual: timeBin.actual ? number(timeBin.actual[cell]) : "–",
          });
          return (
            // biome-ignore lint/a11y/noStaticElementInteractions: the list beside chooses by keyboard
            <rect
              key={`${bounds.south}:${bounds.west}`}
              x={x(bounds.west)}
              y={y(bounds.north)}
              width={x(bounds.east) - x(bounds.west)}
              height={y(bounds.south) - y(bounds.north)}
              style={{ fill: paint }}
              className={cell === chosen ? `${styles.cell} ${styles.chosen}` : styles.cell}
              onClick={() => choose(cell)}
            >
              <title>{summary}</title>
            </rect>
          );
        })}
      </svg>
      <figcaption className="legend muted">
        <span className={styles.ramp} aria-hidden="true" /> 0 – {number(most)} {i18n._("events per interval")}
        {shown === "gap" && ` · ${i18n._("blue: forecast too high, amber: too low")}`}
      </figcaption>
    </figure>
  );
}
