import { useLingui } from "@lingui/react";
import type { Schemas } from "../../shared/api/client";
import { rough } from "../../shared/ui/numbers";

type Cell = Schemas["CellOut"];
type Slot = Schemas["SlotOut"];

const WIDTH = 520;
const MOST_HEIGHT = 520;

interface Projection {
  height: number;
  x(longitude: number): number;
  y(latitude: number): number;
}

/** Degrees to pixels, north up, a degree of longitude as short as it is at this latitude. */
export function projectionOf(outline: readonly Cell[]): Projection {
  const south = Math.min(...outline.map((one) => one.south));
  const north = Math.max(...outline.map((one) => one.north));
  const west = Math.min(...outline.map((one) => one.west));
  const east = Math.max(...outline.map((one) => one.east));
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
  slot: Slot,
  cell: number,
  shown: "mean" | "actual" | "gap",
  most: number,
): number | null {
  const mean = slot.mean[cell] ?? 0;
  const actual = slot.actual?.[cell];
  if (shown === "mean") return Math.sqrt(mean / most);
  if (actual === undefined || actual === null) return null;
  if (shown === "actual") return Math.sqrt(actual / most);
  const gap = (mean - actual) / most;
  return Math.sign(gap) * Math.sqrt(Math.abs(gap));
}

/** Cells of an area, coloured; a click or Enter chooses one. */
export function DemandMap({
  outline,
  slot,
  shown,
  most,
  chosen,
  choose,
}: {
  outline: readonly Cell[];
  slot: Slot;
  shown: "mean" | "actual" | "gap";
  most: number;
  chosen: number;
  choose: (cell: number) => void;
}) {
  const { i18n } = useLingui();
  const { height, x, y } = projectionOf(outline);
  const number = (value: number | undefined) => rough(value ?? 0, i18n.locale);
  return (
    <figure className="map">
      <svg
        viewBox={`-4 -4 ${WIDTH + 8} ${height + 8}`}
        role="img"
        aria-label={i18n._("Map of {cells} cells, north up", { cells: outline.length })}
      >
        {outline.map((one, cell) => {
          const tone = toneOf(slot, cell, shown, most);
          const paint =
            tone === null
              ? "none"
              : `color-mix(in oklab, var(${tone < 0 ? "--warn" : "--accent"}) ${Math.round(100 * Math.min(1, Math.abs(tone)))}%, var(--surface))`;
          const said = i18n._("Cell {cell}: forecast {mean}, came {actual}", {
            cell: cell + 1,
            mean: number(slot.mean[cell]),
            actual: slot.actual ? number(slot.actual[cell]) : "–",
          });
          return (
            // biome-ignore lint/a11y/noStaticElementInteractions: the list beside chooses by keyboard
            <rect
              key={`${one.south}:${one.west}`}
              x={x(one.west)}
              y={y(one.north)}
              width={x(one.east) - x(one.west)}
              height={y(one.south) - y(one.north)}
              style={{ fill: paint }}
              className={cell === chosen ? "cell chosen" : "cell"}
              onClick={() => choose(cell)}
            >
              <title>{said}</title>
            </rect>
          );
        })}
      </svg>
      <figcaption className="legend muted">
        <span className="ramp" aria-hidden="true" /> 0 – {number(most)} {i18n._("events a slot")}
        {shown === "gap" && ` · ${i18n._("blue: forecast too high, amber: too low")}`}
      </figcaption>
    </figure>
  );
}
