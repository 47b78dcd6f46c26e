import { area, curveMonotoneX, line, symbol } from "d3-shape";
import styles from "./chart.module.css";
import type { Look } from "./look";
import type { Point, Series } from "./model";

const MARK_AREA = 52; // square pixels: a circle of 4 px
type Place = (value: number) => number;

/** One series within the axes. */
export function Plot({
  series,
  look,
  x,
  y,
  bin,
  base,
}: {
  series: Series;
  look: Look;
  x: Place;
  y: Place;
  /** The width of a bar or step, in pixels. */
  bin: number;
  base: Map<number, number> | undefined;
}) {
  const measured = series.points.filter((point) => point.y !== null);
  const color = { color: look.color };
  const path =
    line<Point>(
      (point) => x(point.x),
      (point) => y(point.y ?? 0),
    ).defined((point) => point.y !== null)(series.points) ?? "";
  switch (series.mark) {
    case "bars":
      return (
        <g style={color}>
          {measured.map((point) => {
            const from = base?.get(point.x) ?? 0;
            const [top, bottom] = [y(from + (point.y ?? 0)), y(from)];
            const wide = Math.max(1, bin - Math.min(2, bin * 0.2));
            return (
              <rect
                key={point.x}
                className={styles.bar}
                x={x(point.x) - wide / 2}
                y={top}
                width={wide}
                height={Math.max(0, bottom - top)}
              />
            );
          })}
          {measured.map((point) => (
            <ErrorBar key={point.x} point={point} x={x} y={y} />
          ))}
        </g>
      );
    case "steps":
      return (
        <path
          className={styles.path}
          style={color}
          d={measured.map((point) => `M${x(point.x) - bin / 2},${y(point.y ?? 0)}h${bin}`).join("")}
        />
      );
    case "forecast":
      return (
        <g style={color}>
          <Band points={measured} x={x} y={y} wide />
          <Band points={measured} x={x} y={y} />
          <path className={styles.forecast} d={path} />
        </g>
      );
    case "curve":
      return <path className={styles.path} style={color} strokeDasharray={look.dash} d={path} />;
    default:
      return (
        <g style={color}>
          {series.mark === "line" && <path className={styles.path} strokeDasharray={look.dash} d={path} />}
          {measured.map((point, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two results may have one place
            <g key={index}>
              <ErrorBar point={point} x={x} y={y} />
              <path
                className={
                  series.isBackground ? styles.background : point.look ? styles[point.look] : styles.mark
                }
                transform={`translate(${x(point.x)},${y(point.y ?? 0)})`}
                d={
                  symbol(look.symbol, series.isBackground ? 14 : point.look === "best" ? 110 : MARK_AREA)() ??
                  ""
                }
              />
            </g>
          ))}
        </g>
      );
  }
}

function ErrorBar({ point, x, y }: { point: Point; x: Place; y: Place }) {
  if (point.low === undefined || point.high === undefined) return null;
  const [at, low, high] = [x(point.x), y(point.low), y(point.high)];
  return (
    <path
      className={styles.error}
      data-testid="error-bar"
      d={`M${at},${low}V${high}M${at - 4},${low}h8M${at - 4},${high}h8`}
    />
  );
}

function Band({ points, x, y, wide = false }: { points: Point[]; x: Place; y: Place; wide?: boolean }) {
  const low = (point: Point) => (wide ? point.lowest : point.low);
  const high = (point: Point) => (wide ? point.highest : point.high);
  const within = points.filter((point) => low(point) !== undefined && high(point) !== undefined);
  if (within.length < 2) return null;
  return (
    <path
      className={wide ? styles.bandWide : styles.band}
      data-testid={wide ? "wide-band" : "band"}
      d={
        area<Point>(
          (point) => x(point.x),
          (point) => y(low(point) ?? 0),
          (point) => y(high(point) ?? 0),
        ).curve(curveMonotoneX)(within) ?? ""
      }
    />
  );
}

/** How a series looks, beside its name. */
export function Swatch({ series, look }: { series: Series; look: Look }) {
  const color = { color: look.color };
  return (
    <svg width="20" height="12" aria-hidden="true" style={color}>
      {series.mark === "forecast" && <rect className={styles.band} width="20" height="12" />}
      {series.mark === "bars" ? (
        <rect className={styles.bar} x="4" width="12" height="12" />
      ) : series.mark === "dots" ? null : (
        <path
          className={styles.path}
          d="M0,6H20"
          strokeDasharray={series.mark === "forecast" ? "6 5" : series.mark === "steps" ? "" : look.dash}
        />
      )}
      {(series.mark === "line" || series.mark === "dots") && (
        <path
          className={styles.mark}
          transform="translate(10,6)"
          d={symbol(look.symbol, MARK_AREA)() ?? ""}
        />
      )}
    </svg>
  );
}
