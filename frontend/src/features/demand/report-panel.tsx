import type { I18n } from "@lingui/core";
import { useLingui } from "@lingui/react";
import { count, percent, rough } from "../../shared/ui/numbers";
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
    last: i18n._("What came in the slot before"),
    yesterday: i18n._("The same slot yesterday"),
    last_week: i18n._("The same slot last week"),
    usual: i18n._("The usual of this time of the week"),
    ridge: i18n._("Ridge regression"),
    poisson: i18n._("Poisson regression"),
    boosting: i18n._("Gradient boosting"),
    sdae: i18n._("Network with pre-training (SDAE)"),
    no_pretraining: i18n._("The same network without pre-training"),
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
      ? i18n._(
          "The network is worth it: its error is below that of the best simple model, {best}, by {gain}.",
          {
            best,
            gain,
          },
        )
      : report.network_gain.high < 0
        ? i18n._("No network is needed here: {best} is better by {gain}.", {
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
        : i18n._("No network is needed, as far as these days show: {best} is as good (difference {gain}).", {
            best,
            gain,
          });
  const groups: Record<string, string> = {
    neighborhood: i18n._("Other places' history"),
    inflow: i18n._("Arrivals"),
    weather: i18n._("Weather"),
  };
  const shares: Record<string, string> = {
    week: i18n._("time of the week"),
    trend: i18n._("trend"),
    rest: i18n._("the rest"),
  };
  const { assumptions } = report.drivers;
  return (
    <section className="panel">
      <h2>{i18n._("How well it forecasts")}</h2>
      <div className="verdict" role="status">
        <p>
          <strong>{verdict}</strong>
        </p>
        <p className="muted">
          {i18n._(
            "Root mean square error in events a slot and cell, over {slots} slots of {cells} cells in {origins} rolling origins; 95 % intervals by drawing days, paired.",
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
              <th scope="col">{i18n._("Error")}</th>
              <th scope="col">{i18n._("Above the network")}</th>
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
      <h3>{i18n._("What each input is worth")}</h3>
      <ul>
        {report.input_value.map((row) => (
          <li key={row.group}>
            {i18n._("{group}: without it the error of gradient boosting changes by {loss}", {
              group: groups[row.group] ?? row.group,
              loss: span(row.rmse_increase, true),
            })}
          </li>
        ))}
        <li>
          {i18n._("Of the ups and downs of all cells together: {shares}", {
            shares: Object.entries(report.season.variance_fractions)
              .sort((a, b) => b[1] - a[1])
              .map(([key, share]) => `${shares[key] ?? key} ${percent(share, i18n.locale, 0)}`)
              .join(", "),
          })}
        </li>
        <li>
          {i18n._("Counts that fell inside their ranges: {ranges}", {
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
          {i18n._(
            "The weather was left out: only {share} of the slots have a reading that is at most a day old.",
            { share: percent(report.weather_coverage, i18n.locale, 0) },
          )}
        </p>
      )}
      {report.weeks && report.weeks.length > 1 && (
        <WeeksChart rows={report.weeks} titleOf={title} digits={digits} span={span} />
      )}
      <h3>{i18n._("What a driver gains")}</h3>
      <div className="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{i18n._("Sent by")}</th>
              <th scope="col">{i18n._("Money a slot")}</th>
              <th scope="col">{i18n._("More than by the slot before")}</th>
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
          "A simulation on trips that took no part in the learning. Assumed: a fare of {fare}, {cost} for a move, cells within {reach} can be reached in a slot, {drivers} drivers follow the forecast, and there are {rivals} other free drivers for each usual trip.",
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
