import { useLingui } from "@lingui/react";
import { Alert, Anchor, Button, Code, Drawer, Group, Select, Text } from "@mantine/core";
import { IconAlertTriangle, IconSubtask } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { ConfirmButton } from "../../shared/ui/confirm-button";
import { Facts } from "../../shared/ui/facts";
import { EmptyState, ErrorAlert, toast } from "../../shared/ui/feedback";
import { type Column, DataTable } from "../../shared/ui/list/data-table";
import { useListState } from "../../shared/ui/list/list-state";
import { ListToolbar } from "../../shared/ui/list/list-toolbar";
import { useList } from "../../shared/ui/list/use-list";
import { count, moment } from "../../shared/ui/numbers";
import { JobLine, Page, useErrorText } from "../../shared/ui/parts";
import { Section } from "../../shared/ui/section";
import { durationText, jobDuration, jobSubject, jobTitle, jobTitles } from "./job-subject";

type Job = Schemas["JobOut"];

const REFRESH = 5000; // milliseconds

/** All jobs: what runs, waits and failed; stalled ones first, with the way to queue them again. */
export function JobsPage() {
  const { i18n } = useLingui();
  const may = useMay("runs.write");
  const acts = useJobActs();
  const [address, setAddress] = useSearchParams();
  const openId = Number(address.get("job")) || null;
  const open = (id: number | null) =>
    setAddress(
      (before) => {
        const after = new URLSearchParams(before);
        if (id === null) after.delete("job");
        else after.set("job", String(id));
        return after;
      },
      { replace: true, preventScrollReset: true },
    );
  return (
    <Page title={i18n._("Jobs")} lead={i18n._("Imports, training runs and other background work.")}>
      {acts.error && <ErrorAlert error={acts.error} />}
      {may && <Stalled acts={acts} />}
      <Jobs may={may} acts={acts} open={open} />
      <Drawer
        opened={openId !== null}
        onClose={() => open(null)}
        position="right"
        size="lg"
        title={i18n._("Job {number}", { number: openId ?? 0 })}
      >
        {openId !== null && <JobDetail id={openId} may={may} acts={acts} />}
      </Drawer>
    </Page>
  );
}

type Acts = ReturnType<typeof useJobActs>;

function useJobActs() {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: ["jobs"] });
  const cancel = useMutation({
    mutationFn: (id: number) =>
      unwrap(api.POST("/api/v1/jobs/{job_id}/cancel/", { params: { path: { job_id: id } } })),
    onSuccess: () => toast(i18n, i18n._("Cancellation requested.")),
    onSettled: refresh,
  });
  const requeue = useMutation({
    mutationFn: (id: number) =>
      unwrap(api.POST("/api/v1/jobs/{job_id}/requeue/", { params: { path: { job_id: id } } })),
    onSuccess: () => toast(i18n, i18n._("Job requeued.")),
    onSettled: refresh,
  });
  const setPriority = useMutation({
    mutationFn: ({ id, priority }: { id: number; priority: number }) =>
      unwrap(
        api.PUT("/api/v1/jobs/{job_id}/priority/", { params: { path: { job_id: id } }, body: { priority } }),
      ),
    onSuccess: () => toast(i18n, i18n._("Priority changed.")),
    onSettled: refresh,
  });
  return {
    cancel: (id: number) => cancel.mutate(id),
    requeue: (id: number) => requeue.mutate(id),
    setPriority: (id: number, priority: number) => setPriority.mutate({ id, priority }),
    error: cancel.error ?? requeue.error ?? setPriority.error,
  };
}

/** Jobs that should have moved and did not. Nothing where there are none but a word of it. */
function Stalled({ acts }: { acts: Acts }) {
  const { i18n } = useLingui();
  const found = useQuery({
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
  const rows = found.data?.results ?? [];
  if (found.error) return <ErrorAlert error={found.error} retry={() => void found.refetch()} />;
  if (rows.length === 0) {
    return (
      <Text size="sm" c="dimmed" mb="sm" role="status">
        {found.data && i18n._("No stalled jobs.")}
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

function Requeue({ row, acts }: { row: Job; acts: Acts }) {
  const { i18n } = useLingui();
  return (
    <ConfirmButton
      size="compact-sm"
      isDestructive={false}
      title={i18n._("Requeue job {number}?", { number: row.id })}
      consequence={i18n._(
        "It starts again on another worker. What the current worker still writes is refused.",
      )}
      confirm={i18n._("Requeue job")}
      onConfirm={() => acts.requeue(row.id)}
    >
      {i18n._("Requeue…")}
    </ConfirmButton>
  );
}

function Cancel({ row, acts }: { row: Job; acts: Acts }) {
  const { i18n } = useLingui();
  return (
    <ConfirmButton
      size="compact-sm"
      title={i18n._("Cancel {job} {number}?", { job: jobTitle(i18n, row.kind), number: row.id })}
      consequence={i18n._("What it has saved so far is kept; the rest is not done.")}
      confirm={i18n._("Cancel job")}
      onConfirm={() => acts.cancel(row.id)}
      disabled={row.cancel_requested}
    >
      {row.cancel_requested ? i18n._("Cancelling…") : i18n._("Cancel job…")}
    </ConfirmButton>
  );
}

function isActive(row: Job): boolean {
  return row.state === "queued" || row.state === "running";
}

function Jobs({ may, acts, open }: { may: boolean; acts: Acts; open: (id: number) => void }) {
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
      cell: (row) => (
        <Anchor component="button" type="button" size="sm" onClick={() => open(row.id)}>
          {`${jobTitle(i18n, row.kind)} ${row.id}`}
        </Anchor>
      ),
    },
    {
      id: "state",
      header: i18n._("State"),
      ordering: "state",
      cell: (row) => <JobLine job={row} />,
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
    <>
      <ListToolbar
        state={state}
        views={{ list: "jobs" }}
        searchLabel={i18n._("Search jobs")}
        filters={[
          { name: "state", label: i18n._("State"), options: states },
          { name: "kind", label: i18n._("Type"), options: Object.entries(jobTitles(i18n)) },
          {
            name: "project_id",
            label: i18n._("Project"),
            options: [...projectNames].map(([id, name]) => [String(id), name]),
          },
        ]}
      />
      <DataTable
        id="jobs"
        name={i18n._("Jobs")}
        list={list}
        state={state}
        columns={columns}
        rowId={(row) => String(row.id)}
        rowName={(row) => `${jobTitle(i18n, row.kind)} ${row.id}`}
        empty={
          state.isFiltered ? (
            <EmptyState
              title={i18n._("No job matches.")}
              action={
                <Button variant="default" onClick={state.clear}>
                  {i18n._("Clear filters")}
                </Button>
              }
            />
          ) : (
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
          )
        }
      />
    </>
  );
}

/** What a job is about, as a link. */
function Subject({ row, names }: { row: Job; names?: Map<number, string> }) {
  const { i18n } = useLingui();
  const to = jobSubject(row);
  if (to === null) return "–";
  const project = row.project_id === null ? undefined : names?.get(row.project_id);
  const words: [prefix: string, text: string][] = [
    ["/versions/", i18n._("Model version")],
    ["/uploads/", i18n._("Dataset import")],
    ["/datasets/", i18n._("Erased items")],
    ["/applications/", i18n._("App")],
  ];
  const text = words.find(([prefix]) => to.startsWith(prefix))?.[1] ?? project ?? i18n._("Project");
  return <Link to={to}>{project && text !== project ? `${project}: ${text}` : text}</Link>;
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

/** One job: its state, times, error and result. */
function JobDetail({ id, may, acts }: { id: number; may: boolean; acts: Acts }) {
  const { i18n } = useLingui();
  const found = useQuery({
    queryKey: ["jobs", "detail", id],
    queryFn: () => unwrap(api.GET("/api/v1/jobs/{job_id}/", { params: { path: { job_id: id } } })),
    refetchInterval: (query) => (query.state.data && isActive(query.state.data) ? 2000 : false),
  });
  const text = useErrorText(found.error);
  if (found.error) return <Alert color="red">{text}</Alert>;
  const row = found.data;
  if (!row) return null;
  const duration = jobDuration(row, Date.now());
  const when = (iso: string | null) => (iso === null ? null : moment(iso, i18n.locale));
  const result = Object.entries(row.result);
  return (
    <>
      <JobLine job={{ ...row, error: "" }} />
      {row.error && (
        <Alert
          color="red"
          variant="light"
          my="sm"
          title={i18n._("Error")}
          icon={<IconAlertTriangle aria-hidden />}
        >
          <Text size="sm">{row.error}</Text>
          <Text size="sm" c="dimmed" mt={4}>
            {i18n._("The full log is on the worker that ran it.")}
          </Text>
        </Alert>
      )}
      <Facts
        rows={[
          [i18n._("Type"), jobTitle(i18n, row.kind)],
          [i18n._("Subject"), <Subject key="subject" row={row} />],
          [i18n._("Created"), when(row.created_at)],
          [i18n._("Started"), when(row.started_at)],
          [i18n._("Ended"), when(row.ended_at)],
          [i18n._("Duration"), duration === null ? null : durationText(duration, i18n.locale)],
          [i18n._("Queue"), row.queue],
          [i18n._("Attempt"), row.attempt],
          [i18n._("Message"), row.message || null],
          [
            i18n._("Progress"),
            row.total > 0 ? `${count(row.done, i18n.locale)} / ${count(row.total, i18n.locale)}` : null,
          ],
        ]}
      />
      {result.length > 0 && (
        <>
          <Text fw={600} size="sm" mt="md" mb={4}>
            {i18n._("Result")}
          </Text>
          <Code block tabIndex={0}>
            {JSON.stringify(row.result, null, 2)}
          </Code>
        </>
      )}
      {may && isActive(row) && (
        <Group mt="md" gap="xs">
          <Cancel row={row} acts={acts} />
        </Group>
      )}
    </>
  );
}
