import { useLingui } from "@lingui/react";
import type { Schemas } from "../../shared/api/client";
import { Chart } from "../../shared/ui/chart/chart";
import type { Axis, Point } from "../../shared/ui/chart/model";
import { shareAxis } from "../../shared/ui/curve-chart";

export interface Range {
  min?: number;
  max?: number;
  log?: boolean;
  options?: string[];
}

/** Scores by one parameter: a dot for each trial, the best one filled green, early-stopped ones hollow. */
export function SlicePlot({
  name,
  title,
  range,
  metric,
  trials,
  best,
}: {
  name: string;
  title: string;
  range: Range;
  metric: string;
  trials: Schemas["TrialOut"][];
  best: number | null;
}) {
  const { i18n } = useLingui();
  const points = trials.flatMap((trial) => pointOf(trial, name, range, best));
  const figure = (value: number) =>
    new Intl.NumberFormat(i18n.locale, { maximumSignificantDigits: 3 }).format(value);
  const x: Axis = {
    label: title,
    format: figure,
    ...(range.options?.length ? { categories: range.options } : {}),
    ...(range.log ? { scale: "log" } : {}),
  };
  return (
    <Chart
      title={i18n._("{metric} by {parameter}", { metric, parameter: title })}
      hasHeading
      fileName={`sweep-${name}`}
      height={230}
      x={x}
      y={shareAxis(metric, i18n.locale)}
      series={[
        {
          key: "trials",
          name: i18n._("Trials"),
          mark: "dots",
          points: points.map(({ number, ...point }) => ({
            ...point,
            note: i18n._("trial {number}", { number }),
          })),
        },
      ]}
    />
  );
}

/** Where a trial stands: nowhere without a score or a value of the parameter. */
export function pointOf(
  trial: Schemas["TrialOut"],
  name: string,
  range: Range,
  best: number | null,
): (Point & { number: number })[] {
  const score = trial.rungs[trial.rungs.length - 1]?.score;
  const value = trial.params[name];
  if (score === undefined || value === undefined) return [];
  const x = range.options?.length ? range.options.indexOf(String(value)) : Number(value);
  const look = trial.number === best ? "best" : trial.state === "pruned" ? "faint" : undefined;
  return [{ number: trial.number, x, y: score, ...(look ? { look } : {}) }];
}
