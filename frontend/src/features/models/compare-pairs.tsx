import { useLingui } from "@lingui/react";
import { Alert, Button, Group, Select, Table, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { ErrorAlert } from "../../shared/ui/feedback";
import { pointsOf, useMetrics } from "../../shared/ui/metrics";
import { count, percent } from "../../shared/ui/numbers";
import { Section } from "../../shared/ui/section";
import styles from "./compare-pairs.module.css";
import { versionName } from "./compare-subjects";
import { CurvesPanel } from "./curves-panel";
import { Pictures } from "./parts";

type Comparison = Schemas["VersionComparisonOut"];
type Version = Schemas["VersionDetail"];

/** Two of the versions, item by item: the baseline and any other, or any two. */
export function PairPanel({
  versions,
  pair,
  choose,
}: {
  versions: Version[];
  pair: [a: number, b: number];
  choose: (a: number, b: number) => void;
}) {
  const { i18n } = useLingui();
  const [a, b] = pair;
  const data = versions.map((version) => ({ value: String(version.id), label: versionName(version) }));
  const result = useQuery({
    queryKey: ["compare", a, b],
    enabled: a !== b,
    queryFn: () => unwrap(api.GET("/api/v1/model-versions/compare/", { params: { query: { a, b } } })),
  });
  return (
    <>
      <Section
        title={i18n._("Paired differences")}
        note={i18n._("Both versions predicted the same test items, so they are compared item by item.")}
      >
        <Group align="flex-end" gap="sm" mb="sm">
          <Select
            label={i18n._("Baseline (A)")}
            allowDeselect={false}
            data={data}
            value={String(a)}
            onChange={(value) => choose(Number(value), b)}
          />
          <Select
            label={i18n._("Compared with (B)")}
            allowDeselect={false}
            data={data}
            value={String(b)}
            onChange={(value) => choose(a, Number(value))}
          />
          <Button variant="default" onClick={() => choose(b, a)}>
            {i18n._("Swap A and B")}
          </Button>
        </Group>
        {a === b && (
          <Text size="sm" c="dimmed">
            {i18n._("Choose two different versions.")}
          </Text>
        )}
        {result.error && <ErrorAlert error={result.error} retry={() => void result.refetch()} />}
        {result.data && <Verdict comparison={result.data} />}
      </Section>
      {result.data && <Details comparison={result.data} />}
    </>
  );
}

/** Which is better, by how much, and how sure that is; then each metric. */
function Verdict({ comparison }: { comparison: Comparison }) {
  const { i18n } = useLingui();
  const metrics = useMetrics();
  const { counts } = comparison;
  const first = comparison.metrics[0];
  const gain = first?.difference ?? { value: 0, low: 0, high: 0 };
  const values = { points: pointsOf(gain, i18n.locale), metric: metrics.title(first?.metric ?? "") };
  const verdict =
    gain.low > 0
      ? i18n._("B is better by {points} pp ({metric}).", values)
      : gain.high < 0
        ? i18n._("B is worse: {points} pp ({metric}).", values)
        : i18n._("No significant difference: {points} pp ({metric}).", values);
  const isAuthors =
    comparison.evaluation_a.predicted_by === "author" || comparison.evaluation_b.predicted_by === "author";
  return (
    <>
      <Text fw={650} role="status">
        {verdict}
      </Text>
      <Text size="sm" c="dimmed">
        {i18n._("95% CI over {count, plural, one {# item} other {# items}} of snapshot v{snapshot}.", {
          count: comparison.items,
          snapshot: comparison.evaluation_a.snapshot_version,
        })}{" "}
        {counts &&
          i18n._(
            "McNemar mid-p {p}. Both correct {both}, only A {only_a}, only B {only_b}, neither {neither}.",
            {
              p: counts.p_value < 0.001 ? "< 0.001" : counts.p_value.toFixed(3),
              both: count(counts.both_correct, i18n.locale),
              only_a: count(counts.only_a_correct, i18n.locale),
              only_b: count(counts.only_b_correct, i18n.locale),
              neither: count(counts.neither_correct, i18n.locale),
            },
          )}
      </Text>
      {isAuthors && (
        <Alert color="yellow" variant="light" my="sm" icon={<IconAlertTriangle aria-hidden />}>
          {i18n._("The predictions of one version were sent by its author and not verified here.")}
        </Alert>
      )}
      <Table.ScrollContainer minWidth={480}>
        <Table mt="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{i18n._("Metric")}</Table.Th>
              <Table.Th scope="col">A</Table.Th>
              <Table.Th scope="col">B</Table.Th>
              <Table.Th scope="col">{i18n._("B − A (95% CI)")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {comparison.metrics.map((metric) => (
              <Table.Tr key={metric.metric}>
                <Table.Th scope="row">{metrics.title(metric.metric)}</Table.Th>
                <Table.Td className="num">{metrics.format(metric.metric, metric.a)}</Table.Td>
                <Table.Td className="num">{metrics.format(metric.metric, metric.b)}</Table.Td>
                <Table.Td className="num">
                  {metrics.formatDifference(metric.metric, metric.difference)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </>
  );
}

function Details({ comparison }: { comparison: Comparison }) {
  const { i18n } = useLingui();
  const { a, b, counts } = comparison;
  return (
    <>
      {comparison.per_class.length > 0 && (
        <Section title={i18n._("By class")}>
          <Table.ScrollContainer minWidth={560}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th scope="col">{i18n._("Class")}</Table.Th>
                  <Table.Th scope="col">{counts ? i18n._("Test items") : i18n._("Instances")}</Table.Th>
                  <Table.Th scope="col">A</Table.Th>
                  <Table.Th scope="col">B</Table.Th>
                  <Table.Th scope="col">{i18n._("B − A (pp, 95% CI)")}</Table.Th>
                  <Table.Th scope="col">{i18n._("Interval")}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {comparison.per_class.map((row) => (
                  <Table.Tr key={row.label}>
                    <Table.Th scope="row">{row.name}</Table.Th>
                    <Table.Td className="num">{count(row.items, i18n.locale)}</Table.Td>
                    <Table.Td className="num">{row.a === null ? "–" : percent(row.a, i18n.locale)}</Table.Td>
                    <Table.Td className="num">{row.b === null ? "–" : percent(row.b, i18n.locale)}</Table.Td>
                    <Table.Td className="num">{pointsOf(row.difference, i18n.locale)}</Table.Td>
                    <Table.Td>
                      <Whisker difference={row.difference} />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </Section>
      )}
      {comparison.disagreements.length > 0 && (
        <Section title={i18n._("Disagreements")}>
          <Pictures
            rows={comparison.disagreements.map((row) => ({
              ...row,
              predicted_label: `A: ${row.predicted_label_a} · B: ${row.predicted_label_b}`,
            }))}
            projectId={a.project_id}
          />
        </Section>
      )}
      <CurvesPanel a={a} b={b} />
    </>
  );
}

/** An interval from −50 to 50 points with its middle; the table beside it has the numbers. */
function Whisker({ difference }: { difference: Schemas["DifferenceOut"] }) {
  const at = (value: number) => 60 + Math.max(-0.5, Math.min(0.5, value)) * 116;
  return (
    <svg viewBox="0 0 120 16" width="120" height="16" aria-hidden="true" className={styles.whisker}>
      <line x1="60" x2="60" y1="0" y2="16" className={styles.zero} />
      <line x1={at(difference.low)} x2={at(difference.high)} y1="8" y2="8" className={styles.bar} />
      <circle cx={at(difference.value)} cy="8" r="3.5" className={styles.dot} />
    </svg>
  );
}
