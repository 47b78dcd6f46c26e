import { useLingui } from "@lingui/react";
import type { Schemas } from "../../../shared/api/client";
import { count, day, rough } from "../../../shared/ui/numbers";

/** Labels still to be made, money and date, each with its 80 % interval. */
export function CostForecast({ cost, teamSpeed }: { cost: Schemas["CostForecastOut"]; teamSpeed: number }) {
  const { i18n } = useLingui();
  const never = i18n._("never");
  const figure = (value: number | null) => (value === null ? never : rough(value, i18n.locale));
  const date = (value: string | null) => (value === null ? never : day(value, i18n.locale));
  const row = (term: string, values: [string, string, string]) => (
    <tr key={term}>
      <th scope="row">{term}</th>
      <td className="num strong">{values[1]}</td>
      <td className="num muted">
        {values[0]} – {values[2]}
      </td>
    </tr>
  );
  const { additional_labels: labels, dates } = cost;
  const from =
    cost.cost_source === "queue"
      ? i18n._("price from the queue's own records, review and rework included")
      : i18n._("price as entered");
  return (
    <>
      <table className="money">
        <thead>
          <tr>
            <th scope="col">{i18n._("Still needed")}</th>
            <th scope="col">{i18n._("Middle")}</th>
            <th scope="col">{i18n._("80 % interval")}</th>
          </tr>
        </thead>
        <tbody>
          {row(i18n._("Labels"), [figure(labels.p10), figure(labels.p50), figure(labels.p90)])}
          {cost.cost &&
            row(i18n._("Money"), [figure(cost.cost.p10), figure(cost.cost.p50), figure(cost.cost.p90)])}
          {dates && row(i18n._("Reached on"), [date(dates.p10), date(dates.p50), date(dates.p90)])}
        </tbody>
      </table>
      <p className="muted small-text">
        {cost.cost_per_label === null
          ? i18n._("No price is known: enter one, or an hourly cost in the rules of the queue.")
          : from}
        {cost.labels_per_day !== null &&
          ` · ${i18n._("{labels} labels a day over {days} days", {
            labels: count(Math.round(cost.labels_per_day * 10) / 10, i18n.locale),
            days: cost.observed_days,
          })}`}
        {teamSpeed !== 1 && ` · ${i18n._("with the team as set above")}`}
        {dates === null && ` · ${i18n._("no date: nothing was labeled in the last four weeks")}`}
      </p>
    </>
  );
}
