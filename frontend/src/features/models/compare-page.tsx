import { useLingui } from "@lingui/react";
import { Alert, Button, CloseButton, Group, MultiSelect, Select, Table, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconAlertTriangle, IconScale } from "@tabler/icons-react";
import { useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { EmptyState, ErrorAlert } from "../../shared/ui/feedback";
import { pointsOf, useMetrics } from "../../shared/ui/metrics";
import { count, percent } from "../../shared/ui/numbers";
import { Page } from "../../shared/ui/parts";
import { Section } from "../../shared/ui/section";
import { compareAddress, comparedVersions } from "./compare-address";
import { CurvesPanel } from "./curves-panel";
import { Aliases, ConfusionMatrix, Pictures } from "./parts";

type Comparison = Schemas["VersionComparisonOut"];
type Version = Schemas["VersionDetail"];

/** Any number of versions side by side; and of two at a time, on the same test items, which is better and how surely. */
export function ComparePage() {
  const { i18n } = useLingui();
  const [address, setAddress] = useSearchParams();
  const ids = comparedVersions(address);
  const choose = (next: number[]) => setAddress(compareAddress(next).split("?")[1] ?? "", { replace: true });
  const found = useQueries({
    queries: ids.map((id) => ({
      queryKey: ["version", id],
      queryFn: () =>
        unwrap(api.GET("/api/v1/model-versions/{version_id}/", { params: { path: { version_id: id } } })),
    })),
  });
  const versions = found.flatMap((one) => one.data ?? []);
  const failed = found.find((one) => one.error);
  return (
    <Page title={i18n._("Compare models")} crumbs={[["/models", i18n._("Models")]]}>
      <VersionPicker chosen={versions} ids={ids} choose={choose} />
      {failed && <ErrorAlert error={failed.error} retry={() => void failed.refetch()} />}
      {ids.length === 0 && (
        <EmptyState
          title={i18n._("No versions selected")}
          Icon={IconScale}
          action={
            <Button component={Link} to="/models" variant="default">
              {i18n._("Open models")}
            </Button>
          }
        >
          {i18n._("Add versions above, or select rows in the list of models.")}
        </EmptyState>
      )}
      {versions.length > 0 && (
        <MetricsTable versions={versions} remove={(id) => choose(ids.filter((one) => one !== id))} />
      )}
      {versions.length > 1 && <PairSection key={ids.join()} versions={versions} />}
    </Page>
  );
}

function nameOf(version: Schemas["VersionOut"]): string {
  return `${version.name} v${version.version}`;
}

function VersionPicker({
  chosen,
  ids,
  choose,
}: {
  chosen: Version[];
  ids: number[];
  choose: (ids: number[]) => void;
}) {
  const { i18n } = useLingui();
  const [search, setSearch] = useState("");
  const [part] = useDebouncedValue(search.trim(), 250);
  const found = useQuery({
    queryKey: ["versions", "picker", part],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/model-versions/", {
          params: { query: { state: "ready", limit: 50, ...(part && { search: part }) } },
        }),
      ),
    placeholderData: (before) => before,
  });
  const options = new Map<number, string>();
  for (const row of [...chosen, ...(found.data?.results ?? [])])
    options.set(row.id, `${nameOf(row)} · ${row.project}`);
  return (
    <MultiSelect
      label={i18n._("Versions")}
      placeholder={i18n._("Add a version")}
      description={i18n._("The first one is the baseline.")}
      mb="md"
      searchable
      hidePickedOptions
      clearable
      clearButtonProps={{ "aria-label": i18n._("Remove all versions") }}
      nothingFoundMessage={i18n._("No version matches.")}
      searchValue={search}
      onSearchChange={setSearch}
      value={ids.map(String)}
      onChange={(values) => choose(values.map(Number))}
      data={[...options].map(([id, label]) => ({ value: String(id), label }))}
      filter={({ options: all }) => all}
    />
  );
}

/** Metrics of all versions with their intervals, the baseline first. */
function MetricsTable({ versions, remove }: { versions: Version[]; remove: (id: number) => void }) {
  const { i18n } = useLingui();
  const metrics = useMetrics();
  const all = metrics.inOrder(Object.assign({}, ...versions.map((one) => one.evaluation?.metrics ?? {})));
  const snapshots = new Set(versions.map((one) => one.evaluation?.snapshot_id));
  const facts: [string, (one: Version) => string][] = [
    [
      i18n._("Test set"),
      (one) =>
        one.evaluation
          ? i18n._("{count, plural, one {# item} other {# items}} of snapshot v{version}", {
              count: one.evaluation.items,
              version: one.evaluation.snapshot_version,
            })
          : i18n._("Not evaluated yet"),
    ],
    [
      i18n._("Training data"),
      (one) =>
        one.snapshot_version
          ? i18n._("snapshot v{version}, {count, plural, one {# label} other {# labels}}", {
              version: one.snapshot_version,
              count: one.train_items ?? 0,
            })
          : i18n._("Not set"),
    ],
    [i18n._("Recipe"), (one) => one.recipe || one.flavors.join(", ") || "–"],
    [i18n._("Parameters"), (one) => parametersOf(one)],
    [i18n._("Code version"), (one) => one.code_version.slice(0, 12) || "–"],
  ];
  return (
    <Section title={i18n._("Metrics")}>
      {snapshots.size > 1 && (
        <Alert color="yellow" variant="light" mb="sm" icon={<IconAlertTriangle aria-hidden />}>
          {i18n._(
            "These versions were evaluated on different test sets. Evaluate them on the same snapshot before you compare.",
          )}
        </Alert>
      )}
      <Table.ScrollContainer minWidth={200 + 180 * versions.length}>
        <Table aria-label={i18n._("Metrics")} layout="fixed">
          <Table.Thead>
            <Table.Tr>
              <Table.Td />
              {versions.map((one, at) => (
                <Table.Th key={one.id} scope="col">
                  <Group gap={4} wrap="nowrap">
                    <Link to={`/versions/${one.id}`}>{nameOf(one)}</Link>
                    <CloseButton
                      size="sm"
                      aria-label={i18n._("Remove {name}", { name: nameOf(one) })}
                      onClick={() => remove(one.id)}
                    />
                  </Group>
                  <Text size="xs" c="dimmed">
                    {at === 0 && versions.length > 1 ? i18n._("Baseline") : one.project}
                  </Text>
                  <Aliases names={one.aliases} />
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {all.map((key) => (
              <Table.Tr key={key}>
                <Table.Th scope="row">{metrics.title(key)}</Table.Th>
                {versions.map((one) => (
                  <Table.Td key={one.id} className="num">
                    {metrics.format(key, one.evaluation?.metrics[key])}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
            {facts.map(([title, textOf]) => (
              <Table.Tr key={title}>
                <Table.Th scope="row">{title}</Table.Th>
                {versions.map((one) => (
                  <Table.Td key={one.id}>{textOf(one)}</Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Section>
  );
}

function parametersOf(version: Version): string {
  return (
    Object.entries(version.params)
      .filter(([key]) => key !== "run_id")
      .map(([key, value]) => `${key} ${typeof value === "object" ? JSON.stringify(value) : value}`)
      .join(", ") || "–"
  );
}

/** Two of the versions, item by item: the baseline and any other, or any two. */
function PairSection({ versions }: { versions: Version[] }) {
  const { i18n } = useLingui();
  const [baseline, other] = versions;
  const [a, setA] = useState(baseline?.id ?? 0);
  const [b, setB] = useState(other?.id ?? 0);
  const data = versions.map((one) => ({ value: String(one.id), label: nameOf(one) }));
  const found = useQuery({
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
            onChange={(value) => setA(Number(value))}
          />
          <Select
            label={i18n._("Compared with (B)")}
            allowDeselect={false}
            data={data}
            value={String(b)}
            onChange={(value) => setB(Number(value))}
          />
          <Button
            variant="default"
            onClick={() => {
              setA(b);
              setB(a);
            }}
          >
            {i18n._("Swap A and B")}
          </Button>
        </Group>
        {a === b && (
          <Text size="sm" c="dimmed">
            {i18n._("Choose two different versions.")}
          </Text>
        )}
        {found.error && <ErrorAlert error={found.error} retry={() => void found.refetch()} />}
        {found.data && <Verdict found={found.data} />}
      </Section>
      {found.data && <Details found={found.data} />}
    </>
  );
}

/** Which is better, by how much, and how sure that is; then each metric. */
function Verdict({ found }: { found: Comparison }) {
  const { i18n } = useLingui();
  const metrics = useMetrics();
  const { counts } = found;
  const first = found.metrics[0];
  const gain = first?.difference ?? { value: 0, low: 0, high: 0 };
  const values = { points: pointsOf(gain, i18n.locale), metric: metrics.title(first?.metric ?? "") };
  const verdict =
    gain.low > 0
      ? i18n._("B is better by {points} pp ({metric}).", values)
      : gain.high < 0
        ? i18n._("B is worse: {points} pp ({metric}).", values)
        : i18n._("No significant difference: {points} pp ({metric}).", values);
  const isAuthors =
    found.evaluation_a.predicted_by === "author" || found.evaluation_b.predicted_by === "author";
  return (
    <>
      <Text fw={650} role="status">
        {verdict}
      </Text>
      <Text size="sm" c="dimmed">
        {i18n._("95% CI over {count, plural, one {# item} other {# items}} of snapshot v{snapshot}.", {
          count: found.items,
          snapshot: found.evaluation_a.snapshot_version,
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
            {found.metrics.map((one) => (
              <Table.Tr key={one.metric}>
                <Table.Th scope="row">{metrics.title(one.metric)}</Table.Th>
                <Table.Td className="num">{metrics.format(one.metric, one.a)}</Table.Td>
                <Table.Td className="num">{metrics.format(one.metric, one.b)}</Table.Td>
                <Table.Td className="num">{metrics.formatDifference(one.metric, one.difference)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </>
  );
}

function Details({ found }: { found: Comparison }) {
  const { i18n } = useLingui();
  const { a, b, counts } = found;
  return (
    <>
      {found.per_class.length > 0 && (
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
                {found.per_class.map((row) => (
                  <Table.Tr key={row.label}>
                    <Table.Th scope="row">{row.name}</Table.Th>
                    <Table.Td className="num">{count(row.items, i18n.locale)}</Table.Td>
                    <Table.Td className="num">{row.a === null ? "–" : percent(row.a, i18n.locale)}</Table.Td>
                    <Table.Td className="num">{row.b === null ? "–" : percent(row.b, i18n.locale)}</Table.Td>
                    <Table.Td className="num">{pointsOf(row.difference, i18n.locale)}</Table.Td>
                    <Table.Td>
                      <Whisker found={row.difference} />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </Section>
      )}
      {found.disagreements.length > 0 && (
        <Section title={i18n._("Disagreements")}>
          <Pictures
            rows={found.disagreements.map((row) => ({
              ...row,
              predicted_label: `A: ${row.predicted_label_a} · B: ${row.predicted_label_b}`,
            }))}
            projectId={a.project_id}
          />
        </Section>
      )}
      <CurvesPanel a={a} b={b} />
      {counts && (
        <Section title={i18n._("Confusion matrices")}>
          <ConfusionMatrix evaluation={found.evaluation_a} title={`A: ${nameOf(a)}`} />
          <ConfusionMatrix evaluation={found.evaluation_b} title={`B: ${nameOf(b)}`} />
        </Section>
      )}
    </>
  );
}

/** An interval from −50 to 50 points with its middle; the table beside it has the numbers. */
function Whisker({ found }: { found: Schemas["DifferenceOut"] }) {
  const at = (value: number) => 60 + Math.max(-0.5, Math.min(0.5, value)) * 116;
  return (
    <svg viewBox="0 0 120 16" width="120" height="16" aria-hidden="true" className="whisker">
      <line x1="60" x2="60" y1="0" y2="16" className="zero" />
      <line x1={at(found.low)} x2={at(found.high)} y1="8" y2="8" className="bar" />
      <circle cx={at(found.value)} cy="8" r="3.5" className="dot" />
    </svg>
  );
}
