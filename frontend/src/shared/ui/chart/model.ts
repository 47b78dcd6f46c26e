import type { ScaleLinear, ScaleLogarithmic } from "d3-scale";
import { scaleLinear, scaleLog, scaleTime } from "d3-scale";

export interface Point {
  x: number;
  /** Null where nothing was measured: a line is interrupted there. */
  y: number | null;
  /** Ends of the interval: error bars of what was measured, the band of a forecast. */
  low?: number;
  high?: number;
  /** Ends of a second, wider interval of a forecast. */
  lowest?: number;
  highest?: number;
  /** Said of this point in the tooltip, such as the number of a trial. */
  note?: string;
  look?: "best" | "faint";
}

/**
 * How a series is drawn: `line` is measured, with error bars; `forecast` is dashed in its band; `bars` stand on zero and
 * on each other; `steps` outline a histogram; `dots` are single results; `curve` is a function, without marks.
 */
export type Mark = "line" | "curve" | "forecast" | "bars" | "steps" | "dots";

export interface Series {
  key: string;
  name: string;
  mark: Mark;
  points: Point[];
  /** What `low` and `high` are, such as "95% interval". */
  interval?: string;
  /** A color of its own where it says something; otherwise the series' place decides. */
  tone?: "good" | "bad" | "muted";
  /** Belongs to the series of this key: same color, in the legend and read out with it. */
  partOf?: string;
  /** Drawn behind the others, and left out of tooltip, table and file: single seeds behind their mean. */
  isBackground?: boolean;
}

export interface Axis {
  /** With its unit: "Labels", "Latency (ms)". */
  label: string;
  format: (value: number) => string;
  /** Of ticks, where they are rounder than values; `step` is the distance of two ticks. */
  formatTick?: (value: number, step: number) => string;
  scale?: "linear" | "log" | "time";
  /** Values that there cannot be: an axis of shares ends at 0 and 1. */
  min?: number;
  max?: number;
  /** Ends of the axis where data should not decide. */
  domain?: [number, number];
  /** Names of 0, 1, 2…: an axis of choices. */
  categories?: string[];
}

export interface Reference {
  axis: "x" | "y";
  value: number;
  label: string;
}

export interface Decision {
  x: number;
  y: number;
  label: string;
}

type Scale = ((value: number) => number) & { invert: (place: number) => number };
export type Interval = [low: number, high: number];

/** Bars of one place stand on each other: each point gets the height on which its bar begins. */
export function stacked(series: Series[]): Map<string, Map<number, number>> {
  const tops = new Map<number, number>();
  const bases = new Map<string, Map<number, number>>();
  for (const { key, mark, points } of series) {
    if (mark !== "bars") continue;
    const base = new Map<number, number>();
    for (const { x, y } of points) {
      base.set(x, tops.get(x) ?? 0);
      tops.set(x, (tops.get(x) ?? 0) + (y ?? 0));
    }
    bases.set(key, base);
  }
  return bases;
}

/** The smallest distance of two bars or steps; 1 where there is one only. */
export function binWidth(series: Series[]): number {
  const places = series
    .filter(({ mark }) => mark === "bars" || mark === "steps")
    .flatMap(({ points }) => points.map(({ x }) => x));
  const sorted = [...new Set(places)].sort((a, b) => a - b);
  const gaps = sorted.slice(1).map((x, index) => x - (sorted[index] ?? 0));
  return gaps.length > 0 ? Math.min(...gaps) : 1;
}

const isBinned = (series: Series[]) => series.some(({ mark }) => mark === "bars" || mark === "steps");

/** The whole of the horizontal axis, with room beside the outermost points. */
export function xExtent(series: Series[], axis: Axis): Interval {
  if (axis.domain) return axis.domain;
  if (axis.categories) return [-0.5, axis.categories.length - 0.5];
  const values = series.flatMap(({ points }) => points.map(({ x }) => x));
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (axis.scale === "log") {
    const room = Math.max((high / low) ** 0.03, 1.05);
    return [low / room, high * room];
  }
  if (isBinned(series)) return [low - binWidth(series) / 2, high + binWidth(series) / 2];
  const room = (high - low) * 0.03 || 0.5;
  return [low - room, high + room];
}

/** The vertical axis over what is within `x`: intervals and references included, never beyond what there can be. */
export function yExtent(series: Series[], references: Reference[], axis: Axis, x: Interval): Interval {
  if (axis.domain) return axis.domain;
  const bases = stacked(series);
  const ends = series.flatMap(({ key, points }) =>
    points
      .filter((point) => point.x >= x[0] && point.x <= x[1] && point.y !== null)
      .flatMap((point) => {
        const base = bases.get(key)?.get(point.x) ?? 0;
        return [point.y ?? 0, point.low ?? point.y ?? 0, point.high ?? point.y ?? 0].map((end) => base + end);
      }),
  );
  if (isBinned(series)) ends.push(0);
  ends.push(...references.filter((reference) => reference.axis === "y").map((reference) => reference.value));
  if (ends.length === 0) return [0, 1];
  const low = Math.min(...ends);
  const high = Math.max(...ends);
  if (axis.scale === "log" && low > 0) {
    const times = Math.max((high / low) ** 0.06, 1.05);
    return [low / times, high * times];
  }
  const room = (high - low) * 0.06 || Math.abs(high) * 0.05 || 0.5;
  const within: Interval = [
    isBinned(series) && low >= 0 ? 0 : Math.max(axis.min ?? Number.NEGATIVE_INFINITY, low - room),
    Math.min(axis.max ?? Number.POSITIVE_INFINITY, high + room),
  ];
  const [from, to] = scaleLinear(within, [0, 1]).nice(5).domain() as Interval;
  return [Math.max(axis.min ?? from, from), Math.min(axis.max ?? to, to)];
}

export function scaleOf(axis: Axis, domain: Interval, range: Interval): Scale {
  const scale: ScaleLinear<number, number> | ScaleLogarithmic<number, number> =
    axis.scale === "log" ? scaleLog(domain, range) : scaleLinear(domain, range);
  return Object.assign((value: number) => scale(value), { invert: (place: number) => scale.invert(place) });
}

/** At most `most` round values within the axis. */
export function ticksOf(axis: Axis, [from, to]: Interval, most: number): number[] {
  if (axis.categories) {
    const all = axis.categories.map((_, index) => index).filter((index) => index >= from && index <= to);
    return thinned(all, most);
  }
  if (axis.scale === "time") {
    const ticks = scaleTime([new Date(from), new Date(to)], [0, 1]).ticks(most);
    return thinned(
      ticks.map((tick) => tick.getTime()),
      most,
    );
  }
  if (axis.scale === "log") {
    const ticks = logTicks(from, to, [1, 2, 5]);
    if (ticks.length > most) {
      const powers = logTicks(from, to, [1]);
      return powers.length >= 3 ? thinned(powers, most) : thinned(ticks, most);
    }
    if (ticks.length >= 3) return ticks;
  }
  return thinned(scaleLinear([from, to], [0, 1]).ticks(most), most);
}

function logTicks(from: number, to: number, steps: number[]): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(from)); power <= Math.log10(to); power += 1) {
    for (const step of steps) {
      const tick = Number((step * 10 ** power).toPrecision(1));
      if (tick >= from && tick <= to) ticks.push(tick);
    }
  }
  return ticks;
}

function thinned(ticks: number[], most: number): number[] {
  const every = Math.ceil(ticks.length / Math.max(most, 1));
  return every <= 1 ? ticks : ticks.filter((_, index) => index % every === 0);
}

/** A place of the horizontal axis with everything that stands there. */
export interface Spot {
  x: number;
  values: { series: Series; point: Point }[];
}

/** Every place at which there is something to read, from left to right. */
export function spotsOf(series: Series[], within: Interval): Spot[] {
  const spots = new Map<number, Spot>();
  for (const line of series) {
    if (line.isBackground) continue;
    for (const point of line.points) {
      if (point.y === null || point.x < within[0] || point.x > within[1]) continue;
      const spot = spots.get(point.x) ?? { x: point.x, values: [] };
      spot.values.push({ series: line, point });
      spots.set(point.x, spot);
    }
  }
  return [...spots.values()].sort((a, b) => a.x - b.x);
}

/** The spot at the smallest horizontal distance of a place on the screen. */
export function nearest(spots: Spot[], place: number, scale: (value: number) => number): number {
  let best = 0;
  spots.forEach((spot, index) => {
    if (Math.abs(scale(spot.x) - place) < Math.abs(scale(spots[best]?.x ?? 0) - place)) best = index;
  });
  return best;
}

/** The numbers of the chart, a row for each value, as its file has them. */
export function csvRows(series: Series[], x: Axis): (string | number | null)[][] {
  return series
    .filter((line) => !line.isBackground)
    .flatMap((line) =>
      line.points.map((point) => [
        x.categories?.[Math.round(point.x)] ??
          (x.scale === "time" ? new Date(point.x).toISOString() : point.x),
        line.name,
        point.y,
        point.low ?? null,
        point.high ?? null,
        line.interval ?? "",
      ]),
    );
}

/** Half of the chart's width, a quarter to each side: what a press of + or - shows. */
export function zoomed(
  x: Scale,
  range: Interval,
  center: number,
  factor: number,
  whole: Interval,
): Interval | null {
  const half = ((range[1] - range[0]) * factor) / 2;
  const from = x.invert(x(center) - half);
  const to = x.invert(x(center) + half);
  const within: Interval = [Math.max(from, whole[0]), Math.min(to, whole[1])];
  return within[0] <= whole[0] && within[1] >= whole[1] ? null : within;
}
