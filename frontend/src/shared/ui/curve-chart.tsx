import { useLingui } from "@lingui/react";
import { scaleLinear, scaleLog } from "d3-scale";
import { area, curveMonotoneX, line } from "d3-shape";
import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import type { Schemas } from "../api/client";
import { saveCsv, savePng, saveSvg } from "./chart-export";
import { count, percent } from "./numbers";

type Pooled = Schemas["PooledPointOut"];
type Band = Schemas["ForecastBandOut"];
const HEIGHT = 320;
const WIDTH = 720;
const MARGIN = { top: 12, right: 20, bottom: 40, left: 56 };
/** Half width of a 95 % interval in standard errors. */
const Z95 = 1.96;
const REACHES = [4, 16, 64];

interface Spot {
  n: number;
  middle: number;
  low: number;
  high: number;
  forecast: boolean;
}

/**
 * The grammar of every chart: line = measured, bars = 95 % interval, band = 80 % and 95 % forecast intervals,
 * dashed = forecast, dot = where the target is expected. Arrow keys walk along it and read it out; a table with the
 * same numbers stands below.
 */
export function CurveChart({
  pooled,
  forecast,
  seeds = [],
  name,
  metric,
  share = true,
  measured: source,
}: {
  pooled: Pooled[];
  forecast: Schemas["ForecastOut"] | null;
  seeds?: { n: number; score: number; key: string }[];
  name: string;
  metric: string;
  share?: boolean;
  measured?: string;
}) {
  const { i18n } = useLingui();
  const drawing = useRef<SVGSVGElement>(null);
  const [reach, setReach] = useState(16);
  const [at, setAt] = useState<number | null>(null);
  const last = pooled[pooled.length - 1];
  if (!last || !pooled[0]) return null;
  const show = (value: number) =>
    share
      ? percent(value, i18n.locale)
      : new Intl.NumberFormat(i18n.locale, { maximumSignificantDigits: 4 }).format(value);
  const band = (forecast?.band ?? []).filter((b) => b.n <= last.n * reach * 1.01);
  const needed = forecast?.labels_needed.p50 ?? null;
  const lastN = Math.max(last.n, band[band.length - 1]?.n ?? 1);
  const target = forecast ? [forecast.target] : [];
  const ends = [
    ...pooled.flatMap((p) => [p.score - Z95 * p.se, p.score + Z95 * p.se]),
    ...band.flatMap((b) => [b.p10, b.p90]),
    ...target,
  ];
  const pad = (Math.max(...ends) - Math.min(...ends)) * 0.06 + 1e-9;
  const lowest = Math.min(...ends) - pad;
  const highest = Math.max(...ends) + pad;
  const x = scaleLog([pooled[0].n, Math.max(lastN, pooled[0].n * 2)], [MARGIN.left, WIDTH - MARGIN.right]);
  const y = scaleLinear(share ? [Math.max(0, lowest), Math.min(1, highest)] : [lowest, highest], [
    HEIGHT - MARGIN.bottom,
    MARGIN.top,
  ]).nice(6);
  const clip = (value: number) => Math.min(Math.max(y(value), MARGIN.top), HEIGHT - MARGIN.bottom);
  const measured =
    line<Pooled>(
      (p) => x(p.n),
      (p) => y(p.score),
    )(pooled) ?? "";
  const shade = (low: (b: Band) => number, high: (b: Band) => number) =>
    area<Band>(
      (b) => x(b.n),
      (b) => clip(low(b)),
      (b) => clip(high(b)),
    ).curve(curveMonotoneX)(band) ?? "";
  const middle =
    line<Band>(
      (b) => x(b.n),
      (b) => clip(b.p50),
    ).curve(curveMonotoneX)(band) ?? "";
  const spots: Spot[] = [
    ...pooled.map((p) => ({
      n: p.n,
      middle: p.score,
      low: p.score - Z95 * p.se,
      high: p.score + Z95 * p.se,
      forecast: false,
    })),
    ...band.slice(1).map((b) => ({ n: b.n, middle: b.p50, low: b.p10, high: b.p90, forecast: true })),
  ];
  const spot = at === null ? undefined : spots[Math.min(at, spots.length - 1)];
  const values = spot && {
    n: count(Math.round(spot.n), i18n.locale),
    middle: show(spot.middle),
    low: show(spot.low),
    high: show(spot.high),
  };
  const told = !values
    ? i18n._("Point at the chart, or walk along it with the arrow keys.")
    : spot.forecast
      ? i18n._("{n} labels: forecast {middle}, 80 % interval {low} to {high}", values)
      : i18n._("{n} labels: measured {middle}, 95 % interval {low} to {high}", values);
  const walk = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -1000, End: 1000 }[event.key];
    if (step === undefined) {
      if (event.key === "Escape") setAt(null);
      return;
    }
    event.preventDefault();
    setAt(Math.min(Math.max((at ?? (step > 0 ? -1 : spots.length)) + step, 0), spots.length - 1));
  };
  const point = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const place = ((event.clientX - box.left) / box.width) * WIDTH;
    let best = 0;
    spots.forEach((one, index) => {
      if (Math.abs(x(one.n) - place) < Math.abs(x(spots[best]?.n ?? 1) - place)) best = index;
    });
    setAt(best);
  };
  const rows = () =>
    saveCsv(
      name,
      ["labels", "kind", "score", "low", "high", "level"],
      spots.map((s) => [
        Math.round(s.n),
        s.forecast ? "forecast" : "measured",
        s.middle,
        s.low,
        s.high,
        s.forecast ? 0.8 : 0.95,
      ]),
    );
  return (
    <figure className="chart">
      <div className="chart-tools" role="toolbar" aria-label={i18n._("Chart")}>
        {forecast && (
          <span className="segments">
            {REACHES.map((one) => (
              <button
                key={one}
                type="button"
                className="small"
                aria-pressed={reach === one}
                onClick={() => setReach(one)}
              >
                {i18n._("up to {times}×", { times: one })}
              </button>
            ))}
          </span>
        )}
        <button
          type="button"
          className="small"
          onClick={() => drawing.current && void savePng(drawing.current, name)}
        >
          PNG
        </button>
        <button
          type="button"
          className="small"
          onClick={() => drawing.current && saveSvg(drawing.current, name)}
        >
          SVG
        </button>
        <button type="button" className="small" onClick={rows}>
          CSV
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys read the chart out */}
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms */}
      <div className="chart-area" tabIndex={0} role="group" aria-label={metric} onKeyDown={walk}>
        <svg
          ref={drawing}
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          role="img"
          aria-label={i18n._("{metric} against number of labels", { metric })}
          onPointerMove={point}
          onPointerLeave={() => setAt(null)}
        >
          {y.ticks(6).map((tick) => (
            <g key={tick}>
              <line className="grid" x1={MARGIN.left} x2={WIDTH - MARGIN.right} y1={y(tick)} y2={y(tick)} />
              <text className="tick" x={MARGIN.left - 8} y={y(tick)} dy="0.32em" textAnchor="end">
                {share
                  ? percent(tick, i18n.locale, highest - lowest < 0.06 ? 1 : 0)
                  : new Intl.NumberFormat(i18n.locale, { maximumSignificantDigits: 3 }).format(tick)}
              </text>
            </g>
          ))}
          {xTicks(pooled[0].n, lastN).map((tick) => (
            <text key={tick} className="tick" x={x(tick)} y={HEIGHT - MARGIN.bottom + 18} textAnchor="middle">
              {count(tick, i18n.locale)}
            </text>
          ))}
          <text
            className="tick"
            x={(MARGIN.left + WIDTH - MARGIN.right) / 2}
            y={HEIGHT - 4}
            textAnchor="middle"
          >
            {i18n._("labels (logarithmic)")}
          </text>
          {band.length > 1 && (
            <>
              <path
                className="band band-wide"
                d={shade(
                  (b) => b.p2_5,
                  (b) => b.p97_5,
                )}
              />
              <path
                className="band"
                d={shade(
                  (b) => b.p10,
                  (b) => b.p90,
                )}
              />
            </>
          )}
          {forecast && (
            <g>
              <line
                className="target"
                x1={MARGIN.left}
                x2={WIDTH - MARGIN.right}
                y1={y(forecast.target)}
                y2={y(forecast.target)}
              />
              <text className="target-text" x={MARGIN.left + 6} y={y(forecast.target) - 6}>
                {i18n._("target {target}", { target: show(forecast.target) })}
              </text>
            </g>
          )}
          <path className="forecast" d={middle} />
          <path className="measured" d={measured} />
          {seeds.map((p) => (
            <circle key={p.key} className="seed" cx={x(p.n)} cy={clip(p.score)} r={2} />
          ))}
          {pooled.map((p) => (
            <g key={p.n} className="point">
              <line x1={x(p.n)} x2={x(p.n)} y1={clip(p.score - Z95 * p.se)} y2={clip(p.score + Z95 * p.se)} />
              <circle cx={x(p.n)} cy={y(p.score)} r={4} />
            </g>
          ))}
          {forecast && needed !== null && !forecast.is_reached && needed <= lastN && (
            <circle className="decision" cx={x(needed)} cy={y(forecast.target)} r={6} />
          )}
          {spot && (
            <g data-screen-only="">
              <line
                className="cursor"
                x1={x(spot.n)}
                x2={x(spot.n)}
                y1={MARGIN.top}
                y2={HEIGHT - MARGIN.bottom}
              />
              <circle className="cursor-dot" cx={x(spot.n)} cy={clip(spot.middle)} r={5} />
            </g>
          )}
        </svg>
        <p className="readout num" aria-live="polite">
          {told}
        </p>
      </div>
      <figcaption className="legend">
        <span className="key key-measured">
          {source ?? i18n._("measured on the sealed split, 95 % interval")}
        </span>
        <span className="key key-forecast">{i18n._("forecast, 80 % and 95 % interval")}</span>
        <span className="key key-decision">{i18n._("target expected here")}</span>
      </figcaption>
      <details>
        <summary>{i18n._("The same as a table")}</summary>
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{i18n._("Labels")}</th>
                <th scope="col">{metric}</th>
                <th scope="col">{i18n._("Interval")}</th>
                <th scope="col">{i18n._("From")}</th>
              </tr>
            </thead>
            <tbody>
              {spots
                .filter((s, index) => !s.forecast || (index - pooled.length) % 4 === 3)
                .map((s) => (
                  <tr key={`${s.n}-${s.forecast}`} className={s.forecast ? "muted" : ""}>
                    <td className="num">{count(Math.round(s.n), i18n.locale)}</td>
                    <td className="num">{show(s.middle)}</td>
                    <td className="num">
                      {show(s.low)} – {show(s.high)}
                    </td>
                    <td>{s.forecast ? i18n._("forecast, 80 %") : i18n._("measured, 95 %")}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}

function xTicks(from: number, to: number): number[] {
  const ticks: number[] = [];
  for (let power = 0; power < 13; power += 1) {
    for (const step of [1, 2, 5]) {
      const tick = step * 10 ** power;
      if (tick >= from && tick <= to) ticks.push(tick);
    }
  }
  while (ticks.length > 9) {
    const kept = ticks.filter((_, index) => index % 2 === 0);
    ticks.length = 0;
    ticks.push(...kept);
  }
  return ticks;
}

/** A small curve for a table's cell; the numbers stand beside it. */
export function Sparkline({ pooled }: { pooled: Pooled[] }) {
  const first = pooled[0];
  if (!first || pooled.length < 2) return null;
  const top = Math.max(...pooled.map((p) => p.n));
  const x = scaleLog([first.n, Math.max(top, first.n + 1)], [2, 88]);
  const scores = pooled.map((p) => p.score);
  const y = scaleLinear([Math.min(...scores), Math.max(...scores) + 1e-6], [22, 2]);
  const d =
    line<Pooled>(
      (p) => x(p.n),
      (p) => y(p.score),
    )(pooled) ?? "";
  return (
    <svg className="sparkline" viewBox="0 0 90 24" width="90" height="24" aria-hidden="true">
      <path className="measured" d={d} />
    </svg>
  );
}
