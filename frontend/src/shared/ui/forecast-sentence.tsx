import { useLingui } from "@lingui/react";
import type { Schemas } from "../api/client";
import { count, percent, rough } from "./numbers";

/** What the curve says of the target, in one honest sentence: a distribution, never one number alone. */
export function ForecastSentence({ forecast }: { forecast: Schemas["ForecastOut"] | null }) {
  const { i18n } = useLingui();
  if (forecast === null) {
    return <p className="muted">{i18n._("A forecast needs at least three measured sizes.")}</p>;
  }
  const target = percent(forecast.target, i18n.locale, 0);
  if (forecast.reached) {
    return (
      <p className="verdict">
        {i18n._("The target of {target} is reached: {score} with {labels} labels.", {
          target,
          score: percent(forecast.score_now, i18n.locale),
          labels: count(forecast.labels_now, i18n.locale),
        })}
      </p>
    );
  }
  const show = (value: number | null) => (value === null ? "∞" : rough(value, i18n.locale));
  const { p10, p50, p90 } = forecast.needed;
  return (
    <div className="verdict">
      <p>
        {p50 === null
          ? i18n._("{target} will probably not be reached with this recipe, however many labels.", { target })
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
        {p50 === null
          ? i18n._("Try another recipe, or look at the classes that are confused, before labeling more.")
          : i18n._("Label {next} more, then measure again.", {
              next: rough(forecast.next_purchase, i18n.locale),
            })}
      </p>
      {forecast.flags.includes("gets_worse") && (
        <p className="warn">
          {i18n._("The curve falls somewhere: look at the labels before you trust this forecast.")}
        </p>
      )}
      {forecast.flags.includes("flat") && (
        <p className="warn">
          {i18n._("The last doubling of labels brought nothing that can be told from noise.")}
        </p>
      )}
    </div>
  );
}
