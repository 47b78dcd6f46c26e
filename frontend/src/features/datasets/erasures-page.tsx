import { useLingui } from "@lingui/react";
import { Button } from "@mantine/core";
import { IconEraser } from "@tabler/icons-react";
import { Link } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { EmptyState } from "../../shared/ui/feedback";
import { type Column, DataTable } from "../../shared/ui/list/data-table";
import { useListState } from "../../shared/ui/list/list-state";
import { useList } from "../../shared/ui/list/use-list";
import { count, moment } from "../../shared/ui/numbers";
import { JobLine, Page } from "../../shared/ui/parts";
import { AffectedResources } from "./erase-panel";

const REFRESH = 3000; // milliseconds

/** What was erased, why, and what lost it. */
export function ErasuresPage() {
  const { i18n } = useLingui();
  const state = useListState();
  const list = useList(
    ["erasures", state.query],
    (cursor) => unwrap(api.GET("/api/v1/erasures/", { params: { query: { ...state.query, ...cursor } } })),
    { refetchInterval: REFRESH },
  );
  const columns: Column<Schemas["ErasureOut"]>[] = [
    {
      id: "reason",
      header: i18n._("Reason"),
      isRowHeader: true,
      cell: (row) => row.reason,
    },
    {
      id: "dataset",
      header: i18n._("Dataset"),
      cell: (row) => <Link to={`/datasets/${row.dataset_id}`}>{row.dataset}</Link>,
    },
    {
      id: "items",
      header: i18n._("Items"),
      isNumeric: true,
      cell: (row) => count(row.report.items, i18n.locale),
    },
    {
      id: "annotations",
      header: i18n._("Annotations"),
      isNumeric: true,
      cell: (row) => count(row.report.counts.labels ?? 0, i18n.locale),
    },
    {
      id: "affected",
      header: i18n._("Affected"),
      cell: (row) =>
        row.report.resources.length ? <AffectedResources resources={row.report.resources} /> : "–",
    },
    { id: "state", header: i18n._("State"), cell: (row) => (row.job ? <JobLine job={row.job} /> : "–") },
    { id: "by", header: i18n._("Erased by"), cell: (row) => row.created_by || i18n._("By retention policy") },
    { id: "when", header: i18n._("Created"), cell: (row) => moment(row.created_at, i18n.locale) },
  ];
  return (
    <Page
      title={i18n._("Erased items")}
      crumbs={[["/datasets", i18n._("Datasets")]]}
      lead={i18n._("Items erased for good, the reason, and the snapshots and models that lost them.")}
    >
      <DataTable
        toolbar={{ searchLabel: i18n._("Search by reason or dataset") }}
        id="erasures"
        name={i18n._("Erased items")}
        list={list}
        state={state}
        columns={columns}
        rowId={(row) => String(row.id)}
        rowName={(row) => row.reason}
        empty={
          <EmptyState
            title={state.isFiltered ? i18n._("No erasure matches.") : i18n._("Nothing was erased yet")}
            Icon={IconEraser}
            action={
              <Button component={Link} to="/datasets" variant="default">
                {i18n._("Open datasets")}
              </Button>
            }
          >
            {i18n._("Items are erased on the page of their dataset.")}
          </EmptyState>
        }
      />
    </Page>
  );
}
