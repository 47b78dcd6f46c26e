import type { I18n } from "@lingui/core";
import { useLingui } from "@lingui/react";
import { count, percent, rough } from "../../shared/ui/numbers";
import styles from "./demand.module.css";
import { type Interval, WeeksChart, type WeeksRow } from "./weeks-chart";

interface Report {
  event_count: number;
  cell_count: number;
  origin_count: number;
  evaluated_bins: number;
  evaluated_from: string;
  models: { name: string; rmse: Interval; rmse_above_network: Interval; cpu_seconds: number }[];
  best_baseline: string;
  network_gain: Interval;
  input_value: { group: string; rmse_increase: Interval }[];
  coverage: { level: number; fraction: number }[];
  season: { variance_fractions: Record<string, number>; week: number[] };
  weeks?: WeeksRow[];
  weather_coverage?: number | null;
  drivers: { assumptions: Record<string, number>; rows: Driver[] };
}

interface Driver extends Interval {
  name: string;
  gain?: number;
  gain_low?: number;
  gain_high?: number;
}

/** The names of models as people call them. */
function modelTitle(i18n: I18n, name: string): string {
  const titles: Record<string, string> = {
    last: i18n._("Previous interval"),
    yesterday: i18n._("Same time yesterday"),
    last_week: i18n._("Same time last week"),
    usual: i18n._("Weekly seasonal mean"),
    ridge: i18n._("Ridge regression"),
    poisson: i18n._("Poisson regression"),
    boosting: i18n._("Gradient boosting"),
    sdae: i18n._("Neural network, pre-trained (SDAE)"),
    no_pretraining: i18n._("Neural network, not pre-trained"),
  };
  return titles[name] ?? name;
}

/** How well every model would have forecast, whether the network is worth it, what each input is worth, and money. */
export function ReportPanel({ report }: { report: Report }) {
  const { i18n } = useLingui();
  const digits = (value: number, sign = false) =>
    new Intl.NumberFormat(i18n.locale, {
      maximumSignificantDigits: 3,
      signDisplay: sign ? "exceptZero" : "auto",
    }).format(value);
  const span = (interval: Interval, sign = false) =>
    `${digits(interval.value, sign)} (${digits(interval.low, sign)} … ${digits(interval.high, sign)})`;
  const title = (name: string) => modelTitle(i18n, name);
  const best = title(report.best_baseline);
  const gain = span(report.network_gain, true);
  const verdict =
    report.network_gain.low > 0
      ? i18n._("The neural network pays off: its error is {gain} below the best simple model ({best}).", {
          best,
          gain,
        })
      : report.network_gain.high < 0
        ? i18n._("The neural network is not needed: {best} is better by {gain}.", {
            best,
            gain: span(
              {
                value: -report.network_gain.value,
                low: -report.network_gain.high,
                high: -report.network_gain.low,
              },
              true,
            ),
          })
        : i18n._("No benefit of the neural network on these days: {best} is as good (difference {gain}).", {
            best,
            gain,
          });
  const groups: Record<string, string> = {
    neighborhood: i18n._("History of other cells"),
    inflow: i18n._("Arrivals"),
    weather: i18n._("Weather"),
  };
  const shares: Record<string, string> = {
    week: i18n._("weekly pattern"),
    trend: i18n._("trend"),
    rest: i18n._("remainder"),
  };
  const { assumptions } = report.drivers;
  return (
    <section className="panel">
      <h2>{i18n._("Forecast accuracy")}</h2>
      <div className={styles.verdict} role="status">
        <p>
          <strong>{verdict}</strong>
        </p>
        <p className="muted">
          {i18n._(
            "Root mean square error in events per interval and cell, over {slots} intervals of {cells} cells and {origins} rolling origins; paired 95% CIs by resampling days.",
            {
              slots: count(report.evaluated_bins, i18n.locale),
              cells: count(report.cell_count, i18n.locale),
              origins: report.origin_count,
            },
          )}
        </p>
      </div>
      <div className="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{i18n._("Model")}</th>
              <th scope="col">{i18n._("RMSE")}</th>
              <th scope="col">{i18n._("vs. neural network")}</th>
              <th scope="col">{i18n._("CPU seconds")}</th>
            </tr>
          </thead>
          <tbody>
            {report.models.map((row) => (
              <tr key={row.name}>
                <th scope="row">{modelTitle(i18n, row.name)}</th>
                <td className="num">{span(row.rmse)}</td>
                <td className="num">{row.name === "sdae" ? "–" : span(row.rmse_above_network, true)}</td>
                <td className="num">{rough(row.cpu_seconds, i18n.locale)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <h3>{i18n._("Value of each input")}</h3>
      <ul>
        {report.input_value.map((row) => (
          <li key={row.group}>
            {i18n._("{group}: without it, the error of gradient boosting changes by {loss}", {
              group: groups[row.group] ?? row.group,
              loss: span(row.rmse_increase, true),
            })}
          </li>
        ))}
        <li>
          {i18n._("Share of the variance of total demand: {shares}", {
            shares: Object.entries(report.season.variance_fractions)
              .sort((a, b) => b[1] - a[1])
              .map(([key, share]) => `${shares[key] ?? key} ${percent(share, i18n.locale, 0)}`)
              .join(", "),
          })}
        </li>
        <li>
          {i18n._("Interval coverage (nominal → actual): {ranges}", {
            ranges: report.coverage
              .map(
                (row) => `${percent(row.level, i18n.locale, 0)} → ${percent(row.fraction, i18n.locale, 0)}`,
              )
              .join(", "),
          })}
        </li>
      </ul>
      {report.weather_coverage != null && report.weather_coverage < 0.99 && (
        <p className="warn">
          ▲{" "}
          {i18n._("Weather was not used: only {share} of the intervals have a reading at most a day old.", {
            share: percent(report.weather_coverage, i18n.locale, 0),
          })}
        </p>
      )}
      {report.weeks && report.weeks.length > 1 && (
        <WeeksChart rows={report.weeks} titleOf={title} digits={digits} span={span} />
      )}
      <h3>{i18n._("Simulated driver revenue")}</h3>
      <div className="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{i18n._("Strategy")}</th>
              <th scope="col">{i18n._("Revenue per interval")}</th>
              <th scope="col">{i18n._("vs. previous interval")}</th>
            </tr>
          </thead>
          <tbody>
            {report.drivers.rows.map((row) => (
              <tr key={row.name}>
                <th scope="row">{modelTitle(i18n, row.name)}</th>
                <td className="num">{span(row)}</td>
                <td className="num">
                  {row.gain === undefined
                    ? "–"
                    : span({ value: row.gain, low: row.gain_low ?? 0, high: row.gain_high ?? 0 }, true)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="muted">
        {i18n._(
          "Simulated on held-out trips. Assumptions: fare {fare}, cost per move {cost}, cells within {reach} reachable in one interval, {drivers} drivers follow the forecast, {rivals} other free drivers per usual trip.",
          {
            fare: digits(assumptions.fare ?? 0),
            cost: digits(assumptions.cost_per_move ?? 0),
            reach: digits(assumptions.reach_cells ?? 0),
            drivers: digits(assumptions.drivers ?? 0),
            rivals: digits(assumptions.rivals_per_trip ?? 0),
          },
        )}
      </p>
    </section>
  );
}
