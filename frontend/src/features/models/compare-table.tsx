import { useLingui } from "@lingui/react";
import { Alert, CloseButton, Group, Switch, Table, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { Link } from "react-router";
import { metricTitle } from "../../runs/curves";
import { useMetrics } from "../../shared/ui/metrics";
import { Section } from "../../shared/ui/section";
import { type ComparedRow, comparedRow, differencesFirst, type Subject } from "./compare-subjects";
import { Aliases } from "./parts";

/** Metrics with their intervals, parameters and origin of all subjects; what differs comes first. */
export function CompareTable({
  subjects,
  onlyDifferences,
  showOnlyDifferences,
  remove,
}: {
  subjects: Subject[];
  onlyDifferences: boolean;
  showOnlyDifferences: (only: boolean) => void;
  remove: (key: string) => void;
}) {
  const { i18n } = useLingui();
  const metrics = useMetrics();
  // What the catalog does not know has a unit that only its author knows.
  const figure = (value: number) =>
    new Intl.NumberFormat(i18n.locale, { maximumSignificantDigits: 4 }).format(value);
  const keys = metrics.inOrder(Object.assign({}, ...subjects.map((subject) => subject.metrics)));
  const metricRows = keys.map((key) => {
    const title = metrics.title(key) === key ? metricTitle(i18n, key) : metrics.title(key);
    return comparedRow(
      title,
      subjects.map(({ metrics: { [key]: metric } }) => {
        if (!metric) return null;
        return metrics.title(key) === key ? figure(metric.value) : metrics.format(key, metric);
      }),
    );
  });
  const names = [...new Set(subjects.flatMap(({ params }) => Object.keys(params)))];
  const paramRows = names.map((key) =>
    comparedRow(
      key,
      subjects.map(({ params }) => params[key] ?? null),
    ),
  );
  const snapshots = new Set(subjects.flatMap(({ version }) => version?.evaluation?.snapshot_id ?? []));
  const versions = subjects.map(({ version }) => version);
  const facts: ComparedRow[] = [
    comparedRow(
      i18n._("Test set"),
      versions.map((version) =>
        version?.evaluation
          ? i18n._("{count, plural, one {# item} other {# items}} of snapshot v{version}", {
              count: version.evaluation.items,
              version: version.evaluation.snapshot_version,
            })
          : version && i18n._("Not evaluated yet"),
      ),
    ),
    comparedRow(
      i18n._("Training data"),
      versions.map((version) =>
        version?.snapshot_version
          ? i18n._("snapshot v{version}, {count, plural, one {# label} other {# labels}}", {
              version: version.snapshot_version,
              count: version.train_items ?? 0,
            })
          : null,
      ),
    ),
    comparedRow(
      i18n._("Recipe"),
      versions.map((version) => version && (version.recipe || version.flavors.join(", ") || null)),
    ),
    comparedRow(
      i18n._("Code version"),
      versions.map((version) => version?.code_version.slice(0, 12) || null),
    ),
    comparedRow(
      i18n._("Project"),
      subjects.map(({ project }) => project),
    ),
  ].filter(({ values }) => values.some((value) => value !== null));
  const groups: [title: string, rows: ComparedRow[]][] = [
    [i18n._("Metrics"), metricRows],
    [i18n._("Parameters"), paramRows],
    [i18n._("Origin"), facts],
  ];
  const shown = groups
    .map(([title, rows]): [string, ComparedRow[]] => [
      title,
      differencesFirst(onlyDifferences && subjects.length > 1 ? rows.filter((row) => row.differs) : rows),
    ])
    .filter(([, rows]) => rows.length > 0);
  return (
    <Section
      title={i18n._("Table")}
      actions={
        subjects.length > 1 && (
          <Switch
            label={i18n._("Only what differs")}
            checked={onlyDifferences}
            onChange={(event) => showOnlyDifferences(event.currentTarget.checked)}
          />
        )
      }
    >
      {snapshots.size > 1 && (
        <Alert color="yellow" variant="light" mb="sm" icon={<IconAlertTriangle aria-hidden />}>
          {i18n._(
            "These versions were evaluated on different test sets. Evaluate them on the same snapshot before you compare.",
          )}
        </Alert>
      )}
      <Table.ScrollContainer minWidth={200 + 180 * subjects.length}>
        <Table aria-label={i18n._("Comparison")} layout="fixed">
          <Table.Thead>
            <Table.Tr>
              <Table.Td />
              {subjects.map((subject, at) => (
                <Table.Th key={subject.key} scope="col">
                  <Group gap={4} wrap="nowrap">
                    <Link to={subject.to}>{subject.name}</Link>
                    <CloseButton
                      size="sm"
                      aria-label={i18n._("Remove {name}", { name: subject.name })}
                      onClick={() => remove(subject.key)}
                    />
                  </Group>
                  <Text size="xs" c="dimmed">
                    {at === 0 && subjects.length > 1 ? i18n._("Baseline") : subject.project}
                  </Text>
                  {subject.version && <Aliases names={subject.version.aliases} />}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          {shown.map(([title, rows]) => (
            <Table.Tbody key={title} aria-label={title}>
              <Table.Tr>
                <Table.Th colSpan={subjects.length + 1} scope="rowgroup">
                  {title}
                </Table.Th>
              </Table.Tr>
              {rows.map((row) => (
                <Table.Tr key={row.key} data-differs={row.differs}>
                  <Table.Th scope="row" fw={row.differs ? 600 : 400} style={{ overflowWrap: "anywhere" }}>
                    {row.differs && subjects.length > 1 ? `≠ ${row.key}` : row.key}
                  </Table.Th>
                  {row.values.map((value, at) => (
                    <Table.Td key={subjects[at]?.key} className="num" style={{ overflowWrap: "anywhere" }}>
                      {value ?? "–"}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          ))}
        </Table>
      </Table.ScrollContainer>
      {shown.length === 0 && (
        <Text size="sm" c="dimmed">
          {i18n._("Nothing differs.")}
        </Text>
      )}
    </Section>
  );
}
