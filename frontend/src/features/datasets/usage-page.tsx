import { useLingui } from "@lingui/react";
import { Button } from "@mantine/core";
import { IconBox, IconFolders } from "@tabler/icons-react";
import { useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { EmptyState } from "../../shared/ui/feedback";
import { type Column, DataTable } from "../../shared/ui/list/data-table";
import { wholeList } from "../../shared/ui/list/use-list";
import { count } from "../../shared/ui/numbers";
import { Section } from "../../shared/ui/section";
import { type Dataset, DatasetFrame } from "./dataset-frame";

/** Projects, archived ones too, that label a dataset. */
export function useProjectsOf(datasetId: number, enabled = true) {
  return useQuery({
    queryKey: ["projects", "of-dataset", datasetId],
    enabled,
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/", {
          params: { query: { dataset_id: datasetId, state: "all", limit: 100 } },
        }),
      ),
  });
}

/** What stands on a dataset: projects, and the models that were trained in them. */
export function DatasetUsagePage() {
  return <DatasetFrame>{(dataset) => <Usage dataset={dataset} />}</DatasetFrame>;
}

function Usage({ dataset }: { dataset: Dataset }) {
  const { i18n } = useLingui();
  const mayCreate = useMay("projects.write");
  const projects = useProjectsOf(dataset.id);
  const models = useQueries({
    queries: (projects.data?.results ?? []).map((project) => ({
      queryKey: ["models", "of-project", project.id],
      queryFn: () => unwrap(api.GET("/api/v1/models/", { params: { query: { project_id: project.id } } })),
    })),
  });
  const projectColumns: Column<Schemas["ProjectOut"]>[] = [
    {
      id: "name",
      header: i18n._("Project"),
      isRowHeader: true,
      cell: (row) => <Link to={`/projects/${row.id}`}>{row.name}</Link>,
    },
    {
      id: "type",
      header: i18n._("Annotation type"),
      cell: (row) => row.project_type.title,
    },
    {
      id: "state",
      header: i18n._("State"),
      cell: (row) => (row.archived ? i18n._("Archived") : i18n._("Active")),
    },
    {
      id: "labeled",
      header: i18n._("Labeled"),
      isNumeric: true,
      cell: (row) => count(row.tasks.done, i18n.locale),
    },
  ];
  const modelColumns: Column<Schemas["ModelOut"]>[] = [
    {
      id: "name",
      header: i18n._("Model"),
      isRowHeader: true,
      cell: (row) => <Link to={`/models/${row.project_id}/${encodeURIComponent(row.name)}`}>{row.name}</Link>,
    },
    { id: "project", header: i18n._("Project"), cell: (row) => row.project },
    {
      id: "versions",
      header: i18n._("Versions"),
      isNumeric: true,
      cell: (row) => count(row.version_count, i18n.locale),
    },
    { id: "deployments", header: i18n._("Deployments"), cell: (row) => row.deployments.join(", ") || "–" },
  ];
  const failed = models.find((model) => model.error);
  return (
    <>
      <Section title={i18n._("Projects")}>
        <DataTable
          id="dataset-projects"
          name={i18n._("Projects")}
          list={wholeList(projects.data?.results, {
            isPending: projects.isPending,
            error: projects.error,
            reload: () => void projects.refetch(),
          })}
          columns={projectColumns}
          rowId={(row) => String(row.id)}
          rowName={(row) => row.name}
          empty={
            <EmptyState
              title={i18n._("No project uses this dataset yet")}
              Icon={IconFolders}
              action={
                mayCreate && (
                  <Button component={Link} to={`/projects/new?dataset=${dataset.id}`}>
                    {i18n._("New project")}
                  </Button>
                )
              }
            />
          }
        />
      </Section>
      <Section title={i18n._("Models trained in these projects")}>
        <DataTable
          id="dataset-models"
          name={i18n._("Models")}
          list={wholeList(
            models.flatMap((model) => model.data?.results ?? []),
            {
              isPending: projects.isPending || models.some((model) => model.isPending),
              error: failed?.error,
              reload: () => void failed?.refetch(),
            },
          )}
          columns={modelColumns}
          rowId={(row) => String(row.id)}
          rowName={(row) => row.name}
          empty={<EmptyState title={i18n._("No model was trained yet")} Icon={IconBox} />}
        />
      </Section>
    </>
  );
}
