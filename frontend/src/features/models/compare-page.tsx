import { useLingui } from "@lingui/react";
import { Button, MultiSelect, Skeleton, Tabs, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconScale } from "@tabler/icons-react";
import { useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { metricTitle } from "../../runs/curves";
import { trackedRun } from "../../runs/tracked-run";
import { api, unwrap } from "../../shared/api/client";
import { EmptyState, ErrorAlert } from "../../shared/ui/feedback";
import { useMetrics } from "../../shared/ui/metrics";
import { onDemand } from "../../shared/ui/on-demand";
import { Page } from "../../shared/ui/parts";
import { comparedRuns, comparedVersions } from "./compare-address";
import { type Cell, ConfusionPanel } from "./compare-confusion";
import { PairPanel } from "./compare-pairs";
import { parallelAxes, type Subject, subjectOfRun, subjectOfVersion, versionName } from "./compare-subjects";
import { CompareTable } from "./compare-table";
import { ParallelCoordinates } from "./parallel-coordinates";

const ComparedCurves = onDemand(
  async () => (await import("../../runs/curves")).ComparedCurves,
  <Skeleton height={240} />,
);

/**
 * Any number of versions and runs, of any models: their numbers, their curves, what leads to what, what they confuse,
 * and of two versions at a time, on the same test items, which is better and how surely. All of it is in the address.
 */
export function ComparePage() {
  const { i18n } = useLingui();
  const [address, setAddress] = useSearchParams();
  const versionIds = comparedVersions(address);
  const runIds = comparedRuns(address);
  const set = (changes: Record<string, string>) =>
    setAddress(
      (before) => {
        const after = new URLSearchParams(before);
        for (const [name, value] of Object.entries(changes)) {
          if (value === "") after.delete(name);
          else after.set(name, value);
        }
        return after;
      },
      { replace: true, preventScrollReset: true },
    );
  const foundVersions = useQueries({
    queries: versionIds.map((id) => ({
      queryKey: ["version", id],
      queryFn: () =>
        unwrap(api.GET("/api/v1/model-versions/{version_id}/", { params: { path: { version_id: id } } })),
    })),
  });
  const foundRuns = useQueries({ queries: runIds.map(trackedRun) });
  const versions = foundVersions.flatMap((foundVersion) => foundVersion.data ?? []);
  const subjects = [
    ...versions.map(subjectOfVersion),
    ...foundRuns.flatMap((foundRun) => (foundRun.data ? [subjectOfRun(foundRun.data)] : [])),
  ];
  const matches = [...foundVersions, ...foundRuns];
  const failed = matches.find((candidate) => candidate.error);
  const choose = (keys: string[]) =>
    set({
      versions: keys
        .filter((key) => key.startsWith("v"))
        .map((key) => key.slice(1))
        .join(","),
      runs: keys
        .filter((key) => key.startsWith("r"))
        .map((key) => key.slice(1))
        .join(","),
      a: "",
      b: "",
      cell: "",
    });
  const keys = [...versionIds.map((id) => `v${id}`), ...runIds.map((id) => `r${id}`)];
  return (
    <Page title={i18n._("Compare models")} crumbs={[["/models", i18n._("Models")]]}>
      <SubjectPicker chosen={subjects} keys={keys} choose={choose} />
      {failed && <ErrorAlert error={failed.error} retry={() => void failed.refetch()} />}
      {keys.length === 0 && (
        <EmptyState
          title={i18n._("No versions selected")}
          Icon={IconScale}
          action={
            <Button component={Link} to="/models" variant="default">
              {i18n._("Open models")}
            </Button>
          }
        >
          {i18n._(
            "Add versions or MLflow runs above, or select rows in the lists of models and experiments.",
          )}
        </EmptyState>
      )}
      {matches.some((other) => other.isPending) && <Skeleton height={240} />}
      {subjects.length > 0 && !matches.some((other) => other.isPending) && (
        <Comparison
          subjects={subjects}
          address={address}
          set={set}
          remove={(key) => choose(keys.filter((value) => value !== key))}
        />
      )}
    </Page>
  );
}

type Tab = [key: string, title: string, content: () => React.ReactNode];

function Comparison({
  subjects,
  address,
  set,
  remove,
}: {
  subjects: Subject[];
  address: URLSearchParams;
  set: (changes: Record<string, string>) => void;
  remove: (key: string) => void;
}) {
  const { i18n } = useLingui();
  const metrics = useMetrics();
  const versions = subjects.flatMap(({ version }) => version ?? []);
  const sources = subjects.flatMap(({ runId, name }) => (runId === null ? [] : [{ id: runId, name }]));
  const keys = metrics.inOrder(Object.assign({}, ...subjects.map((subject) => subject.metrics)));
  const axes = parallelAxes(subjects, keys);
  const [first, second] = versions;
  const idOf = (name: string, otherwise: number) =>
    versions.find(({ id }) => String(id) === address.get(name))?.id ?? otherwise;
  const differences: Tab = [
    "pairs",
    i18n._("Paired differences"),
    () =>
      first && second ? (
        <PairPanel
          versions={versions}
          pair={[idOf("a", first.id), idOf("b", second.id)]}
          choose={(a, b) => set({ a: String(a), b: String(b) })}
        />
      ) : (
        <Text size="sm" c="dimmed">
          {i18n._("Paired differences need two model versions with an evaluation.")}
        </Text>
      ),
  ];
  const others: Tab[] = [
    [
      "table",
      i18n._("Table"),
      () => (
        <CompareTable
          subjects={subjects}
          onlyDifferences={address.get("only") === "differences"}
          showOnlyDifferences={(only) => set({ only: only ? "differences" : "" })}
          remove={remove}
        />
      ),
    ],
    ["curves", i18n._("Curves"), () => <ComparedCurves sources={sources} />],
    [
      "parallel",
      i18n._("Parallel coordinates"),
      () =>
        subjects.length < 2 || axes.length < 2 ? (
          <Text size="sm" c="dimmed">
            {i18n._("Parallel coordinates need two rows that differ in a parameter or a metric.")}
          </Text>
        ) : (
          <ParallelCoordinates
            subjects={subjects}
            axes={axes}
            titleOf={({ key, kind }) =>
              kind === "parameter" || metrics.title(key) !== key ? metrics.title(key) : metricTitle(i18n, key)
            }
          />
        ),
    ],
    [
      "confusion",
      i18n._("Confusion"),
      () => (
        <ConfusionPanel
          versions={versions}
          normalized={address.get("values") !== "count"}
          setNormalized={(normalized) => set({ values: normalized ? "" : "count" })}
          cell={cellOf(address.get("cell"))}
          open={(cell) => set({ cell: cell ? [cell.versionId, cell.row, cell.column].join("-") : "" })}
        />
      ),
    ],
  ];
  // Of two versions that were evaluated on the same test set, the difference is what one came for.
  const [testSet, ...otherTestSets] = versions.map(({ evaluation }) => evaluation?.snapshot_version ?? null);
  const isPair =
    subjects.length === 2 && otherTestSets.length === 1 && testSet != null && testSet === otherTestSets[0];
  const tabs = isPair ? [differences, ...others] : [...others, differences];
  const open = tabs.find(([key]) => key === address.get("tab")) ?? tabs[0];
  return (
    <Tabs value={open?.[0] ?? null} keepMounted={false} onChange={(key) => set({ tab: key ?? "" })}>
      <Tabs.List aria-label={i18n._("Views of the comparison")} mb="md">
        {tabs.map(([key, title]) => (
          <Tabs.Tab key={key} value={key}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {open && <Tabs.Panel value={open[0]}>{open[2]()}</Tabs.Panel>}
    </Tabs>
  );
}

function cellOf(text: string | null): Cell | null {
  const parts = (text ?? "").split("-").map(Number);
  const [versionId, row, column] = parts;
  if (parts.length !== 3 || versionId === undefined || row === undefined || column === undefined) return null;
  return { versionId, row, column };
}

/** Searches versions and runs by name; what is chosen stays in its order, versions first. */
function SubjectPicker({
  chosen,
  keys,
  choose,
}: {
  chosen: Subject[];
  keys: string[];
  choose: (keys: string[]) => void;
}) {
  const { i18n } = useLingui();
  const [search, setSearch] = useState("");
  const [part] = useDebouncedValue(search.trim(), 250);
  const filter = part && { search: part };
  const result = useQuery({
    queryKey: ["compare", "picker", part],
    queryFn: async () => {
      const [versions, runs] = await Promise.all([
        unwrap(
          api.GET("/api/v1/model-versions/", { params: { query: { state: "ready", limit: 50, ...filter } } }),
        ),
        unwrap(api.GET("/api/v1/tracked-runs/", { params: { query: { limit: 50, ...filter } } })),
      ]);
      return { versions: versions.results, runs: runs.results };
    },
    placeholderData: (before) => before,
  });
  const versions = new Map<string, string>();
  const runs = new Map<string, string>();
  for (const subject of chosen)
    (subject.version ? versions : runs).set(subject.key, `${subject.name} · ${subject.project}`);
  for (const row of result.data?.versions ?? [])
    versions.set(`v${row.id}`, `${versionName(row)} · ${row.project}`);
  for (const row of result.data?.runs ?? []) runs.set(`r${row.id}`, `${row.name} · ${row.project}`);
  for (const key of keys) // what is still being loaded has its place already
    if (!versions.has(key) && !runs.has(key)) (key.startsWith("v") ? versions : runs).set(key, "…");
  const items = (named: Map<string, string>) => [...named].map(([value, label]) => ({ value, label }));
  return (
    <MultiSelect
      label={i18n._("Versions and MLflow runs")}
      placeholder={i18n._("Add a version or an MLflow run")}
      description={i18n._("The first one is the baseline.")}
      mb="md"
      searchable
      hidePickedOptions
      clearable
      clearButtonProps={{ "aria-label": i18n._("Remove all") }}
      nothingFoundMessage={i18n._("No version or MLflow run matches.")}
      searchValue={search}
      onSearchChange={setSearch}
      value={keys}
      onChange={choose}
      data={[
        { group: i18n._("Model versions"), items: items(versions) },
        { group: i18n._("MLflow runs"), items: items(runs) },
      ]}
      filter={({ options: all }) => all}
    />
  );
}
