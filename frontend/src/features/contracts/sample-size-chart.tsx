import { useLingui } from "@lingui/react";
import { Table, Text } from "@mantine/core";
import type { Schemas } from "../../shared/api/client";
import { Chart } from "../../shared/ui/chart/chart";
import { shareAxis } from "../../shared/ui/curve-chart";
import { count, percent } from "../../shared/ui/numbers";

/** How often a model of each true accuracy passes: few test items refuse good models, many tell them apart. */
export function SampleSizeChart({
  sampleSize,
  terms,
}: {
  sampleSize: Schemas["SampleSizeOut"];
  terms: Schemas["TermsIn"];
}) {
  const { i18n } = useLingui();
  const chosen = sampleSize.parts[0]?.sampling_plan?.acceptance_number;
  const shown = sampleSize.sampling_plans
    .filter((plan) => [0, 2, 5, chosen].includes(plan.acceptance_number))
    .slice(0, 4);
  const rate = (value: number) => percent(value, i18n.locale, Number.isInteger(value * 100) ? 0 : 1);
  return (
    <>
      <Chart
        title={i18n._("Probability of passing by true accuracy")}
        hasHeading
        fileName="sample-size"
        height={280}
        series={shown.map((plan) => ({
          key: String(plan.acceptance_number),
          name: i18n._(
            "{items, plural, one {# item} other {# items}}, {errors, plural, =0 {no errors} one {at most # error} other {at most # errors}}",
            { items: plan.sample_size, errors: plan.acceptance_number },
          ),
          mark: "curve",
          points: plan.pass_probabilities.map((chance, index) => ({
            x: sampleSize.accuracies[index] ?? 0,
            y: chance,
          })),
        }))}
        x={{ ...shareAxis(i18n._("True accuracy"), i18n.locale), domain: [sampleSize.accuracies[0] ?? 0, 1] }}
        y={{ ...shareAxis(i18n._("Probability of passing"), i18n.locale), domain: [0, 1] }}
        references={[
          {
            axis: "x",
            value: terms.target,
            label: i18n._("Target {target}", { target: rate(terms.target) }),
          },
          {
            axis: "x",
            value: terms.expected,
            label: i18n._("Expected {expected}", { expected: rate(terms.expected) }),
          },
        ]}
      />
      <Table.ScrollContainer minWidth={420} mt="md">
        <Table captionSide="top">
          <Table.Caption ta="start">{i18n._("Test sizes that keep the false-accept risk")}</Table.Caption>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{i18n._("Test items")}</Table.Th>
              <Table.Th scope="col">{i18n._("Errors allowed")}</Table.Th>
              <Table.Th scope="col">
                {i18n._("Passes at {rate} accuracy", { rate: rate(terms.target) })}
              </Table.Th>
              <Table.Th scope="col">
                {i18n._("Passes at {rate} accuracy", { rate: rate(terms.expected) })}
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {sampleSize.sampling_plans.map((plan) => (
              <Table.Tr key={plan.acceptance_number} fw={plan.acceptance_number === chosen ? 650 : undefined}>
                <Table.Td className="num">{count(plan.sample_size, i18n.locale)}</Table.Td>
                <Table.Td className="num">{plan.acceptance_number}</Table.Td>
                <Table.Td className="num">{percent(plan.pass_probability_at_target, i18n.locale)}</Table.Td>
                <Table.Td className="num">{percent(plan.pass_probability_at_expected, i18n.locale)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Text size="xs" c="dimmed">
        {i18n._("Bold: the smallest test that keeps both risks.")}
      </Text>
    </>
  );
}
