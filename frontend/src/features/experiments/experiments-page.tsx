import { useLingui } from "@lingui/react";
import { Button, Code, Text } from "@mantine/core";
import { IconFlask, IconScale } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, Navigate, useLocation, useNavigate } from "react-router";
import { RunStatusBadge } from "../../runs/run-parts";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { duration } from "../../shared/ui/amounts";
import { EmptyState, ErrorAlert } from "../../shared/ui/feedback";
import { type Column, DataTable } from "../../shared/ui/list/data-table";
import { useListState } from "../../shared/ui/list/list-state";
import { useList } from "../../shared/ui/list/use-list";
import { useMetrics } from "../../shared/ui/metrics";
import { moment } from "../../shared/ui/numbers";
import { Page } from "../../shared/ui/parts";
import { type MlflowPlace, mlflowPlace } from "./mlflow-address";

type Run = Schemas["TrackedRunOut"];

/** Addresses that MLflow's client prints lead here: `/mlflow/project-7/#/experiments/1/runs/…`. */
export function ExperimentsPage() {
  const { hash, search } = useLocation();
  const place = mlflowPlace(hash);
  if (place?.kind === "run") return <Navigate to={`/experiments/runs/${place.id}`} replace />;
  if (place?.kind === "experiment") return <Navigate to={`/experiments?experiment_id=${place.id}`} replace />;
  const project = new URLSearchParams(search).get("project");
  if (place) return <VersionRedirect place={place} project={project} />;
  if (project) return <Navigate to={`/experiments?project_id=${project}`} replace />;
  return <Runs />;
}

/** The page of a model version that MLflow names: its number there is not its address here. */
function VersionRedirect({
  place,
  project,
}: {
  place: Extract<MlflowPlace, { kind: "version" }>;
  project: string | null;
}) {
  const { i18n } = useLingui();
  const { name, version } = place;
  const result = useQuery({
    queryKey: ["versions", "named", project, name, version],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/model-versions/", {
          params: {
            query: { name, state: "all", limit: 200, ...(project && { project_id: Number(project) }) },
          },
        }),
      ),
  });
  if (result.error)
    return (
      <Page title={i18n._("Experiments")}>
        <ErrorAlert error={result.error} retry={() => void result.refetch()} />
      </Page>
    );
  if (!result.data) return null;
  const rows = result.data.results;
  const row = version === null ? rows[0] : rows.find((candidate) => String(candidate.version) === version);
  if (!row)
    return (
      <Page title={i18n._("Not found")}>
        <EmptyState
          title={i18n._("No such model version")}
          action={
            <Button component={Link} to="/models" variant="default">
              {i18n._("Open models")}
            </Button>
          }
        >
          {i18n._("{name} {version} is not registered, or belongs to another organization.", {
            name,
            version: version ?? "",
          })}
        </EmptyState>
      </Page>
    );
  const to =
    version === null ? `/models/${row.project_id}/${encodeURIComponent(name)}` : `/versions/${row.id}`;
  return <Navigate to={to} replace />;
}

function Runs() {
  const { i18n } = useLingui();
  const metrics = useMetrics();
  const navigate = useNavigate();
  const state = useListState(["project_id", "experiment_id", "status"]);
  const [selected, select] = useState<ReadonlySet<string>>(new Set());
  const list = useList(
    ["tracked-runs", state.query],
    (cursor) =>
      unwrap(api.GET("/api/v1/tracked-runs/", { params: { query: { ...state.query, ...cursor } } })),
    { refetchInterval: 10_000 },
  );
  const experiments = useQuery({
    queryKey: ["experiments"],
    queryFn: () => unwrap(api.GET("/api/v1/experiments/", { params: { query: { limit: 200 } } })),
  });
  const matches = experiments.data?.results ?? [];
  const projects = new Map(matches.map((row) => [String(row.project_id), row.project]));
  const project = state.filters.project_id;
  const columns: Column<Run>[] = [
    {
      id: "name",
      header: i18n._("MLflow run"),
      ordering: "name",
      isRowHeader: true,
      cell: (row) => (
        <Link
          to={row.training_run_id === null ? `/experiments/runs/${row.id}` : `/runs/${row.training_run_id}`}
        >
          {row.name}
        </Link>
      ),
    },
    {
      id: "status",
      header: i18n._("State"),
      ordering: "status",
      cell: (row) => <RunStatusBadge status={row.status} />,
    },
    {
      id: "experiment",
      header: i18n._("Experiment"),
      cell: (row) => <Link to={`/experiments?experiment_id=${row.experiment_id}`}>{row.experiment}</Link>,
    },
    {
      id: "project",
      header: i18n._("Project"),
      cell: (row) => <Link to={`/projects/${row.project_id}`}>{row.project}</Link>,
    },
    {
      id: "metrics",
      header: i18n._("Metrics"),
      cell: (row) =>
        metrics
          .inOrder(row.metrics)
          .slice(0, 2)
          .map((key) => {
            const value = row.metrics[key];
            return `${metrics.title(key)} ${value == null ? "–" : rough3(value, i18n.locale)}`;
          })
          .join(" · ") || "–",
    },
    { id: "user", header: i18n._("Logged by"), cell: (row) => row.user || "–" },
    {
      id: "duration",
      header: i18n._("Duration"),
      isNumeric: true,
      cell: (row) =>
        row.started_at && row.ended_at ? duration(row.started_at, row.ended_at, i18n.locale) : "–",
    },
    {
      id: "started",
      header: i18n._("Started"),
      ordering: "started_at",
      cell: (row) => (row.started_at ? moment(row.started_at, i18n.locale) : "–"),
    },
  ];
  return (
    <Page
      title={i18n._("Experiments")}
      lead={i18n._("MLflow runs: of training runs here, and of your own code.")}
    >
      <DataTable
        toolbar={{
          views: { list: "experiments", table: "tracked-runs" },
          searchLabel: i18n._("Search MLflow runs"),
          filters: [
            { name: "project_id", label: i18n._("Project"), options: [...projects] },
            {
              name: "experiment_id",
              label: i18n._("Experiment"),
              options: matches
                .filter((row) => !project || String(row.project_id) === project)
                .map((row): [string, string] => [String(row.id), `${row.name} · ${row.project}`]),
            },
            {
              name: "status",
              label: i18n._("State"),
              options: [
                ["RUNNING", i18n._("Running")],
                ["FINISHED", i18n._("Completed")],
                ["FAILED", i18n._("Failed")],
                ["KILLED", i18n._("Canceled")],
              ],
            },
          ],
          children: (
            <Button
              variant="default"
              leftSection={<IconScale size={16} aria-hidden />}
              disabled={selected.size < 2}
              onClick={() => navigate(`/compare?runs=${[...selected].join(",")}`)}
            >
              {i18n._("Compare selected MLflow runs")}
            </Button>
          ),
        }}
        id="tracked-runs"
        name={i18n._("MLflow runs")}
        list={list}
        state={state}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => row.name}
        selection={{ selected, select }}
        noMatch={i18n._("No matching MLflow run.")}
        empty={
          <EmptyState
            title={i18n._("No MLflow runs yet.")}
            Icon={IconFlask}
            action={
              <Button component={Link} to="/projects" variant="default">
                {i18n._("Open projects")}
              </Button>
            }
          >
            {i18n._("Train a model in a project, or log an MLflow run with its client:")}
          </EmptyState>
        }
      />
      {!list.isPending && list.rows.length === 0 && !state.isFiltered && (
        <Code block mt="md" tabIndex={0}>{`import os, mlflow
os.environ["MLFLOW_TRACKING_TOKEN"] = "plt_…"
mlflow.set_tracking_uri("${window.location.origin}/mlflow/project-…")
with mlflow.start_run():
    mlflow.log_metric("loss", 0.5, step=1)`}</Code>
      )}
      {list.rows.some((row) => row.status === "RUNNING") && (
        <Text size="xs" c="dimmed" role="status" mt="xs">
          {i18n._("Updated every 10 seconds while an MLflow run is active.")}
        </Text>
      )}
    </Page>
  );
}

const rough3 = (value: number, locale: string) =>
  new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 }).format(value);
