import { useLingui } from "@lingui/react";
import { Table, Title } from "@mantine/core";
import { Chart } from "../../shared/ui/chart/chart";
import { shareAxis } from "../../shared/ui/curve-chart";
import { useMetrics } from "../../shared/ui/metrics";
import type { RunResult } from "./run-parts";

/** Every metric beside the baseline's, drawn and as a table. */
export function RunScores({ result }: { result: RunResult }) {
  const { i18n } = useLingui();
  const metrics = useMetrics();
  const record = result.metrics ?? {};
  const keys = metrics.inOrder(record);
  const shares = keys.filter((key) => metrics.isShare(key));
  const { baseline } = result;
  const seriesOf = (key: string, name: string, values: NonNullable<RunResult["metrics"]>, shift: number) => ({
    key,
    name,
    mark: "dots" as const,
    interval: i18n._("95% interval"),
    points: shares.flatMap((metric, place) => {
      const value = values[metric];
      if (!value) return [];
      const ends = value.low == null || value.high == null ? {} : { low: value.low, high: value.high };
      return [{ x: place + shift, y: value.value, ...ends }];
    }),
  });
  return (
    <section>
      <Title order={2} mb="xs">
        {i18n._("Test results")}
      </Title>
      {shares.length > 1 && (
        <Chart
          title={i18n._("Metrics on the held-out test set")}
          fileName="run-metrics"
          height={240}
          x={{
            label: i18n._("Metric"),
            categories: shares.map((key) => metrics.title(key)),
            format: (value) => metrics.title(shares[Math.round(value)] ?? ""),
          }}
          y={shareAxis(i18n._("Score"), i18n.locale)}
          series={[
            seriesOf("run", i18n._("This training run"), record, baseline ? -0.06 : 0),
            ...(baseline
              ? [
                  seriesOf(
                    "baseline",
                    i18n._("Baseline {recipe}", { recipe: baseline.recipe }),
                    baseline.metrics,
                    0.06,
                  ),
                ]
              : []),
          ]}
        />
      )}
      <Table.ScrollContainer minWidth={420}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{i18n._("Metric")}</Table.Th>
              <Table.Th scope="col">{i18n._("This training run (95% interval)")}</Table.Th>
              {baseline && (
                <Table.Th scope="col">{i18n._("Baseline {recipe}", { recipe: baseline.recipe })}</Table.Th>
              )}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {keys.map((key) => (
              <Table.Tr key={key}>
                <Table.Th scope="row">{metrics.title(key)}</Table.Th>
                <Table.Td className="num">{metrics.format(key, record[key])}</Table.Td>
                {baseline && (
                  <Table.Td className="num">{metrics.format(key, baseline.metrics[key])}</Table.Td>
                )}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  );
}
