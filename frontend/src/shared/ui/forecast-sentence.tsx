import { useLingui } from "@lingui/react";
import type { Schemas } from "../api/client";
import { count, percent, rough } from "./numbers";

/** What the curve says of the target, in one honest sentence: a distribution, never one number alone. */
export function ForecastSentence({
  forecast,
  share = true,
}: {
  forecast: Schemas["ForecastOut"] | null;
  share?: boolean;
}) {
  const { i18n } = useLingui();
  if (forecast === null) {
    return <p className="muted">{i18n._("A forecast needs at least three measured sizes.")}</p>;
  }
  const score = (value: number, digits: number) =>
    share ? percent(value, i18n.locale, digits) : count(value, i18n.locale);
  const target = score(forecast.target, Number.isInteger(forecast.target * 100) ? 0 : 1);
  if (forecast.is_reached) {
    return (
      <p className="verdict">
        {i18n._("The target of {target} is reached: {score} with {labels} labels.", {
          target,
          score: score(forecast.current_score, 1),
          labels: count(forecast.current_labels, i18n.locale),
        })}
      </p>
    );
  }
  const far = i18n._("more than {times} times as many labels as there are", { times: 64 });
  const show = (value: number | null) =>
    value === null || value > 64 * forecast.current_labels ? far : rough(value, i18n.locale);
  const { p10, p50, p90 } = forecast.labels_needed;
  const never = p50 === null;
  const open = never || p50 > 64 * forecast.current_labels;
  return (
    <div className="verdict">
      <p>
        {never
          ? i18n._("{target} will probably not be reached with this recipe, however many labels.", { target })
          : open
            ? i18n._("For {target}: in the middle {far}, 80 % interval from {p10} on.", {
                target,
                far,
                p10: show(p10),
              })
            : i18n._("For {target}: about {p50} labels in all, 80 % interval {p10} to {p90}.", {
                target,
                p50: show(p50),
                p10: show(p10),
                p90: show(p90),
              })}{" "}
        {i18n._("Chance that it is never reached: {never}.", {
          never: percent(forecast.probability_never, i18n.locale, 0),
        })}
      </p>
      <p>
        {open
          ? i18n._("Try another recipe, or look at the classes that are confused, before labeling more.")
          : i18n._("Label {next} more, then measure again.", {
              next: rough(forecast.next_batch_size, i18n.locale),
            })}
      </p>
      {forecast.warnings.includes("few_sizes") && (
        <p className="warn">
          {i18n._("Fewer than five sizes are measured: the interval is wide for that reason.")}
        </p>
      )}
      {forecast.warnings.includes("non_monotone") && (
        <p className="warn">
          {i18n._(
            "The curve is uneven, as curves are that get worse with more labels: look at the labels first.",
          )}
        </p>
      )}
      {forecast.warnings.includes("flat") && (
        <p className="warn">
          {i18n._("The last doubling of labels brought nothing that can be told from noise.")}
        </p>
      )}
    </div>
  );
}

/** The chance that so many labels are enough: the distribution behind the sentence. */
export function EnoughBars({ forecast }: { forecast: Schemas["ForecastOut"] }) {
  const { i18n } = useLingui();
  if (forecast.is_reached) return null;
  return (
    <table className="enough">
      <caption>{i18n._("Chance that so many labels are enough")}</caption>
      <thead className="visually-hidden">
        <tr>
          <th scope="col">{i18n._("Times the labels there are")}</th>
          <th scope="col">{i18n._("Labels")}</th>
          <th scope="col">{i18n._("Chance")}</th>
        </tr>
      </thead>
      <tbody>
        {forecast.sufficiency.slice(1).map((row) => (
          <tr key={row.multiple}>
            <th scope="row" className="num">
              {row.multiple}×
            </th>
            <td className="num">{rough(row.labels, i18n.locale)}</td>
            <td className="bar">
              <span className="bar-fill" style={{ inlineSize: `${Math.round(row.probability * 100)}%` }} />
              <span className="num">{percent(row.probability, i18n.locale, 0)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
