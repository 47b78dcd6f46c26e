import { useLingui } from "@lingui/react";
import { Alert, Button, Group, Select, Text } from "@mantine/core";
import { IconAlertTriangle, IconSubtask } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { durationText } from "../../shared/ui/amounts";
import { EmptyState, ErrorAlert } from "../../shared/ui/feedback";
import { type Column, DataTable } from "../../shared/ui/list/data-table";
import { useListState } from "../../shared/ui/list/list-state";
import { useList } from "../../shared/ui/list/use-list";
import { moment } from "../../shared/ui/numbers";
import { JobLine, Page } from "../../shared/ui/parts";
import { Section } from "../../shared/ui/section";
import { jobTitle, jobTitles } from "../../words/jobs";
import { type Acts, Cancel, Requeue, Restart, Subject, useJobActs } from "./job-acts";
import { jobDuration } from "./job-subject";

type Job = Schemas["JobOut"];

const REFRESH = 5000; // milliseconds

/** All jobs: what runs, waits and failed; stalled ones first, with the way to queue them again. */
export function JobsPage() {
  const { i18n } = useLingui();
  const may = useMay("runs.write");
  const acts = useJobActs();
  return (
    <Page title={i18n._("Jobs")} lead={i18n._("Imports, training runs and other background work.")}>
      {acts.error && <ErrorAlert error={acts.error} />}
      {may && <Stalled acts={acts} />}
      <Jobs may={may} acts={acts} />
    </Page>
  );
}

/** Jobs that should have moved and did not. Nothing where there are none but a word of it. */
function Stalled({ acts }: { acts: Acts }) {
  const { i18n } = useLingui();
  const result = useQuery({
    queryKey: ["jobs", "stalled"],
    queryFn: () => unwrap(api.GET("/api/v1/jobs/", { params: { query: { state: "stalled" } } })),
    refetchInterval: 10_000,
  });
  const reasons: Record<string, string> = {
    worker_lost: i18n._("Its worker stopped responding, and the scheduler has not requeued it."),
    no_progress: i18n._("It has been running for hours without progress."),
    unclaimed: i18n._("No worker has picked it up: none serves its queue, or all are busy."),
    cancel_ignored: i18n._("Cancellation was requested, but it is still running."),
  };
  const rows = result.data?.results ?? [];
  if (result.error) return <ErrorAlert error={result.error} retry={() => void result.refetch()} />;
  if (rows.length === 0) {
    return (
      <Text size="sm" c="dimmed" mb="sm" role="status">
        {result.data && i18n._("No stalled jobs.")}
      </Text>
    );
  }
  return (
    <Section title={i18n._("Stalled jobs")}>
      {rows.map((row) => (
        <Alert
          key={row.id}
          color="yellow"
          variant="light"
          mb="xs"
          icon={<IconAlertTriangle aria-hidden />}
          title={`${jobTitle(i18n, row.kind)} ${row.id}`}
        >
          <Text size="sm">{reasons[row.stall_reason ?? ""] ?? row.stall_reason}</Text>
          <Text size="sm" c="dimmed">
            {i18n._("Queue {queue}", { queue: row.queue })}
            {row.worker && ` · ${i18n._("Worker {name}", { name: row.worker })}`}
          </Text>
          <Group gap="xs" mt="xs">
            <Requeue row={row} acts={acts} />
            <Cancel row={row} acts={acts} />
          </Group>
        </Alert>
      ))}
    </Section>
  );
}

function Jobs({ may, acts }: { may: boolean; acts: Acts }) {
  const { i18n } = useLingui();
  const state = useListState(["state", "kind", "project_id"]);
  const list = useList(
    ["jobs", "list", state.query],
    (cursor) => unwrap(api.GET("/api/v1/jobs/", { params: { query: { ...state.query, ...cursor } } })),
    { refetchInterval: REFRESH },
  );
  const projects = useQuery({
    queryKey: ["projects", "names"],
    queryFn: () => unwrap(api.GET("/api/v1/projects/", { params: { query: { state: "all", limit: 100 } } })),
    staleTime: 60_000,
  });
  const projectNames = new Map(projects.data?.results.map((row) => [row.id, row.name]));
  const columns: Column<Job>[] = [
    {
      id: "job",
      header: i18n._("Job"),
      ordering: "kind",
      isRowHeader: true,
      cell: (row) => <Link to={`/jobs/${row.id}`}>{`${jobTitle(i18n, row.kind)} ${row.id}`}</Link>,
    },
    {
      id: "state",
      header: i18n._("State"),
      ordering: "state",
      cell: (row) => (
        <Group gap="xs">
          <JobLine job={row} />
          {may && <Restart row={row} acts={acts} size="compact-sm" />}
        </Group>
      ),
    },
    { id: "subject", header: i18n._("Subject"), cell: (row) => <Subject row={row} names={projectNames} /> },
    {
      id: "duration",
      header: i18n._("Duration"),
      isNumeric: true,
      cell: (row) => {
        const duration = jobDuration(row, Date.now());
        return duration === null ? "–" : durationText(duration, i18n.locale);
      },
    },
    { id: "created", header: i18n._("Created"), cell: (row) => moment(row.created_at, i18n.locale) },
    { id: "queue", header: i18n._("Queue"), isHiddenAtFirst: true, cell: (row) => row.queue },
    {
      id: "attempt",
      header: i18n._("Attempt"),
      isNumeric: true,
      isHiddenAtFirst: true,
      cell: (row) => row.attempt,
    },
    {
      id: "priority",
      header: i18n._("Priority"),
      ordering: "priority",
      cell: (row) => (may && row.state === "queued" ? <Priority row={row} acts={acts} /> : "–"),
    },
  ];
  const states: [string, string][] = [
    ["queued", i18n._("Queued")],
    ["running", i18n._("Running")],
    ["done", i18n._("Done")],
    ["failed", i18n._("Failed")],
    ["cancelled", i18n._("Cancelled")],
  ];
  return (
    <DataTable
      toolbar={{
        views: { list: "jobs" },
        searchLabel: i18n._("Search jobs"),
        filters: [
          { name: "state", label: i18n._("State"), options: states },
          { name: "kind", label: i18n._("Type"), options: Object.entries(jobTitles(i18n)) },
          {
            name: "project_id",
            label: i18n._("Project"),
            options: [...projectNames].map(([id, name]) => [String(id), name]),
          },
        ],
      }}
      id="jobs"
      name={i18n._("Jobs")}
      list={list}
      state={state}
      columns={columns}
      rowId={(row) => String(row.id)}
      rowName={(row) => `${jobTitle(i18n, row.kind)} ${row.id}`}
      noMatch={i18n._("No job matches.")}
      empty={
        <EmptyState
          title={i18n._("No jobs yet")}
          Icon={IconSubtask}
          action={
            <Button component={Link} to="/datasets" variant="default">
              {i18n._("Open datasets")}
            </Button>
          }
        >
          {i18n._("Imports, snapshots and training runs appear here.")}
        </EmptyState>
      }
    />
  );
}

function Priority({ row, acts }: { row: Job; acts: Acts }) {
  const { i18n } = useLingui();
  return (
    <Select
      size="xs"
      w={110}
      allowDeselect={false}
      aria-label={i18n._("Priority of {job}", { job: `${jobTitle(i18n, row.kind)} ${row.id}` })}
      data={[
        { value: "1", label: i18n._("High") },
        { value: "0", label: i18n._("Normal") },
        { value: "-1", label: i18n._("Low") },
      ]}
      value={String(Math.sign(row.priority))}
      onChange={(value) => acts.setPriority(row.id, Number(value) * 10)}
    />
  );
}
