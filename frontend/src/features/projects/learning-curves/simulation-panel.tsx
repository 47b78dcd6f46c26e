import { useLingui } from "@lingui/react";
import { Button, Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "../../../shared/api/client";
import { useMay } from "../../../shared/api/session";
import { ErrorAlert } from "../../../shared/ui/feedback";
import { count, percent, shareTold } from "../../../shared/ui/numbers";
import { JobLine } from "../../../shared/ui/parts";
import { Section } from "../../../shared/ui/section";
import { strategyTitle } from "../../../words/strategies";
import { interval, useCancel } from "../use-cancel";

interface Interval {
  value: number;
  low: number;
  high: number;
}

interface StrategyRow {
  strategy: string;
  scores: number[];
  label_savings?: Interval;
  difference?: Interval;
}

interface Comparison {
  sizes: number[];
  seeds: number;
  strategies: StrategyRow[];
  best_strategy: string | null;
}

/** Query strategies, measured on labels that are there: which one would have saved labels, or that none did. */
export function SimulationPanel({
  projectId,
  snapshot,
}: {
  projectId: number;
  snapshot: Schemas["SnapshotOut"] | undefined;
}) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const mayRun = useMay("runs.write");
  const cancel = useCancel("simulations");
  const path = { path: { project_id: projectId } };
  const simulations = useQuery({
    queryKey: ["simulations", projectId],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/active-learning-simulations/", {
          params: { ...path, query: { limit: 3 } },
        }),
      ),
    refetchInterval: (query) => interval(query.state.data?.results.map((row) => row.job.state) ?? []),
  });
  const order = useMutation({
    mutationFn: (id: number) =>
      unwrap(
        api.POST("/api/v1/projects/{project_id}/active-learning-simulations/", {
          params: path,
          body: { snapshot_id: id },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["simulations", projectId] }),
  });
  const rows = simulations.data?.results ?? [];
  const done = rows.find((row) => row.job.state === "done");
  const running = rows[0] && rows[0] !== done ? rows[0] : undefined;
  const comparison = done?.job.result as Comparison | undefined;
  const random = comparison?.strategies.find((row) => row.strategy === "random");
  const best = comparison?.strategies.find((row) => row.strategy === comparison.best_strategy);
  const share = (savings: Interval) => shareTold(savings, i18n.locale, 0);
  return (
    <Section
      title={i18n._("Active learning strategies")}
      note={i18n._(
        "Replays strategies on the existing labels and compares them with random sampling on the held-out test set.",
      )}
    >
      {simulations.error && <ErrorAlert error={simulations.error} retry={() => void simulations.refetch()} />}
      {running && <JobLine job={running.job} cancel={mayRun ? () => cancel(running.job.id) : undefined} />}
      {comparison && done && (
        <>
          <Text fw={600} my="xs">
            {best?.label_savings
              ? i18n._(
                  "{strategy} would have saved {saved} of the labels compared with random sampling (80% interval).",
                  {
                    strategy: strategyTitle(i18n, best.strategy),
                    saved: share(best.label_savings),
                  },
                )
              : i18n._("No strategy saved a measurable number of labels compared with random sampling.")}
          </Text>
          <Table.ScrollContainer minWidth={640}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th scope="col">{i18n._("Strategy")}</Table.Th>
                  {comparison.sizes.map((size) => (
                    <Table.Th scope="col" key={size} ta="right">
                      {count(size, i18n.locale)}
                    </Table.Th>
                  ))}
                  <Table.Th scope="col">{i18n._("Labels saved (80% interval)")}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {comparison.strategies.map((row) => (
                  <Table.Tr key={row.strategy} fw={row === best ? 600 : undefined}>
                    <Table.Th scope="row">{strategyTitle(i18n, row.strategy)}</Table.Th>
                    {row.scores.map((score, index) => (
                      <Table.Td key={comparison.sizes[index]} ta="right">
                        {percent(score, i18n.locale)}
                      </Table.Td>
                    ))}
                    <Table.Td ta="right">
                      {row === random || !row.label_savings ? "–" : share(row.label_savings)}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
          <Text size="sm" c="dimmed">
            {i18n._(
              "Test accuracy, mean of {seeds, plural, one {# paired seed} other {# paired seeds}}, snapshot version {version}.",
              {
                seeds: comparison.seeds,
                version: done.snapshot_version,
              },
            )}
          </Text>
        </>
      )}
      {mayRun && snapshot && !running && (
        <Button variant="default" mt="sm" onClick={() => order.mutate(snapshot.id)} loading={order.isPending}>
          {i18n._("Compare strategies on snapshot version {version}", { version: snapshot.version })}
        </Button>
      )}
      {order.error && <ErrorAlert error={order.error} />}
    </Section>
  );
}
