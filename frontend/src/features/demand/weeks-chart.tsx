import { useLingui } from "@lingui/react";
import { rough } from "../../shared/ui/numbers";

export interface Interval {
  value: number;
  low: number;
  high: number;
}

export interface WeeksRow {
  weeks: number;
  models: Record<string, { rmse: Interval; gain: Interval }>;
}

const WIDTH = 560;
const HEIGHT = 240;
const LEFT = 44;
const BOTTOM = 34;
const DASHES: Record<string, string> = { ridge: "2 4", boosting: "7 4", sdae: "" };

/** Error against weeks of data, with bars of 95 %, and what all weeks gained over half as many. */
export function WeeksChart({
  rows,
  titleOf,
  digits,
  span,
}: {
  rows: WeeksRow[];
  titleOf: (name: string) => string;
  digits: (value: number) => string;
  span: (interval: Interval) => string;
}) {
  const { i18n } = useLingui();
  const names = Object.keys(rows[0]?.models ?? {});
  const all = rows.flatMap((row) => Object.values(row.models).map((model) => model.rmse));
  const [low, high] = [
    Math.min(...all.map((interval) => interval.low)),
    Math.max(...all.map((interval) => interval.high)),
  ];
  const last = rows[rows.length - 1];
  const half = rows[rows.length - 2];
  const logSpan = (rows[0] && last && Math.log(last.weeks / rows[0].weeks)) || 1;
  const x = (weeks: number) =>
    LEFT + 16 + (Math.log(weeks / (rows[0]?.weeks ?? 1)) / logSpan) * (WIDTH - LEFT - 40);
  const y = (value: number) => 10 + (1 - (value - low) / Math.max(high - low, 1e-9)) * (HEIGHT - BOTTOM - 20);
  if (!last || !half) return null;
  return (
    <>
      <h3>{i18n._("How much more data would help")}</h3>
      <ul>
        {names.map((name) => {
          const gain = half.models[name]?.gain;
          return (
            gain && (
              <li key={name}>
                {i18n._("{model}: from {half} to {all} weeks the error fell by {gain}", {
                  model: titleOf(name),
                  half: rough(half.weeks, i18n.locale),
                  all: rough(last.weeks, i18n.locale),
                  gain: span(gain),
                })}
              </li>
            )
          );
        })}
      </ul>
      <figure className="chart">
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={i18n._("Error against weeks of data")}>
          {[low, (low + high) / 2, high].map((value) => (
            <g key={value}>
              <line x1={LEFT} x2={WIDTH - 6} y1={y(value)} y2={y(value)} className="grid" />
              <text className="tick" x={LEFT - 6} y={y(value) + 4} textAnchor="end">
                {digits(value)}
              </text>
            </g>
          ))}
          {rows.map((row) => (
            <text className="tick" key={row.weeks} x={x(row.weeks)} y={HEIGHT - 12} textAnchor="middle">
              {rough(row.weeks, i18n.locale)}
            </text>
          ))}
          {names.map((name, number) => (
            <g key={name} className="weeks-line">
              <path
                d={rows
                  .map(
                    (row, at) => `${at ? "L" : "M"}${x(row.weeks)} ${y(row.models[name]?.rmse.value ?? low)}`,
                  )
                  .join("")}
                strokeDasharray={DASHES[name]}
              />
              {rows.map((row) => {
                const rmse = row.models[name]?.rmse;
                const at = x(row.weeks) + 4 * (number - 1); // side by side, so that bars do not hide each other
                return (
                  rmse && (
                    <g key={row.weeks}>
                      <line x1={at} x2={at} y1={y(rmse.low)} y2={y(rmse.high)} />
                      <circle cx={at} cy={y(rmse.value)} r="3" />
                    </g>
                  )
                );
              })}
            </g>
          ))}
        </svg>
        <figcaption className="muted">
          {i18n._(
            "Weeks of data (logarithmic) against the error; bars: 95 %. Line: network, dashes: boosting, dots: ridge.",
          )}
        </figcaption>
      </figure>
    </>
  );
}
