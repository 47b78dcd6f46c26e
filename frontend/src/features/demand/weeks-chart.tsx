import { useLingui } from "@lingui/react";
import { Chart } from "../../shared/ui/chart/chart";
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
  const last = rows[rows.length - 1];
  const half = rows[rows.length - 2];
  if (!last || !half) return null;
  return (
    <>
      <h3>{i18n._("Benefit of more data")}</h3>
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
      <Chart
        title={i18n._("Error by weeks of data")}
        fileName="weeks-of-data"
        height={260}
        x={{
          label: i18n._("Weeks of data"),
          scale: "log",
          format: (value) => rough(value, i18n.locale),
        }}
        y={{ label: i18n._("Error (RMSE)"), min: 0, format: digits }}
        series={names.map((name) => ({
          key: name,
          name: titleOf(name),
          mark: "line",
          interval: i18n._("95% interval"),
          points: rows.flatMap(({ weeks, models }) => {
            const rmse = models[name]?.rmse;
            return rmse ? [{ x: weeks, y: rmse.value, low: rmse.low, high: rmse.high }] : [];
          }),
        }))}
      />
    </>
  );
}
