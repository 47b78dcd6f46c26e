import { useLingui } from "@lingui/react";
import { Accordion, Badge, Button, Code, Group, Text } from "@mantine/core";
import { IconBox, IconScale } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { EmptyState } from "../../shared/ui/feedback";
import { type Column, DataTable } from "../../shared/ui/list/data-table";
import { useListState } from "../../shared/ui/list/list-state";
import { useList } from "../../shared/ui/list/use-list";
import { useMetrics } from "../../shared/ui/metrics";
import { count, moment } from "../../shared/ui/numbers";
import { Page } from "../../shared/ui/parts";
import { Section } from "../../shared/ui/section";
import { compareAddress } from "./compare-address";
import { SegmentationModelsPanel } from "./segmentation-models-panel";

type Model = Schemas["ModelOut"];

/** Every registered model: its latest version, where its aliases point and what is served. */
export function ModelsPage() {
  const { i18n } = useLingui();
  const metrics = useMetrics();
  const navigate = useNavigate();
  const maySegment = useMay("labels.write");
  const state = useListState();
  const [selected, select] = useState<ReadonlySet<string>>(new Set());
  const list = useList(["models", state.query], (cursor) =>
    unwrap(api.GET("/api/v1/models/", { params: { query: { ...state.query, ...cursor } } })),
  );
  const columns: Column<Model>[] = [
    {
      id: "name",
      header: i18n._("Model"),
      ordering: "name",
      isRowHeader: true,
      cell: (row) => <Link to={`/models/${row.project_id}/${encodeURIComponent(row.name)}`}>{row.name}</Link>,
    },
    {
      id: "project",
      header: i18n._("Project"),
      cell: (row) => <Link to={`/projects/${row.project_id}`}>{row.project}</Link>,
    },
    {
      id: "latest",
      header: i18n._("Latest version"),
      isNumeric: true,
      cell: (row) =>
        row.latest_version_id ? (
          <Link to={`/versions/${row.latest_version_id}`}>{`v${row.latest_version}`}</Link>
        ) : (
          `v${row.latest_version}`
        ),
    },
    {
      id: "versions",
      header: i18n._("Versions"),
      isNumeric: true,
      cell: (row) => count(row.version_count, i18n.locale),
    },
    {
      id: "score",
      header: i18n._("Test score (95% CI)"),
      cell: (row) => {
        const primary = metrics.primaryOf(row.metrics);
        return primary ? (
          <>
            {metrics.format(primary, row.metrics[primary])}{" "}
            <Text span size="xs" c="dimmed">
              {metrics.title(primary)}
            </Text>
          </>
        ) : (
          "–"
        );
      },
    },
    {
      id: "aliases",
      header: i18n._("Aliases"),
      cell: (row) => (
        <Group gap={4}>
          {Object.entries(row.aliases).map(([alias, version]) => (
            <Badge key={alias} variant="light" tt="none">{`${alias} → v${version}`}</Badge>
          ))}
        </Group>
      ),
    },
    {
      id: "deployments",
      header: i18n._("Deployments"),
      cell: (row) =>
        row.deployments.map((name) => (
          <Link key={name} to={`/deployments/${name}`}>
            {name}{" "}
          </Link>
        )),
    },
    {
      id: "created",
      header: i18n._("Created"),
      ordering: "created_at",
      isHiddenAtFirst: true,
      cell: (row) => moment(row.created_at, i18n.locale),
    },
  ];
  const chosen = list.rows.filter((row) => selected.has(String(row.id)));
  const versionIds = chosen.flatMap((row) => row.latest_version_id ?? []);
  return (
    <Page title={i18n._("Models")}>
      <DataTable
        toolbar={{
          searchLabel: i18n._("Search models"),
          views: { list: "models" },
          children: (
            <Button
              variant="default"
              leftSection={<IconScale size={16} aria-hidden />}
              disabled={versionIds.length < 2}
              onClick={() => navigate(compareAddress(versionIds))}
            >
              {i18n._("Compare latest versions")}
            </Button>
          ),
        }}
        id="models"
        name={i18n._("Models")}
        list={list}
        state={state}
        columns={columns}
        rowId={(row) => String(row.id)}
        rowName={(row) => row.name}
        selection={{ selected, select }}
        noMatch={i18n._("No model matches.")}
        empty={
          <EmptyState
            title={i18n._("No models yet")}
            Icon={IconBox}
            action={
              <Button component={Link} to="/projects">
                {i18n._("Open projects")}
              </Button>
            }
          >
            {i18n._("Train a model in a project, or register one from a notebook as described below.")}
          </EmptyState>
        }
      />
      <Accordion variant="contained" mt="lg" mb="lg" bg="var(--surface)">
        <Accordion.Item value="notebook">
          <Accordion.Control>{i18n._("Register a model from a notebook")}</Accordion.Control>
          <Accordion.Panel>
            <Text size="sm" c="dimmed" mb="xs">
              {i18n._(
                "Use the standard MLflow client with an API token. The tag with a snapshot's hash links the version to every label it learned from.",
              )}
            </Text>
            <Code block tabIndex={0}>{`import os, mlflow
os.environ["MLFLOW_TRACKING_TOKEN"] = "plt_…"
mlflow.set_tracking_uri("${window.location.origin}/mlflow/project-${list.rows[0]?.project_id ?? 1}")
with mlflow.start_run():
    mlflow.set_tag("plateau.snapshot_hash", "…")
    mlflow.sklearn.log_model(model, name="model", registered_model_name="my-model")`}</Code>
          </Accordion.Panel>
        </Accordion.Item>
      </Accordion>
      {maySegment && (
        <Section
          title={i18n._("Interactive segmentation models")}
          note={i18n._(
            "ONNX models with the inputs image, points and labels and the output mask. The newest one runs in the annotator's browser.",
          )}
        >
          <SegmentationModelsPanel />
        </Section>
      )}
    </Page>
  );
}
