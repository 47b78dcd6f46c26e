import { useLingui } from "@lingui/react";
import { Button, List } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { EmptyState, ErrorAlert } from "../../shared/ui/feedback";
import { type Column, DataTable } from "../../shared/ui/list/data-table";
import { useListState } from "../../shared/ui/list/list-state";
import { useList } from "../../shared/ui/list/use-list";
import { moment } from "../../shared/ui/numbers";
import { Page } from "../../shared/ui/parts";
import { sourceName } from "./lineage-panel";
import { Aliases } from "./parts";

/** Every label that a model learned from; and from each, every model that learned it. */
export function LabelsPage() {
  const { i18n } = useLingui();
  const id = Number(useParams().versionId);
  const path = { version_id: id };
  const version = useQuery({
    queryKey: ["version", id],
    queryFn: () => unwrap(api.GET("/api/v1/model-versions/{version_id}/", { params: { path } })),
  });
  const state = useListState();
  const list = useList(["labels-of", id, state.query], (cursor) =>
    unwrap(
      api.GET("/api/v1/model-versions/{version_id}/labels/", {
        params: { path, query: { ...state.query, ...cursor } },
      }),
    ),
  );
  const title = version.data ? `${version.data.name} v${version.data.version}` : i18n._("Model version");
  const columns: Column<Schemas["TrainingLabelOut"]>[] = [
    {
      id: "item",
      header: i18n._("Item"),
      ordering: "name",
      isRowHeader: true,
      cell: (row) => (
        <Link to={`/projects/${version.data?.project_id}/items?item=${row.task_id}`}>{row.item}</Link>
      ),
    },
    {
      id: "label",
      header: i18n._("Label"),
      cell: (row) => (
        <>
          {shortly(row.value)}{" "}
          {row.is_superseded && (
            <span className="warn" title={i18n._("The item has a newer annotation.")}>
              {`▲ ${i18n._("Changed since")}`}
            </span>
          )}
        </>
      ),
    },
    {
      id: "by",
      header: i18n._("Annotator"),
      cell: (row) => row.annotator || sourceName(row.source, i18n),
    },
    { id: "when", header: i18n._("Annotated"), cell: (row) => moment(row.annotated_at, i18n.locale) },
    {
      id: "guidelines",
      header: i18n._("Guidelines"),
      isNumeric: true,
      cell: (row) => `v${row.guideline_version}`,
    },
    {
      id: "assisted",
      header: i18n._("Pre-label assisted"),
      cell: (row) => (row.pre_annotation_shown ? i18n._("Yes") : i18n._("No")),
    },
    {
      id: "models",
      header: i18n._("Models trained on it"),
      cell: (row) => <TrainedModels annotationId={row.annotation_id} />,
    },
  ];
  return (
    <Page
      title={i18n._("Training labels")}
      crumbs={[
        ["/models", i18n._("Models")],
        [`/versions/${id}`, title],
      ]}
      lead={i18n._("Every label that {model} was trained on.", { model: title })}
    >
      <DataTable
        toolbar={{ searchLabel: i18n._("Search by item name") }}
        id="training-labels"
        name={i18n._("Training labels")}
        list={list}
        state={state}
        columns={columns}
        rowId={(row) => String(row.entry_id)}
        rowName={(row) => row.item}
        empty={
          <EmptyState
            title={state.isFiltered ? i18n._("No label matches.") : i18n._("Training labels unknown")}
            action={
              <Button component={Link} to={`/versions/${id}?tab=lineage`} variant="default">
                {i18n._("Open lineage")}
              </Button>
            }
          />
        }
      />
    </Page>
  );
}

/** The models that learned a label, asked for on request. */
function TrainedModels({ annotationId }: { annotationId: number }) {
  const { i18n } = useLingui();
  const [isShown, setShown] = useState(false);
  const result = useQuery({
    queryKey: ["annotation-models", annotationId],
    enabled: isShown,
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/annotations/{annotation_id}/models/", {
          params: { path: { annotation_id: annotationId } },
        }),
      ),
  });
  if (result.error) return <ErrorAlert error={result.error} />;
  if (!result.data) {
    return (
      <Button size="compact-sm" variant="default" loading={isShown} onClick={() => setShown(true)}>
        {i18n._("Show models")}
      </Button>
    );
  }
  return (
    <List size="sm" listStyleType="none">
      {result.data.results.map((row) => (
        <List.Item key={row.id}>
          <Link to={`/versions/${row.id}`}>{`${row.name} v${row.version}`}</Link>{" "}
          <Aliases names={row.aliases} />{" "}
          {row.deployments.length > 0 && i18n._("deployed as {names}", { names: row.deployments.join(", ") })}
        </List.Item>
      ))}
    </List>
  );
}

function shortly(value: unknown): string {
  const label = (value as { label?: unknown } | null)?.label;
  const text = typeof label === "string" ? label : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
