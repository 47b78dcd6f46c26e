import { useLingui } from "@lingui/react";
import { Button, Card, Group, List, Stack, Table, Text, Title } from "@mantine/core";
import {
  IconAlertTriangle,
  IconCheck,
  IconCircleDashed,
  IconFolders,
  IconPlus,
  IconTrendingUp,
  IconX,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay, useMe } from "../../shared/api/session";
import { contractSentence, partyOf } from "../../shared/ui/contract-sentence";
import { EmptyState, ErrorAlert } from "../../shared/ui/feedback";
import { type Column, DataTable } from "../../shared/ui/list/data-table";
import { useListState } from "../../shared/ui/list/list-state";
import { ListToolbar } from "../../shared/ui/list/list-toolbar";
import { useList } from "../../shared/ui/list/use-list";
import { count, day, moment, percent, rough } from "../../shared/ui/numbers";
import { onDemand } from "../../shared/ui/on-demand";
import { Page, State } from "../../shared/ui/parts";
import { Reasons } from "../../shared/ui/reasons";
import { Stat, Stats } from "../../shared/ui/stat";
import { StatusBadge, type StatusLooks } from "../../shared/ui/status-badge";
import { eventTarget, eventTitle } from "../../words/events";
import { jobTitle } from "../../words/jobs";

const FirstProject = onDemand(async () => (await import("../../first-project/first-project")).FirstProject);

type Summary = Schemas["ForecastSummaryOut"];
type Job = Schemas["JobOut"];
const AT_RISK = ["unlikely", "unsure"];

/** The home of who runs projects: what is at risk, what hangs, what waits for this person, and what happened. */
export function StaffHome() {
  const { i18n } = useLingui();
  const mayCreate = useMay("projects.write");
  const { preferences } = useMe();
  const isGuided = mayCreate && !preferences.hides_first_project;
  const mayAudit = useMay("audit.read");
  const mayRun = useMay("runs.write");
  const state = useListState();
  const list = useList<Summary>(
    ["forecast-summaries", "list", state.query],
    (cursor) => unwrap(api.GET("/api/v1/forecasts/", { params: { query: { ...state.query, ...cursor } } })),
    { refetchInterval: 30_000 },
  );
  const jobs = useJobs(mayRun);
  const contracts = useQuery({
    queryKey: ["contracts", "all"],
    queryFn: () => unwrap(api.GET("/api/v1/contracts/", { params: { query: { limit: 200 } } })),
  });
  const create = mayCreate ? (
    <Button component={Link} to="/projects/new" leftSection={<IconPlus size={16} aria-hidden />}>
      {i18n._("New project")}
    </Button>
  ) : undefined;
  const number = (value: number) => count(value, i18n.locale);
  const total = (pick: (row: Summary) => number) => list.rows.reduce((sum, row) => sum + pick(row), 0);
  const isWhole = !list.hasMore && !state.isFiltered;
  const isUnlabeled = isWhole && !list.isPending && !list.error && total((row) => row.done_tasks) === 0;
  return (
    <Page title={i18n._("Overview")} actions={create}>
      <Stack gap="lg">
        {isGuided && isUnlabeled && <FirstProject />}
        <Stats>
          {isWhole && (
            <Stat
              label={i18n._("Projects at risk")}
              value={number(list.rows.filter((row) => AT_RISK.includes(row.target_status)).length)}
              note={i18n._("of {projects}", { projects: number(list.rows.length) })}
              to="#projects"
            />
          )}
          {isWhole && (
            <Stat
              label={i18n._("Tasks labeled")}
              value={number(total((row) => row.done_tasks))}
              note={i18n._("{open} left", { open: number(total((row) => row.open_tasks)) })}
              to="/projects"
            />
          )}
          {mayRun && (
            <>
              <Stat label={i18n._("Active jobs")} value={number(jobs.active.length)} to="/jobs" />
              <Stat label={i18n._("Stalled jobs")} value={number(jobs.stalled.length)} to="#stalled" />
              <Stat
                label={i18n._("Failed jobs")}
                value={number(jobs.failed.length)}
                note={i18n._("last 7 days")}
                to="/jobs?state=failed"
              />
            </>
          )}
          <Stat
            label={i18n._("Contracts in force")}
            value={number(contracts.data?.results.filter((row) => row.state === "signed").length ?? 0)}
            to="/contracts?state=signed"
          />
        </Stats>
        <WaitingForMe contracts={contracts.data?.results ?? []} />
        {mayRun && (jobs.stalled.length > 0 || jobs.error !== null) && (
          <StalledJobs jobs={jobs.stalled} error={jobs.error} />
        )}
        <section id="projects">
          <Title order={2} mb="xs">
            {i18n._("Projects")}
          </Title>
          <ListToolbar state={state} searchLabel={i18n._("Search projects")} />
          <ProjectTable list={list} state={state} create={create} />
        </section>
        {mayAudit ? <Activity /> : mayRun && <RecentJobs jobs={jobs.recent} />}
      </Stack>
    </Page>
  );
}

/** The newest jobs, sorted by what they need. */
function useJobs(enabled: boolean) {
  const since = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 - 7 * 86_400_000).toISOString();
  const jobs = useQuery({
    queryKey: ["jobs", "overview", since],
    enabled,
    queryFn: () =>
      unwrap(api.GET("/api/v1/jobs/", { params: { query: { limit: 200, created_after: since } } })),
    refetchInterval: 10_000,
  });
  const rows: Job[] = jobs.data?.results ?? [];
  return {
    error: jobs.error,
    recent: rows.slice(0, 8),
    active: rows.filter(({ state }) => state === "queued" || state === "running"),
    stalled: rows.filter((job) => job.stall_reason !== null),
    failed: rows.filter(({ state }) => state === "failed"),
  };
}

/** Contracts that this very person has to sign or to test. */
function WaitingForMe({ contracts }: { contracts: Schemas["ContractOut"][] }) {
  const { i18n } = useLingui();
  const party = partyOf(useMe());
  const rows = contracts
    .map((row) => ({ row, sentence: contractSentence(i18n, row, party) }))
    .filter(({ sentence }) => sentence.tone === "act");
  if (rows.length === 0) return null;
  return (
    <section>
      <Title order={2} mb="xs">
        {i18n._("Waiting for you")}
      </Title>
      <Card withBorder padding="sm">
        <List spacing={4}>
          {rows.map(({ row, sentence }) => (
            <List.Item key={row.id}>
              <Link to={`/contracts/${row.id}`}>{row.title}</Link>: {sentence.text}
            </List.Item>
          ))}
        </List>
      </Card>
    </section>
  );
}

function StalledJobs({ jobs, error }: { jobs: Job[]; error: unknown }) {
  const { i18n } = useLingui();
  const reasons: Record<string, string> = {
    unclaimed: i18n._("No worker has taken it."),
    cancel_ignored: i18n._("It does not react to the cancellation."),
    worker_lost: i18n._("Its worker stopped responding."),
    no_progress: i18n._("It makes no progress."),
  };
  return (
    <section id="stalled">
      <Title order={2} mb="xs">
        {i18n._("Stalled jobs")}
      </Title>
      {error !== null && <ErrorAlert error={error} />}
      {jobs.length > 0 && (
        <Card withBorder padding="sm">
          <List spacing={4} icon={<IconAlertTriangle size={16} color="var(--warn)" aria-hidden />}>
            {jobs.map((job) => (
              <List.Item key={job.id}>
                <Link to="/jobs">{`${jobTitle(i18n, job.kind)} ${job.id}`}</Link>:{" "}
                {reasons[job.stall_reason ?? ""] ?? ""}{" "}
                <Text span size="sm" c="dimmed">
                  {i18n._("created {moment}", { moment: moment(job.created_at, i18n.locale) })}
                </Text>
              </List.Item>
            ))}
          </List>
        </Card>
      )}
    </section>
  );
}

function ProjectTable({
  list,
  state,
  create,
}: {
  list: ReturnType<typeof useList<Summary>>;
  state: ReturnType<typeof useListState>;
  create: ReactNode;
}) {
  const { i18n } = useLingui();
  const needed = (row: Summary) => {
    if (!row.forecast || row.forecast.is_reached) return "–";
    const { p10, p50, p90 } = row.forecast.labels_needed;
    const show = (value: number | null) => (value === null ? i18n._("never") : rough(value, i18n.locale));
    return `${show(p50)} (${show(p10)} – ${show(p90)})`;
  };
  const columns: Column<Summary>[] = [
    {
      id: "name",
      header: i18n._("Project"),
      isRowHeader: true,
      cell: (row) => <Link to={`/projects/${row.project_id}`}>{row.name}</Link>,
    },
    { id: "outlook", header: i18n._("Outlook"), cell: (row) => <Outlook status={row.target_status} /> },
    {
      id: "score",
      header: i18n._("Accuracy / target"),
      isNumeric: true,
      cell: (row) => (
        <Link to={`/projects/${row.project_id}/budget`}>
          {row.forecast ? percent(row.forecast.current_score, i18n.locale) : "–"} /{" "}
          {percent(row.target, i18n.locale, 0)}
        </Link>
      ),
    },
    {
      id: "needed",
      header: i18n._("Total labels needed (80% interval)"),
      isNumeric: true,
      cell: needed,
    },
    {
      id: "date",
      header: i18n._("Expected date"),
      cell: (row) => (row.cost_forecast?.dates?.p50 ? day(row.cost_forecast.dates.p50, i18n.locale) : "–"),
    },
    {
      id: "blocker",
      header: i18n._("Blocker"),
      cell: (row) => (row.diagnosis.length > 0 ? <Reasons rows={row.diagnosis} short /> : "–"),
    },
    {
      id: "labeled",
      header: i18n._("Labeled"),
      isNumeric: true,
      cell: (row) =>
        `${count(row.done_tasks, i18n.locale)} / ${count(row.done_tasks + row.open_tasks, i18n.locale)}`,
    },
  ];
  return (
    <DataTable
      id="overview-projects"
      name={i18n._("Projects")}
      list={list}
      state={state}
      columns={columns}
      rowId={(row) => String(row.project_id)}
      rowName={(row) => row.name}
      noMatch={i18n._("No matching project.")}
      empty={
        <EmptyState title={i18n._("No projects yet.")} Icon={IconFolders} action={create}>
          {i18n._("A project labels the items of a dataset and shows how many labels its target needs.")}
        </EmptyState>
      }
    />
  );
}

/** Whether the target will be reached, as shape, word and color. */
function Outlook({ status }: { status: string }) {
  const { i18n } = useLingui();
  const looks: StatusLooks = {
    reached: [IconCheck, i18n._("Reached"), "green"],
    likely: [IconTrendingUp, i18n._("Likely"), "green"],
    unsure: [IconAlertTriangle, i18n._("Uncertain"), "yellow"],
    unlikely: [IconX, i18n._("Unlikely"), "red"],
    unknown: [IconCircleDashed, i18n._("Not measured"), "gray"],
  };
  return <StatusBadge state={status} looks={looks} />;
}

function RecentJobs({ jobs }: { jobs: Job[] }) {
  const { i18n } = useLingui();
  if (jobs.length === 0) return null;
  return (
    <section>
      <Group justify="space-between" mb="xs">
        <Title order={2}>{i18n._("Recent jobs")}</Title>
        <Link to="/jobs">{i18n._("All jobs")}</Link>
      </Group>
      <Table.ScrollContainer minWidth={480}>
        <Table>
          <Table.Tbody>
            {jobs.map((job) => (
              <Table.Tr key={job.id}>
                <Table.Th scope="row">
                  {jobTitle(i18n, job.kind)} {job.id}
                </Table.Th>
                <Table.Td>
                  <State state={job.state} />
                </Table.Td>
                <Table.Td style={{ whiteSpace: "nowrap" }}>{moment(job.created_at, i18n.locale)}</Table.Td>
                <Table.Td>{job.error}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  );
}

function Activity() {
  const { i18n } = useLingui();
  const events = useQuery({
    queryKey: ["audit", "overview"],
    queryFn: () => unwrap(api.GET("/api/v1/audit-log/", { params: { query: { limit: 10 } } })),
  });
  return (
    <section>
      <Group justify="space-between" mb="xs">
        <Title order={2}>{i18n._("Recent activity")}</Title>
        <Link to="/audit-log">{i18n._("Open audit log")}</Link>
      </Group>
      {events.error && <ErrorAlert error={events.error} retry={() => void events.refetch()} />}
      <Table.ScrollContainer minWidth={480}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{i18n._("Time")}</Table.Th>
              <Table.Th scope="col">{i18n._("Member")}</Table.Th>
              <Table.Th scope="col">{i18n._("Event")}</Table.Th>
              <Table.Th scope="col">{i18n._("Target of the event")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {events.data?.results.map((row) => (
              <Table.Tr key={row.id}>
                <Table.Td>{moment(row.created_at, i18n.locale)}</Table.Td>
                <Table.Td>{row.actor}</Table.Td>
                <Table.Td>{eventTitle(i18n, row.action)}</Table.Td>
                <Table.Td>{eventTarget(i18n, row)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  );
}
