import { useLingui } from "@lingui/react";
import { Text } from "@mantine/core";
import type { Schemas } from "../../../shared/api/client";
import { day, percent, rough } from "../../../shared/ui/numbers";
import { Stat, Stats } from "../../../shared/ui/stat";

/** Accuracy, labels, money and date, each with its 80% interval. */
export function BudgetFigures({
  detail,
  teamSpeed,
}: {
  detail: Schemas["LearningCurveForecastOut"];
  teamSpeed: number;
}) {
  const { i18n } = useLingui();
  const { forecast, cost_forecast: cost } = detail;
  if (!forecast) return null;
  const never = i18n._("never");
  const figure = (value: number | null) => (value === null ? never : rough(value, i18n.locale));
  const date = (value: string | null) => (value === null ? never : day(value, i18n.locale));
  const range = (low: string, high: string) => i18n._("80% interval: {low} to {high}", { low, high });
  const { labels_needed: needed } = forecast;
  const isOpen = !forecast.is_reached;
  return (
    <div>
      <Stats>
        <Stat
          label={i18n._("Accuracy now")}
          value={percent(forecast.current_score, i18n.locale)}
          note={i18n._("with {labels} labels", { labels: rough(forecast.current_labels, i18n.locale) })}
        />
        <Stat label={i18n._("Target")} value={percent(forecast.target, i18n.locale)} />
        {isOpen && (
          <Stat
            label={i18n._("Training labels needed (median)")}
            value={figure(needed.p50)}
            note={range(figure(needed.p10), figure(needed.p90))}
          />
        )}
        {isOpen && cost && (
          <Stat
            label={i18n._("Labels still needed, test set included (median)")}
            value={figure(cost.additional_labels.p50)}
            note={range(figure(cost.additional_labels.p10), figure(cost.additional_labels.p90))}
          />
        )}
        {isOpen && cost?.cost && (
          <Stat
            label={i18n._("Cost still needed (median)")}
            value={figure(cost.cost.p50)}
            note={range(figure(cost.cost.p10), figure(cost.cost.p90))}
          />
        )}
        {isOpen && cost?.dates && (
          <Stat
            label={i18n._("Expected date")}
            value={date(cost.dates.p50)}
            note={range(date(cost.dates.p10), date(cost.dates.p90))}
          />
        )}
      </Stats>
      {isOpen && cost && (
        <Text size="xs" c="dimmed">
          {[
            cost.cost_per_label === null
              ? i18n._("No price per label: enter costs, or an hourly rate in the workflow settings.")
              : cost.cost_source === "queue"
                ? i18n._("Price per label from recorded labeling, review and rework time.")
                : i18n._("Price per label as entered."),
            cost.labels_per_day !== null &&
              i18n._("{labels} labels a day over the last {days, plural, one {# day} other {# days}}.", {
                labels: rough(cost.labels_per_day, i18n.locale),
                days: cost.observed_days,
              }),
            teamSpeed !== 1 && i18n._("Team speed as simulated."),
            cost.dates === null && i18n._("No date: nothing was labeled in the last 4 weeks."),
          ]
            .filter(Boolean)
            .join(" ")}
        </Text>
      )}
    </div>
  );
}
