import { useLingui } from "@lingui/react";
import { Badge, Button } from "@mantine/core";
import { IconRocket } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { EmptyState, ErrorAlert, toast } from "../../shared/ui/feedback";
import { type Column, DataTable } from "../../shared/ui/list/data-table";
import { useListState } from "../../shared/ui/list/list-state";
import { DeletedSwitch, RestoreButton } from "../../shared/ui/list/restore";
import { useList } from "../../shared/ui/list/use-list";
import { count, moment } from "../../shared/ui/numbers";
import { Page } from "../../shared/ui/parts";
import { DeploymentState } from "./deployment-state";

const REFRESH = 3000; // milliseconds

/** Which version is served under which name, and how each deployment is. */
export function DeploymentsPage() {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const mayWrite = useMay("models.write");
  const state = useListState(["is_running", "state"]);
  const list = useList(
    ["deployments", state.query],
    (cursor) => {
      const { is_running, ...rest } = state.query;
      const running = is_running === undefined ? {} : { is_running: is_running === "true" };
      return unwrap(
        api.GET("/api/v1/deployments/", { params: { query: { ...rest, ...running, ...cursor } as object } }),
      );
    },
    { refetchInterval: REFRESH },
  );
  const restore = useMutation({
    mutationFn: (name: string) =>
      unwrap(api.POST("/api/v1/deployments/{name}/restore/", { params: { path: { name } } })),
    onSuccess: (row) => {
      toast(i18n, i18n._("Deployment {name} restored.", { name: row.name }));
      return queries.invalidateQueries({ queryKey: ["deployments"] });
    },
  });
  const columns: Column<Schemas["DeploymentOut"]>[] = [
    {
      id: "name",
      header: i18n._("Deployment"),
      ordering: "name",
      isRowHeader: true,
      cell: (row) => (row.deleted_at ? row.name : <Link to={`/deployments/${row.name}`}>{row.name}</Link>),
    },
    {
      id: "state",
      header: i18n._("State"),
      cell: (row) => <DeploymentState state={row.deleted_at ? "deleted" : row.state} />,
    },
    { id: "version", header: i18n._("Served version"), cell: (row) => <ServedVersion row={row} /> },
    { id: "shadow", header: i18n._("Shadow"), cell: (row) => row.shadow_version_name || "–" },
    {
      id: "project",
      header: i18n._("Project"),
      cell: (row) => <Link to={`/projects/${row.project_id}`}>{row.project_name}</Link>,
    },
    {
      id: "requests",
      header: i18n._("Predictions, last 24 h"),
      isNumeric: true,
      cell: (row) => count(row.prediction_count_24h, i18n.locale),
    },
    {
      id: "created",
      header: i18n._("Created"),
      ordering: "created_at",
      isHiddenAtFirst: true,
      cell: (row) => moment(row.created_at, i18n.locale),
    },
  ];
  if (state.filters.state) {
    columns.push({
      id: "purged",
      header: i18n._("Deleted for good on"),
      cell: (row) => (row.purged_at ? moment(row.purged_at, i18n.locale) : "–"),
    });
    if (mayWrite)
      columns.push({
        id: "actions",
        header: i18n._("Actions"),
        cell: (row) =>
          row.deleted_at && (
            <RestoreButton
              name={row.name}
              isLoading={restore.isPending && restore.variables === row.name}
              restore={() => restore.mutate(row.name)}
            />
          ),
      });
  }
  return (
    <Page title={i18n._("Deployments")}>
      {restore.error && <ErrorAlert error={restore.error} />}
      <DataTable
        toolbar={{
          views: { list: "deployments" },
          searchLabel: i18n._("Search deployments"),
          filters: [
            {
              name: "is_running",
              label: i18n._("State"),
              options: [
                ["true", i18n._("Started")],
                ["false", i18n._("Stopped")],
              ],
            },
          ],
          children: <DeletedSwitch state={state} label={i18n._("Deployments shown")} />,
        }}
        id="deployments"
        name={i18n._("Deployments")}
        list={list}
        state={state}
        columns={columns}
        rowId={(row) => String(row.id)}
        rowName={(row) => row.name}
        noMatch={i18n._("No deployment matches.")}
        empty={
          <EmptyState
            title={i18n._("No deployments yet")}
            Icon={IconRocket}
            action={
              <Button component={Link} to="/models">
                {i18n._("Open models")}
              </Button>
            }
          >
            {i18n._("Deploy a model version on its page to get predictions over HTTP.")}
          </EmptyState>
        }
      />
    </Page>
  );
}

/** The version that a deployment serves, and the alias that it follows. */
export function ServedVersion({ row }: { row: Schemas["DeploymentOut"] }) {
  return (
    <>
      {row.version_id ? (
        <Link to={`/versions/${row.version_id}`}>{`${row.model_name} v${row.version}`}</Link>
      ) : (
        row.model_name
      )}{" "}
      {row.alias && (
        <Badge component="span" variant="light" tt="none">
          {row.alias}
        </Badge>
      )}
    </>
  );
}
