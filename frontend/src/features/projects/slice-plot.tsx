import { useLingui } from "@lingui/react";
import type { Schemas } from "../../shared/api/client";
import { percent } from "../../shared/ui/numbers";

interface Range {
  min?: number;
  max?: number;
  log?: boolean;
  options?: string[];
}

const WIDTH = 240;
const HEIGHT = 130;
const LEFT = 42;
const BOTTOM = 22;

/** Where a value lies between the ends of its range, 0 to 1. */
export function placeOf(range: Range, value: unknown): number {
  if (range.options?.length) {
    return (range.options.indexOf(String(value)) + 0.5) / range.options.length;
  }
  const low = range.min ?? 0;
  const high = range.max ?? 1;
  if (high <= low) return 0.5;
  const number = Number(value);
  return range.log ? Math.log(number / low) / Math.log(high / low) : (number - low) / (high - low);
}

/** Scores against one parameter: a dot for each trial, the best one filled. */
export function SlicePlot({
  name,
  range,
  trials,
  best,
}: {
  name: string;
  range: Range;
  trials: Schemas["TrialOut"][];
  best: number | null;
}) {
  const { i18n } = useLingui();
  const plotted = trials.filter((row) => row.rungs.length > 0 && name in row.params);
  const scores = plotted.map((row) => row.rungs[row.rungs.length - 1]?.score ?? 0);
  const low = Math.min(...scores);
  const high = Math.max(...scores);
  const y = (score: number) => 8 + (1 - (score - low) / Math.max(high - low, 1e-9)) * (HEIGHT - BOTTOM - 16);
  const x = (value: unknown) => LEFT + 6 + placeOf(range, value) * (WIDTH - LEFT - 14);
  const number = (value: number | undefined) =>
    new Intl.NumberFormat(i18n.locale, { maximumSignificantDigits: 2 }).format(value ?? 0);
  const ends = range.options?.length
    ? [range.options[0] ?? "", range.options[range.options.length - 1] ?? ""]
    : [number(range.min), number(range.max)];
  return (
    <figure className="slice">
      <figcaption>
        {name} {range.log && <span className="muted">{i18n._("(logarithmic)")}</span>}
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={i18n._("Scores of {trials} trials against {name}", { trials: plotted.length, name })}
      >
        <line x1={LEFT} x2={WIDTH} y1={HEIGHT - BOTTOM} y2={HEIGHT - BOTTOM} className="axis" />
        <line x1={LEFT} x2={LEFT} y1={0} y2={HEIGHT - BOTTOM} className="axis" />
        <text x={LEFT - 4} y={14} textAnchor="end">
          {percent(high, i18n.locale, 0)}
        </text>
        <text x={LEFT - 4} y={HEIGHT - BOTTOM - 4} textAnchor="end">
          {percent(low, i18n.locale, 0)}
        </text>
        <text x={LEFT} y={HEIGHT - 6}>
          {ends[0]}
        </text>
        <text x={WIDTH} y={HEIGHT - 6} textAnchor="end">
          {ends[1]}
        </text>
        {plotted.map((row, at) => (
          <circle
            key={row.number}
            cx={x(row.params[name])}
            cy={y(scores[at] ?? 0)}
            r={row.number === best ? 5 : 3.5}
            className={row.number === best ? "dot best" : row.state === "pruned" ? "dot pruned" : "dot"}
          />
        ))}
      </svg>
    </figure>
  );
}
