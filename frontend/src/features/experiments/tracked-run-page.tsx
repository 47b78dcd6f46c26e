import { useLingui } from "@lingui/react";
import { Alert, Button, Skeleton, Stack } from "@mantine/core";
import { IconAlertTriangle, IconScale } from "@tabler/icons-react";
import { Link, Navigate, useParams } from "react-router";
import { RunArtifacts } from "../../runs/artifacts";
import { metricTitle, RunCurves } from "../../runs/curves";
import { RunNote } from "../../runs/note";
import { RunStatusBadge, ValueTable } from "../../runs/run-parts";
import { trackedRun } from "../../runs/tracked-run";
import { useLive } from "../../runs/use-live";
import type { Schemas } from "../../shared/api/client";
import { AddressTabs } from "../../shared/ui/address-tabs";
import { duration } from "../../shared/ui/amounts";
import { ErrorAlert } from "../../shared/ui/feedback";
import { useMetrics } from "../../shared/ui/metrics";
import { moment } from "../../shared/ui/numbers";
import { Page } from "../../shared/ui/parts";
import { Section } from "../../shared/ui/section";
import { Stat, Stats } from "../../shared/ui/stat";

type Run = Schemas["TrackedRunDetail"];

/** A run that MLflow's client logged: what it measured, from which parameters, with which files. */
export function TrackedRunPage() {
  const { i18n } = useLingui();
  const id = useParams().runId ?? "";
  const query = trackedRun(id);
  const result = useLive(query.queryKey, query.queryFn, true);
  const crumbs: [string, string][] = [["/experiments", i18n._("Experiments")]];
  if (result.error)
    return (
      <Page title={i18n._("MLflow run")} crumbs={crumbs}>
        <ErrorAlert error={result.error} retry={() => void result.refetch()} />
      </Page>
    );
  if (!result.data)
    return (
      <Page title={i18n._("MLflow run")} crumbs={crumbs}>
        <Stack role="status" aria-label={i18n._("Loading…")}>
          <Skeleton height={72} />
          <Skeleton height={240} />
        </Stack>
      </Page>
    );
  const run = result.data;
  if (run.training_run_id !== null) return <Navigate to={`/runs/${run.training_run_id}`} replace />;
  const isLive = run.status === "RUNNING";
  return (
    <Page
      title={run.name}
      crumbs={[...crumbs, [`/experiments?experiment_id=${run.experiment_id}`, run.experiment]]}
      badge={<RunStatusBadge status={run.status} />}
      {...(run.user && { lead: i18n._("Logged by {user}", { user: run.user }) })}
      actions={
        <Button
          component={Link}
          to={`/compare?runs=${run.id}`}
          variant="default"
          leftSection={<IconScale size={16} aria-hidden />}
        >
          {i18n._("Compare")}
        </Button>
      }
    >
      <AddressTabs
        label={i18n._("Parts of the MLflow run")}
        tabs={[
          {
            key: "overview",
            title: i18n._("Overview"),
            content: () => <Overview run={run} isLive={isLive} />,
          },
          {
            key: "system",
            title: i18n._("System metrics"),
            content: () => <RunCurves runId={run.id} isLive={isLive} part="system" />,
          },
          { key: "files", title: i18n._("Files"), content: () => <RunArtifacts runId={run.id} /> },
        ]}
      />
    </Page>
  );
}

function Overview({ run, isLive }: { run: Run; isLive: boolean }) {
  const { i18n } = useLingui();
  const metrics = useMetrics();
  const figure = (value: number | null) =>
    value === null
      ? i18n._("not a number")
      : new Intl.NumberFormat(i18n.locale, { maximumSignificantDigits: 5 }).format(value);
  const tags = Object.entries(run.tags).filter(([key]) => !key.startsWith("mlflow.log-model"));
  return (
    <>
      {run.status === "FAILED" && (
        <Alert color="red" variant="light" mb="sm" icon={<IconAlertTriangle aria-hidden />}>
          {i18n._(
            "The code that logged this run ended with an error. What it had logged until then is kept; the error itself is where the code ran.",
          )}
        </Alert>
      )}
      <Stats>
        <Stat label={i18n._("Project")} value={run.project} to={`/projects/${run.project_id}`} />
        <Stat
          label={i18n._("Experiment")}
          value={run.experiment}
          to={`/experiments?experiment_id=${run.experiment_id}`}
        />
        <Stat
          label={i18n._("Duration")}
          value={run.started_at && run.ended_at ? duration(run.started_at, run.ended_at, i18n.locale) : "–"}
          note={run.started_at && i18n._("started {moment}", { moment: moment(run.started_at, i18n.locale) })}
        />
        {run.versions.map((version) => (
          <Stat
            key={version.id}
            label={i18n._("Model version")}
            value={`${version.name} v${version.version}`}
            to={`/versions/${version.id}`}
          />
        ))}
      </Stats>
      <Section title={i18n._("Curves")}>
        <RunCurves runId={run.id} isLive={isLive} part="metrics" />
      </Section>
      <Section title={i18n._("Metrics")} note={i18n._("The newest value of each.")}>
        <ValueTable
          name={i18n._("Metrics")}
          empty={i18n._("No metrics were logged.")}
          rows={metrics
            .inOrder(run.metrics)
            .map((key) => [
              metrics.title(key) === key ? metricTitle(i18n, key) : metrics.title(key),
              figure(run.metrics[key] ?? null),
            ])}
        />
      </Section>
      <Section title={i18n._("Parameters")}>
        <ValueTable
          name={i18n._("Parameters")}
          empty={i18n._("No parameters were logged.")}
          rows={Object.entries(run.params)}
        />
      </Section>
      <RunNote run={run} />
      <Section title={i18n._("Tags")}>
        <ValueTable name={i18n._("Tags")} empty={i18n._("No tags were set.")} rows={tags} />
      </Section>
    </>
  );
}
