import { useLingui } from "@lingui/react";
import { Alert, Button, Card, Code, Group, Skeleton, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { Link, useParams } from "react-router";
import { JobLog } from "../../runs/job-log";
import { ValueTable } from "../../runs/run-parts";
import { useLive } from "../../runs/use-live";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { durationText } from "../../shared/ui/amounts";
import { ErrorAlert } from "../../shared/ui/feedback";
import { count, moment } from "../../shared/ui/numbers";
import { JobLine, Page } from "../../shared/ui/parts";
import { Section } from "../../shared/ui/section";
import { Stat, Stats } from "../../shared/ui/stat";
import { jobTitle } from "../../words/jobs";
import { Cancel, isActive, Requeue, Restart, useJobActs } from "./job-acts";
import { jobAdvice, jobDuration, jobSubject } from "./job-subject";

type Job = Schemas["JobWithLog"];

/** One job: how far it is, from what it was made, what it wrote, why it failed and what to do. */
export function JobPage() {
  const { i18n } = useLingui();
  const id = Number(useParams().jobId);
  const may = useMay("runs.write");
  const acts = useJobActs();
  const result = useLive(
    ["jobs", "detail", id],
    () => unwrap(api.GET("/api/v1/jobs/{job_id}/", { params: { path: { job_id: id } } })),
    true,
  );
  const crumbs: [string, string][] = [["/jobs", i18n._("Jobs")]];
  const title = i18n._("Job {number}", { number: id });
  if (result.error)
    return (
      <Page title={title} crumbs={crumbs}>
        <ErrorAlert error={result.error} retry={() => void result.refetch()} />
      </Page>
    );
  if (!result.data)
    return (
      <Page title={title} crumbs={crumbs}>
        <Stack role="status" aria-label={i18n._("Loading…")}>
          <Skeleton height={72} />
          <Skeleton height={240} />
        </Stack>
      </Page>
    );
  const job = result.data;
  const subject = jobSubject(job);
  return (
    <Page
      title={`${jobTitle(i18n, job.kind)} ${job.id}`}
      crumbs={crumbs}
      actions={
        <Group gap="xs">
          {subject && (
            <Button component={Link} to={subject} variant="default">
              {job.kind === "train" ? i18n._("Open training run") : i18n._("Open subject")}
            </Button>
          )}
          {may && isActive(job) && <Cancel row={job} acts={acts} />}
          {may && job.state === "running" && <Requeue row={job} acts={acts} />}
          {may && <Restart row={job} acts={acts} />}
        </Group>
      }
    >
      {acts.error && <ErrorAlert error={acts.error} />}
      <Card withBorder padding="sm" role="status">
        <JobLine job={{ ...job, error: "" }} />
      </Card>
      {job.state === "failed" && <Failed job={job} />}
      <Times job={job} />
      <Section title={i18n._("Log")}>
        <JobLog jobId={job.id} isLive={isActive(job)} />
      </Section>
      <Section title={i18n._("Parameters")}>
        <ValueTable
          name={i18n._("Parameters")}
          empty={i18n._("This job has no parameters.")}
          rows={Object.entries(job.parameters).map(([key, value]) => [key, String(value)])}
        />
      </Section>
      {Object.keys(job.result).length > 0 && (
        <Section title={i18n._("Result")}>
          <Code block tabIndex={0} mah={360} style={{ overflow: "auto" }}>
            {JSON.stringify(job.result, null, 2)}
          </Code>
        </Section>
      )}
    </Page>
  );
}

function Failed({ job }: { job: Job }) {
  const { i18n } = useLingui();
  return (
    <Alert
      color="red"
      variant="light"
      my="sm"
      icon={<IconAlertTriangle aria-hidden />}
      title={i18n._("The job failed.")}
    >
      <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
        {job.error || i18n._("Failed without a message.")}
      </Text>
      {job.message && (
        <Text size="sm" mt="xs">
          {i18n._("It stopped at: {step}.", { step: job.message })}
        </Text>
      )}
      <Text size="sm" mt="xs">
        {jobAdvice(i18n, job)}
      </Text>
    </Alert>
  );
}

function Times({ job }: { job: Job }) {
  const { i18n } = useLingui();
  const span = jobDuration(job, Date.now());
  return (
    <Stats>
      <Stat
        label={i18n._("Progress")}
        value={job.total > 0 ? `${count(job.done, i18n.locale)} / ${count(job.total, i18n.locale)}` : "–"}
        note={job.message}
      />
      <Stat label={i18n._("Duration")} value={span === null ? "–" : durationText(span, i18n.locale)} />
      <Stat label={i18n._("Created")} value={moment(job.created_at, i18n.locale)} />
      <Stat
        label={i18n._("Ended")}
        value={job.ended_at ? moment(job.ended_at, i18n.locale) : "–"}
        note={
          job.started_at
            ? i18n._("started {moment}", { moment: moment(job.started_at, i18n.locale) })
            : i18n._("not started")
        }
      />
      <Stat label={i18n._("Queue")} value={job.queue} />
      <Stat label={i18n._("Attempt")} value={count(job.attempt, i18n.locale)} />
    </Stats>
  );
}
