import { useLingui } from "@lingui/react";
import { Alert, Text } from "@mantine/core";
import type { Schemas } from "../api/client";
import { Chart } from "./chart/chart";
import { shareAxis } from "./curve-chart";
import { count, percent, rough } from "./numbers";

const FARTHEST = 64; // times the labels there are: a forecast says nothing beyond

/** What the curve says of the target, in one sentence: a distribution, never one number alone. */
export function ForecastSentence({
  forecast,
  share = true,
}: {
  forecast: Schemas["ForecastOut"] | null;
  share?: boolean;
}) {
  const { i18n } = useLingui();
  if (forecast === null)
    return <Text c="dimmed">{i18n._("A forecast needs at least three measured sizes.")}</Text>;
  const score = (value: number, digits: number) =>
    share ? percent(value, i18n.locale, digits) : count(value, i18n.locale);
  const target = score(forecast.target, Number.isInteger(forecast.target * 100) ? 0 : 1);
  if (forecast.is_reached)
    return (
      <Alert variant="light" color="green" role="status">
        <Text fw={650}>
          {i18n._(
            "The target of {target} is reached: {score} with {labels, plural, one {# label} other {# labels}}.",
            {
              target,
              score: score(forecast.current_score, 1),
              labels: forecast.current_labels,
            },
          )}
        </Text>
      </Alert>
    );
  const far = i18n._("more than {times}× the current labels", { times: FARTHEST });
  const show = (value: number | null) =>
    value === null || value > FARTHEST * forecast.current_labels ? far : rough(value, i18n.locale);
  const { p10, p50, p90 } = forecast.labels_needed;
  const never = p50 === null;
  const isFar = never || p50 > FARTHEST * forecast.current_labels;
  const warnings = warningTexts(forecast.warnings, {
    few_sizes: i18n._("Fewer than five sizes are measured, so the interval is wide."),
    non_monotone: i18n._(
      "The curve is uneven: accuracy drops with more labels somewhere. Check the labels first.",
    ),
    flat: i18n._("The last doubling of labels brought no measurable gain."),
  });
  return (
    <Alert variant="light" color={isFar ? "yellow" : "blue"} role="status">
      <Text fw={650}>
        {never
          ? i18n._("{target} will probably not be reached with this recipe, with any number of labels.", {
              target,
            })
          : isFar
            ? i18n._("Labels needed for {target}: median {far} (80% interval from {p10})", {
                target,
                far,
                p10: show(p10),
              })
            : i18n._("Labels needed for {target}: about {p50} in total (80% interval {p10} to {p90})", {
                target,
                p50: show(p50),
                p10: show(p10),
                p90: show(p90),
              })}
      </Text>
      <Text size="sm">
        {i18n._("Probability of never reaching it: {never}.", {
          never: percent(forecast.probability_never, i18n.locale, 0),
        })}{" "}
        {isFar
          ? i18n._("Try another recipe or review the most confused classes before labeling more.")
          : i18n._("Next step: label {next} more, then measure again.", {
              next: rough(forecast.next_batch_size, i18n.locale),
            })}
      </Text>
      {warnings.map((text) => (
        <Text key={text} size="sm" c="var(--warn)">
          {text}
        </Text>
      ))}
    </Alert>
  );
}

function warningTexts(codes: string[], texts: Record<string, string>): string[] {
  return codes.flatMap((code) => texts[code] ?? []);
}

/** The chance that so many labels are enough: the distribution behind the sentence. */
export function SufficiencyChart({ forecast }: { forecast: Schemas["ForecastOut"] }) {
  const { i18n } = useLingui();
  const rows = forecast.sufficiency.slice(1);
  if (forecast.is_reached || rows.length === 0) return null;
  const labels = rows.map(({ labels: number }) => rough(number, i18n.locale));
  return (
    <Chart
      title={i18n._("Probability that this many labels are enough")}
      hasHeading
      fileName="sufficiency"
      height={200}
      x={{
        label: i18n._("Labels in total"),
        categories: labels,
        format: (value) => labels[Math.round(value)] ?? "",
      }}
      y={{ ...shareAxis(i18n._("Probability"), i18n.locale), domain: [0, 1] }}
      series={[
        {
          key: "enough",
          name: i18n._("Probability"),
          mark: "bars",
          points: rows.map((row, x) => ({
            x,
            y: row.probability,
            note: i18n._("{multiple}× the current labels", { multiple: row.multiple }),
          })),
        },
      ]}
    />
  );
}
