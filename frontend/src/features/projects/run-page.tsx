import { useLingui } from "@lingui/react";
import { Alert, Button, Card, Group, Skeleton, Stack, Text, Timeline, Title } from "@mantine/core";
import { IconAlertTriangle, IconScale } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link, useParams } from "react-router";
import { RunArtifacts } from "../../runs/artifacts";
import { RunCurves } from "../../runs/curves";
import { JobLog } from "../../runs/job-log";
import { RunNote } from "../../runs/note";
import { ValueTable } from "../../runs/run-parts";
import { trackedRun } from "../../runs/tracked-run";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { projectQuery } from "../../shared/api/projects";
import { useMay } from "../../shared/api/session";
import { AddressTabs } from "../../shared/ui/address-tabs";
import { ConfirmButton } from "../../shared/ui/confirm-button";
import { ErrorAlert, toast } from "../../shared/ui/feedback";
import { useMetrics } from "../../shared/ui/metrics";
import { moment, rough } from "../../shared/ui/numbers";
import { onDemand } from "../../shared/ui/on-demand";
import { Page } from "../../shared/ui/parts";
import { Section } from "../../shared/ui/section";
import { Stat, Stats } from "../../shared/ui/stat";
import {
  baselineText,
  comparisonOf,
  durationOf,
  isActive,
  JobBadge,
  JobProgress,
  parameterText,
  resultOf,
} from "./run-parts";
import { TrainButton } from "./train-button";
import { useRecipes } from "./use-recipes";

const RunScores = onDemand(async () => (await import("./run-scores")).RunScores, <Skeleton height={240} />);

type Run = Schemas["RunOut"];

/** One training: how it goes or went, what came out, and from what it was made. */
export function RunPage() {
  const { i18n } = useLingui();
  const id = Number(useParams().runId);
  const queries = useQueryClient();
  const mayRun = useMay("runs.write");
  const run = useQuery({
    queryKey: ["run", id],
    queryFn: () => unwrap(api.GET("/api/v1/runs/{run_id}/", { params: { path: { run_id: id } } })),
    refetchInterval: (query) => (isActive(query.state.data?.job.state ?? "") ? 1000 : false),
  });
  const projectId = run.data?.project_id;
  const project = useQuery({
    ...projectQuery(projectId ?? 0),
    enabled: projectId !== undefined,
  });
  const cancel = useMutation({
    mutationFn: (jobId: number) =>
      unwrap(api.POST("/api/v1/jobs/{job_id}/cancel/", { params: { path: { job_id: jobId } } })),
    onSuccess: () => toast(i18n, i18n._("Cancellation requested.")),
    onSettled: () => queries.invalidateQueries({ queryKey: ["run", id] }),
  });
  const title = i18n._("Training run {id}", { id });
  if (run.error)
    return (
      <Page title={title} crumbs={[["/projects", i18n._("Projects")]]}>
        <ErrorAlert error={run.error} retry={() => void run.refetch()} />
      </Page>
    );
  if (!run.data)
    return (
      <Page title={title}>
        <Stack role="status" aria-label={i18n._("Loading…")}>
          <Skeleton height={72} />
          <Skeleton height={220} />
        </Stack>
      </Page>
    );
  const row = run.data;
  const { job } = row;
  return (
    <Page
      title={title}
      crumbs={[
        ["/projects", i18n._("Projects")],
        [`/projects/${row.project_id}`, project.data?.name ?? "…"],
        [`/projects/${row.project_id}/experiments`, i18n._("Experiments")],
      ]}
      badge={<JobBadge job={job} />}
      lead={i18n._("{recipe} on snapshot version {version}, seed {seed}", {
        recipe: row.recipe,
        version: row.snapshot_version,
        seed: row.seed,
      })}
      actions={
        mayRun &&
        project.data &&
        !project.data.archived && (
          <Group gap="xs">
            {isActive(job.state) && (
              <ConfirmButton
                title={i18n._("Cancel training run {id}?", { id })}
                consequence={i18n._(
                  "The training stops and no model is registered. The run stays on record.",
                )}
                confirm={i18n._("Cancel training run")}
                disabled={job.cancel_requested || cancel.isPending}
                onConfirm={() => cancel.mutate(job.id)}
              >
                {i18n._("Cancel training run…")}
              </ConfirmButton>
            )}
            {row.mlflow_run_id !== "" && (
              <Button
                component={Link}
                to={comparisonOf([row])}
                variant="default"
                leftSection={<IconScale size={16} aria-hidden />}
              >
                {i18n._("Compare")}
              </Button>
            )}
            <TrainButton project={project.data} from={row}>
              {i18n._("Train again with changes")}
            </TrainButton>
          </Group>
        )
      }
    >
      {cancel.error && <ErrorAlert error={cancel.error} />}
      {isActive(job.state) && (
        <Card withBorder padding="sm" mb="md" role="status">
          <JobProgress job={job} />
        </Card>
      )}
      {job.state === "failed" && <Failed job={job} />}
      <AddressTabs
        label={i18n._("Parts of the training run")}
        tabs={[
          {
            key: "overview",
            title: i18n._("Overview"),
            content: () => <Overview run={row} kind={project.data?.kind} />,
          },
          { key: "system", title: i18n._("System metrics"), content: () => <SystemFigures run={row} /> },
          { key: "log", title: i18n._("Log"), content: () => <Log job={job} /> },
          { key: "files", title: i18n._("Files"), content: () => <Files run={row} /> },
        ]}
      />
    </Page>
  );
}

function Overview({ run, kind }: { run: Run; kind: string | undefined }) {
  const { i18n } = useLingui();
  const result = resultOf(run);
  const tracked = useQuery({ ...trackedRun(run.mlflow_run_id), enabled: run.mlflow_run_id !== "" });
  return (
    <>
      <Facts run={run} />
      <Section title={i18n._("Curves")}>
        {run.mlflow_run_id ? (
          <RunCurves runId={run.mlflow_run_id} isLive={isActive(run.job.state)} part="metrics" />
        ) : (
          <NotTracked run={run} />
        )}
      </Section>
      {result.metrics && <RunScores result={result} />}
      <Parameters run={run} kind={kind} />
      {tracked.error && <ErrorAlert error={tracked.error} retry={() => void tracked.refetch()} />}
      {tracked.data && <RunNote run={tracked.data} />}
    </>
  );
}

/** Why there is nothing of MLflow's to show: the run waits, or ended before it began to log. */
function NotTracked({ run }: { run: Run }) {
  const { i18n } = useLingui();
  return (
    <Text size="sm" c="dimmed" role="status">
      {isActive(run.job.state)
        ? i18n._("No values yet. Curves appear with the first epochs.")
        : i18n._("This training run ended before it logged anything.")}
    </Text>
  );
}

function SystemFigures({ run }: { run: Run }) {
  if (!run.mlflow_run_id) return <NotTracked run={run} />;
  return <RunCurves runId={run.mlflow_run_id} isLive={isActive(run.job.state)} part="system" />;
}

function Files({ run }: { run: Run }) {
  if (!run.mlflow_run_id) return <NotTracked run={run} />;
  return <RunArtifacts runId={run.mlflow_run_id} />;
}

function Failed({ job }: { job: Schemas["JobOut"] }) {
  const { i18n } = useLingui();
  return (
    <Alert
      color="red"
      variant="light"
      mb="md"
      icon={<IconAlertTriangle aria-hidden />}
      title={i18n._("The training run failed.")}
    >
      <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
        {job.error || i18n._("Failed without a message.")}
      </Text>
      <Text size="sm" mt="xs">
        {job.message
          ? i18n._("It stopped at: {step}. No model was registered; the snapshot is unchanged.", {
              step: job.message,
            })
          : i18n._("No model was registered; the snapshot is unchanged.")}{" "}
        {i18n._("The tab Log has the details. Change what the message names, then train again.")}
      </Text>
    </Alert>
  );
}

/** From what the run was made, and what came of it. */
function Facts({ run }: { run: Run }) {
  const { i18n } = useLingui();
  const metrics = useMetrics();
  const { job } = run;
  const result = resultOf(run);
  const key = result.primary ?? metrics.primaryOf(result.metrics ?? {});
  const baseline = result.baseline && baselineText(i18n, result.baseline);
  return (
    <Stats>
      {result.metrics && (
        <Stat
          label={i18n._("{metric} (held-out test)", { metric: metrics.title(key) })}
          value={metrics.format(key, result.metrics[key]).split(" (")[0]}
          note={metrics.format(key, result.metrics[key]).match(/\((.*)\)/)?.[1] ?? ""}
        />
      )}
      {baseline && (
        <Stat
          label={i18n._("vs. baseline")}
          value={baseline.text.split(":")[0]}
          note={`${result.baseline?.recipe}: ${baseline.text.split(": ")[1] ?? ""}`}
        />
      )}
      {result.model && result.version_id && (
        <Stat
          label={i18n._("Model")}
          value={`${result.model} ${result.version}`}
          to={`/versions/${result.version_id}`}
        />
      )}
      <Stat
        label={i18n._("Snapshot")}
        value={i18n._("Version {version}", { version: run.snapshot_version })}
        to={`/projects/${run.project_id}/snapshots`}
      />
      <Stat
        label={i18n._("Duration")}
        value={durationOf(i18n, job)}
        note={
          job.started_at
            ? i18n._("started {moment}", { moment: moment(job.started_at, i18n.locale) })
            : i18n._("not started")
        }
      />
      <Stat
        label={i18n._("Job")}
        value={String(job.id)}
        note={i18n._("queue {queue}", { queue: job.queue })}
        to={`/jobs/${job.id}`}
      />
      {result.prediction_ms !== undefined && (
        <Stat
          label={i18n._("Prediction time")}
          value={i18n._("{ms} ms", { ms: rough(result.prediction_ms, i18n.locale) })}
          note={result.device ? i18n._("per item, on {device}", { device: result.device }) : ""}
        />
      )}
    </Stats>
  );
}

function Parameters({ run, kind }: { run: Run; kind: string | undefined }) {
  const { i18n } = useLingui();
  const spec = useRecipes(kind).find((recipe) => recipe.key === run.recipe);
  const rows: [string, ReactNode][] = [
    [i18n._("Recipe"), spec ? `${spec.title} (${run.recipe})` : run.recipe],
    ...Object.entries(run.params).map(([key, value]): [string, ReactNode] => [
      spec?.params.find((param) => param.key === key)?.title ?? key,
      parameterText(value, i18n.locale),
    ]),
    [i18n._("Seed"), String(run.seed)],
  ];
  return (
    <Section title={i18n._("Parameters")}>
      <ValueTable name={i18n._("Parameters")} rows={rows} empty="" />
    </Section>
  );
}

/** What the training wrote; and when the job was submitted, taken up and ended, by whom, and in which attempt. */
function Log({ job }: { job: Schemas["JobOut"] }) {
  const { i18n } = useLingui();
  const steps: [string, string | null, string][] = [
    [i18n._("Submitted"), job.created_at, i18n._("queue {queue}", { queue: job.queue })],
    [
      i18n._("Started"),
      job.started_at,
      [job.worker, job.attempt > 1 && i18n._("attempt {attempt}", { attempt: job.attempt })]
        .filter(Boolean)
        .join(" · "),
    ],
    [i18n._("Ended"), job.ended_at, job.error || job.message],
  ];
  const reached = steps.filter(([, at]) => at !== null);
  return (
    <>
      <JobLog jobId={job.id} isLive={isActive(job.state)} />
      <Title order={2} mt="md" mb="xs">
        {i18n._("Timeline")}
      </Title>
      <Timeline active={reached.length} bulletSize={14} lineWidth={2}>
        {reached.map(([name, at, text]) => (
          <Timeline.Item key={name} title={name}>
            <Text size="xs" c="dimmed">
              {at && moment(at, i18n.locale)}
            </Text>
            {text && (
              <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
                {text}
              </Text>
            )}
          </Timeline.Item>
        ))}
      </Timeline>
    </>
  );
}
