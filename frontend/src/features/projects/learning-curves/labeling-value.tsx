import { useLingui } from "@lingui/react";
import { Card, Text, Title } from "@mantine/core";
import type { Schemas } from "../../../shared/api/client";
import { percent, rough } from "../../../shared/ui/numbers";

/** At what accuracy the system pays, whether the forecast gets there, and when to stop labeling. */
export function LabelingValue({ forecast: detail }: { forecast: Schemas["LearningCurveForecastOut"] }) {
  const { i18n } = useLingui();
  const { labeling_value: value, forecast } = detail;
  if (!value || !forecast) return null;
  const even = value.break_even_accuracy;
  const pays =
    even === null
      ? i18n._("It pays at no accuracy: the system costs more a month than the current process.")
      : value.is_profitable
        ? i18n._("It pays from {even} accuracy; accuracy is {now} now.", {
            even: percent(even, i18n.locale),
            now: percent(forecast.current_score, i18n.locale),
          })
        : i18n._("It pays from {even} accuracy; the probability of getting there is {chance}.", {
            even: percent(even, i18n.locale),
            chance: percent(value.break_even_probability, i18n.locale, 0),
          });
  const stop =
    value.optimal_labels <= forecast.current_labels
      ? i18n._("More labels cost more than they bring: stop labeling.")
      : i18n._("Label up to {stop} in total: that brings {gain} more than it costs.", {
          stop: rough(value.optimal_labels, i18n.locale),
          gain: rough(value.net_gain_at_optimum, i18n.locale),
        });
  return (
    <section>
      <Title order={3}>{i18n._("Return on investment")}</Title>
      <Card withBorder padding="sm">
        <Text fw={600}>
          {pays} {stop}
        </Text>
        <Text size="sm" c="dimmed">
          {i18n._("The next 100 labels bring {value} and cost {cost}.", {
            value: rough(value.next_100_labels_value, i18n.locale),
            cost: rough(value.next_100_labels_cost, i18n.locale),
          })}
        </Text>
      </Card>
    </section>
  );
}
