import { useLingui } from "@lingui/react";
import { Button, Stack, Text, Title } from "@mantine/core";
import { IconPlus, IconScale } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { EmptyState } from "../../shared/ui/feedback";
import { type Column, DataTable } from "../../shared/ui/list/data-table";
import { useListState } from "../../shared/ui/list/list-state";
import { useList } from "../../shared/ui/list/use-list";
import { useMetrics } from "../../shared/ui/metrics";
import { moment } from "../../shared/ui/numbers";
import {
  baselineText,
  comparisonOf,
  durationOf,
  isActive,
  JobBadge,
  JobProgress,
  resultOf,
} from "./run-parts";
import { TrainButton } from "./train-button";
import { useIsTrainable, useReadySnapshots, useRecipes } from "./use-recipes";

type Run = Schemas["RunOut"];

/** Trainings of a project, live; each has a page of its own. */
export function RunsPanel({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  const mayRun = useMay("runs.write");
  const mayRead = useMay("models.read");
  const metrics = useMetrics();
  const navigate = useNavigate();
  const [selected, select] = useState<ReadonlySet<string>>(new Set());
  const trainable = useIsTrainable(project.kind);
  const recipes = useRecipes(project.kind);
  const snapshots = useReadySnapshots(project.id);
  const state = useListState(["state", "recipe"]);
  const list = useList<Run>(
    ["runs", project.id, state.query],
    (cursor) =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/runs/", {
          params: { path: { project_id: project.id }, query: { ...state.query, ...cursor } },
        }),
      ),
    { refetchInterval: 3000, enabled: trainable === true },
  );
  if (trainable === false)
    return (
      <EmptyState title={i18n._("No recipe for this project type")}>
        {i18n._("Export a snapshot, train elsewhere, and register the model with the MLflow client.")}
      </EmptyState>
    );
  const columns: Column<Run>[] = [
    {
      id: "id",
      header: i18n._("Training run"),
      ordering: "id",
      isRowHeader: true,
      cell: (row) => <Link to={`/runs/${row.id}`}>{i18n._("Training run {id}", { id: row.id })}</Link>,
    },
    {
      id: "state",
      header: i18n._("State"),
      cell: (row) => (
        <Stack gap={2}>
          <JobBadge job={row.job} />
          <JobProgress job={row.job} />
        </Stack>
      ),
    },
    { id: "recipe", header: i18n._("Recipe"), ordering: "recipe", cell: (row) => row.recipe },
    {
      id: "snapshot",
      header: i18n._("Snapshot"),
      cell: (row) => (
        <Link to={`/projects/${row.project_id}/snapshots`}>
          {i18n._("Version {version}", { version: row.snapshot_version })}
        </Link>
      ),
    },
    {
      id: "score",
      header: i18n._("Test score (95% interval)"),
      cell: (row) => {
        const { metrics: values, primary } = resultOf(row);
        const key = primary ?? metrics.primaryOf(values ?? {});
        return values ? (
          <span className="num">
            {metrics.format(key, values[key])}{" "}
            <Text span size="xs" c="dimmed">
              {metrics.title(key)}
            </Text>
          </span>
        ) : (
          "–"
        );
      },
    },
    {
      id: "baseline",
      header: i18n._("vs. baseline"),
      cell: (row) => {
        const { baseline } = resultOf(row);
        return baseline ? baselineText(i18n, baseline).text : "–";
      },
    },
    {
      id: "model",
      header: i18n._("Model"),
      cell: (row) => {
        const { model, version, version_id: id } = resultOf(row);
        return model && id ? (
          <Link to={`/versions/${id}`}>
            {model} {version}
          </Link>
        ) : (
          "–"
        );
      },
    },
    {
      id: "duration",
      header: i18n._("Duration"),
      isNumeric: true,
      cell: (row) => durationOf(i18n, row.job),
    },
    {
      id: "created_at",
      header: i18n._("Started"),
      cell: (row) => moment(row.job.started_at ?? row.created_at, i18n.locale),
    },
  ];
  const train = mayRun && snapshots.length > 0 && (
    <TrainButton project={project} leftSection={<IconPlus size={16} aria-hidden />} />
  );
  return (
    <section>
      <Title order={2} mb="xs">
        {i18n._("Training runs")}
      </Title>
      <DataTable
        toolbar={{
          views: { list: "runs", projectId: project.id },
          filters: [
            {
              name: "state",
              label: i18n._("State"),
              options: [
                ["queued", i18n._("Queued")],
                ["running", i18n._("Running")],
                ["done", i18n._("Completed")],
                ["failed", i18n._("Failed")],
                ["cancelled", i18n._("Canceled")],
              ],
            },
            {
              name: "recipe",
              label: i18n._("Recipe"),
              options: recipes.map((recipe) => [recipe.key, recipe.title]),
            },
          ],
          children: (
            <>
              {list.rows.length > 0 && (
                <Button
                  variant="default"
                  leftSection={<IconScale size={16} aria-hidden />}
                  disabled={selected.size < 2}
                  onClick={() =>
                    navigate(comparisonOf(list.rows.filter((row) => selected.has(String(row.id)))))
                  }
                >
                  {i18n._("Compare selected training runs")}
                </Button>
              )}
              {list.rows.length > 0 || state.isFiltered ? train : null}
            </>
          ),
        }}
        id="runs"
        name={i18n._("Training runs")}
        list={list}
        state={state}
        columns={columns}
        rowId={(row) => String(row.id)}
        rowName={(row) => i18n._("Training run {id}", { id: row.id })}
        selection={{ selected, select }}
        noMatch={i18n._("No matching training run.")}
        empty={
          snapshots.length > 0 ? (
            <EmptyState title={i18n._("No training runs yet.")} action={train || undefined}>
              {i18n._(
                "A training run trains a recipe on a snapshot, tests it on the held-out items, and registers the model.",
              )}
            </EmptyState>
          ) : (
            <EmptyState
              title={i18n._("Create a snapshot first")}
              action={
                <Button component={Link} to={`/projects/${project.id}/snapshots`}>
                  {i18n._("Open snapshots")}
                </Button>
              }
            >
              {i18n._("A training run needs a snapshot: the labels as they are at one moment.")}
            </EmptyState>
          )
        }
      />
      {mayRead && (
        <Text size="sm" mt="xs">
          <Link to={`/experiments?project_id=${project.id}`}>
            {i18n._("All MLflow runs of this project, those of your own code too")}
          </Link>
        </Text>
      )}
      {list.rows.some((row) => isActive(row.job.state)) && (
        <Text size="xs" c="dimmed" role="status">
          {i18n._("Updated every 3 seconds while a training run is active.")}
        </Text>
      )}
    </section>
  );
}
