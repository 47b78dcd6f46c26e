import { useLingui } from "@lingui/react";
import { Button, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "../../../shared/api/client";
import { count, moment, percent } from "../../../shared/ui/numbers";
import { Failure, Waiting } from "../../../shared/ui/parts";

/** How right past forecasts were: what the reader needs to know how far to trust this one. */
export function CalibrationHistory({
  history,
  projectId,
}: {
  history: Schemas["CalibrationHistoryOut"];
  projectId: number;
}) {
  const { i18n } = useLingui();
  const [isOpen, panel] = useDisclosure(false);
  if (history.backtest_count === 0) {
    return (
      <p className="record muted">
        {i18n._(
          "No past forecast to compare yet. On 2,400 published curves, 78 to 79% of 80% intervals contained the result.",
        )}
      </p>
    );
  }
  const { coverage_80, backtest_count: total, interval_scale: scale } = history;
  return (
    <div className="record">
      <p>
        {i18n._("Track record: {share80} of {scored} past 80% intervals contained the result.", {
          share80: percent(coverage_80.covered / total, i18n.locale, 0),
          scored: count(total, i18n.locale),
        })}{" "}
        {scale > 1.005 &&
          i18n._("New intervals are {times}× as wide for this reason.", {
            times: new Intl.NumberFormat(i18n.locale, { maximumFractionDigits: 2 }).format(scale),
          })}
      </p>
      <Button variant="subtle" size="compact-sm" px={0} aria-expanded={isOpen} onClick={panel.toggle}>
        {i18n._("Past forecasts of this project")}
      </Button>
      {isOpen && <Backtests projectId={projectId} />}
    </div>
  );
}

function Backtests({ projectId }: { projectId: number }) {
  const { i18n } = useLingui();
  const rows = useQuery({
    queryKey: ["forecast-backtests", projectId],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/forecast-backtests/", {
          params: { path: { project_id: projectId }, query: { limit: 50 } },
        }),
      ),
  });
  if (rows.error) return <Failure error={rows.error} again={() => void rows.refetch()} />;
  if (!rows.data) return <Waiting />;
  if (rows.data.results.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {i18n._("None yet.")}
      </Text>
    );
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{i18n._("Forecast on")}</Table.Th>
            <Table.Th scope="col">{i18n._("Labels then")}</Table.Th>
            <Table.Th scope="col">{i18n._("Forecast for (labels)")}</Table.Th>
            <Table.Th scope="col">{i18n._("Forecast (80%)")}</Table.Th>
            <Table.Th scope="col">{i18n._("Result")}</Table.Th>
            <Table.Th scope="col">{i18n._("Within interval")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.data.results.map((row) => (
            <Table.Tr key={`${row.forecast_at}-${row.n}`}>
              <Table.Td>{moment(row.forecast_at, i18n.locale)}</Table.Td>
              <Table.Td ta="right">{count(row.forecast_labels, i18n.locale)}</Table.Td>
              <Table.Td ta="right">{count(row.n, i18n.locale)}</Table.Td>
              <Table.Td ta="right">
                {percent(row.median, i18n.locale)} ({percent(row.low_80, i18n.locale)} –{" "}
                {percent(row.high_80, i18n.locale)})
              </Table.Td>
              <Table.Td ta="right">{percent(row.score, i18n.locale)}</Table.Td>
              <Table.Td>{row.is_in_80 ? `● ${i18n._("yes")}` : `✕ ${i18n._("no")}`}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
