import { useLingui } from "@lingui/react";
import { scaleLinear, scaleLog } from "d3-scale";
import { area, curveMonotoneX, line } from "d3-shape";
import type { Schemas } from "../api/client";
import { count, percent } from "./numbers";

type Study = Schemas["StudyOut"];
const HEIGHT = 320;
const MARGIN = { top: 12, right: 20, bottom: 40, left: 56 };
/** Half width of a 95 % interval in standard errors. */
const Z95 = 1.96;

/**
 * The grammar of every chart: line = measured, bars = 95 % interval, band = 80 % forecast interval,
 * dashed = forecast, dot = where the target is expected. A table with the same numbers stands below.
 */
export function CurveChart({ study, width = 720 }: { study: Study; width?: number }) {
  const { i18n } = useLingui();
  const { pooled, forecast } = study;
  if (pooled.length === 0) return null;
  const band = forecast?.band ?? [];
  const needed = forecast?.needed.p50 ?? null;
  const lastN = Math.max(pooled[pooled.length - 1]?.n ?? 1, band[band.length - 1]?.n ?? 1);
  const lows = [...pooled.map((p) => p.score - Z95 * p.se), ...band.map((b) => b.p10), forecast?.target ?? 1];
  const highs = [
    ...pooled.map((p) => p.score + Z95 * p.se),
    ...band.map((b) => b.p90),
    forecast?.target ?? 0,
  ];
  const x = scaleLog([pooled[0]?.n ?? 1, lastN], [MARGIN.left, width - MARGIN.right]);
  const y = scaleLinear(
    [Math.max(0, Math.min(...lows) - 0.02), Math.min(1, Math.max(...highs) + 0.02)],
    [HEIGHT - MARGIN.bottom, MARGIN.top],
  ).nice(6);
  const measured =
    line<(typeof pooled)[number]>(
      (p) => x(p.n),
      (p) => y(p.score),
    )(pooled) ?? "";
  const shade = area<(typeof band)[number]>(
    (b) => x(b.n),
    (b) => y(b.p10),
    (b) => y(b.p90),
  ).curve(curveMonotoneX)(band);
  const middle =
    line<(typeof band)[number]>(
      (b) => x(b.n),
      (b) => y(b.p50),
    ).curve(curveMonotoneX)(band) ?? "";
  const ticks = xTicks(pooled[0]?.n ?? 1, lastN);
  return (
    <figure className="chart">
      <svg
        viewBox={`0 0 ${width} ${HEIGHT}`}
        role="img"
        aria-label={i18n._("Accuracy against number of labels")}
      >
        {y.ticks(6).map((tick) => (
          <g key={tick}>
            <line className="grid" x1={MARGIN.left} x2={width - MARGIN.right} y1={y(tick)} y2={y(tick)} />
            <text className="tick" x={MARGIN.left - 8} y={y(tick)} dy="0.32em" textAnchor="end">
              {percent(tick, i18n.locale, 0)}
            </text>
          </g>
        ))}
        {ticks.map((tick) => (
          <text key={tick} className="tick" x={x(tick)} y={HEIGHT - MARGIN.bottom + 18} textAnchor="middle">
            {count(tick, i18n.locale)}
          </text>
        ))}
        <text
          className="tick"
          x={(MARGIN.left + width - MARGIN.right) / 2}
          y={HEIGHT - 4}
          textAnchor="middle"
        >
          {i18n._("labels (logarithmic)")}
        </text>
        {shade && <path className="band" d={shade} />}
        {forecast && (
          <g>
            <line
              className="target"
              x1={MARGIN.left}
              x2={width - MARGIN.right}
              y1={y(forecast.target)}
              y2={y(forecast.target)}
            />
            <text className="target-text" x={MARGIN.left + 6} y={y(forecast.target) - 6}>
              {i18n._("target {target}", { target: percent(forecast.target, i18n.locale, 0) })}
            </text>
          </g>
        )}
        <path className="forecast" d={middle} />
        <path className="measured" d={measured} />
        {study.points.map((p) => (
          <circle key={`${p.n}-${p.seed}`} className="seed" cx={x(p.n)} cy={y(p.accuracy)} r={2} />
        ))}
        {pooled.map((p) => (
          <g key={p.n} className="point">
            <title>
              {`${count(p.n, i18n.locale)}: ${percent(p.score, i18n.locale)} ± ${percent(Z95 * p.se, i18n.locale)}`}
            </title>
            <line x1={x(p.n)} x2={x(p.n)} y1={y(p.score - Z95 * p.se)} y2={y(p.score + Z95 * p.se)} />
            <circle cx={x(p.n)} cy={y(p.score)} r={4} />
          </g>
        ))}
        {forecast && needed !== null && !forecast.reached && needed <= lastN && (
          <circle className="decision" cx={x(needed)} cy={y(forecast.target)} r={6} />
        )}
      </svg>
      <figcaption className="legend">
        <span className="key key-measured">{i18n._("measured on the sealed split, 95 % interval")}</span>
        <span className="key key-forecast">{i18n._("forecast, 80 % interval")}</span>
        <span className="key key-decision">{i18n._("target expected here")}</span>
      </figcaption>
      <details>
        <summary>{i18n._("The same as a table")}</summary>
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{i18n._("Labels")}</th>
                <th scope="col">{i18n._("Accuracy")}</th>
                <th scope="col">{i18n._("95 % interval")}</th>
                <th scope="col">{i18n._("Seeds")}</th>
              </tr>
            </thead>
            <tbody>
              {pooled.map((p) => (
                <tr key={p.n}>
                  <td className="num">{count(p.n, i18n.locale)}</td>
                  <td className="num">{percent(p.score, i18n.locale)}</td>
                  <td className="num">
                    {percent(p.score - Z95 * p.se, i18n.locale)} –{" "}
                    {percent(p.score + Z95 * p.se, i18n.locale)}
                  </td>
                  <td className="num">{p.seeds}</td>
                </tr>
              ))}
              {band
                .slice(1)
                .filter((_, index) => index % 4 === 3)
                .map((b) => (
                  <tr key={b.n} className="muted">
                    <td className="num">{count(Math.round(b.n), i18n.locale)}</td>
                    <td className="num">{percent(b.p50, i18n.locale)}</td>
                    <td className="num">
                      {percent(b.p10, i18n.locale)} – {percent(b.p90, i18n.locale)}{" "}
                      {i18n._("(forecast, 80 %)")}
                    </td>
                    <td />
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
  for (let power = 0; power < 9; power += 1) {
    for (const step of [1, 2, 5]) {
      const tick = step * 10 ** power;
      if (tick >= from && tick <= to) ticks.push(tick);
    }
  }
  return ticks.length > 9 ? ticks.filter((_, index) => index % 2 === 0) : ticks;
}
