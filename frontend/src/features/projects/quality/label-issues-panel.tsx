import type { I18n } from "@lingui/core";
import { useLingui } from "@lingui/react";
import { Anchor, Button, Group, Text } from "@mantine/core";
import { IconSearch, IconTagOff } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link } from "react-router";
import { brief } from "../../../editor/core/brief";
import { kindOf } from "../../../editor/core/kinds";
import { api, type Schemas, unwrap } from "../../../shared/api/client";
import { useMay } from "../../../shared/api/session";
import { EmptyState, ErrorAlert } from "../../../shared/ui/feedback";
import { type Column, DataTable } from "../../../shared/ui/list/data-table";
import { useListState } from "../../../shared/ui/list/list-state";
import { ListToolbar } from "../../../shared/ui/list/list-toolbar";
import { useList } from "../../../shared/ui/list/use-list";
import { JobLine } from "../../../shared/ui/parts";

type Project = Schemas["ProjectDetail"];
type Issue = Schemas["LabelIssueOut"];

/** Labels that look wrong, the most probable first; each opens in review, and those after it follow. */
export function LabelIssuesPanel({ project }: { project: Project }) {
  const { i18n } = useLingui();
  const mayRun = useMay("runs.write");
  const path = { path: { project_id: project.id } };
  const state = useListState(["reason"]);
  const issues = useList<Issue>(["label-issues", project.id, state.query], (cursor) =>
    unwrap(
      api.GET("/api/v1/projects/{project_id}/label-issues/", {
        params: { ...path, query: { ...state.query, ...cursor } as object },
      }),
    ),
  );
  const submit = useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/projects/{project_id}/label-issues/", { params: path })),
  });
  const job = useQuery({
    queryKey: ["job", submit.data?.id],
    queryFn: async () => {
      const job = await unwrap(
        api.GET("/api/v1/jobs/{job_id}/", { params: { path: { job_id: submit.data?.id ?? 0 } } }),
      );
      if (job.state === "done") issues.reload();
      return job;
    },
    enabled: submit.data !== undefined,
    refetchInterval: (query) =>
      ["queued", "running"].includes(query.state.data?.state ?? "queued") ? 1000 : false,
  });
  const columns = useMemo(() => issueColumns(i18n, project, issues.rows), [i18n, project, issues.rows]);
  const find = mayRun && (
    <Button
      leftSection={<IconSearch size={16} aria-hidden />}
      loading={submit.isPending}
      onClick={() => submit.mutate()}
    >
      {i18n._("Find label errors")}
    </Button>
  );
  return (
    <>
      <ListToolbar
        state={state}
        searchLabel={i18n._("Search items")}
        filters={[{ name: "reason", label: i18n._("Reason"), options: Object.entries(reasonTitles(i18n)) }]}
      >
        {job.data && <JobLine job={job.data} />}
        {(issues.rows.length > 0 || state.isFiltered) && find}
      </ListToolbar>
      {submit.error && <ErrorAlert error={submit.error} />}
      <DataTable
        id="label-issues"
        name={i18n._("Potential label errors")}
        list={issues}
        state={state}
        columns={columns}
        rowId={(row) => `${row.task_id}:${row.reason}`}
        rowName={(row) => row.name}
        empty={
          <EmptyState
            Icon={IconTagOff}
            title={state.isFiltered ? i18n._("No matching items.") : i18n._("No potential label errors.")}
            action={!state.isFiltered && find}
          >
            {!state.isFiltered &&
              i18n._("Compares labels with a model that never saw them and with near-duplicates.")}
          </EmptyState>
        }
      />
    </>
  );
}

function reasonTitles(i18n: I18n): Record<string, string> {
  return {
    confident_learning: i18n._("A held-out model predicts another label"),
    near_duplicate: i18n._("A near-duplicate has another label"),
  };
}

function issueColumns(i18n: I18n, project: Project, rows: Issue[]): Column<Issue>[] {
  const names = new Map(project.labels.map((label) => [label.id, label.name]));
  const reasons = reasonTitles(i18n);
  const reviewFrom = (row: Issue) => {
    const rest = rows.slice(rows.indexOf(row));
    const tasks = [...new Set(rest.map((entry) => entry.task_id))].slice(0, 100);
    return `/review/${project.id}?task=${tasks.join(",")}`;
  };
  return [
    {
      id: "name",
      header: i18n._("Item"),
      isRowHeader: true,
      cell: (row) => (
        <Group gap="sm" wrap="nowrap">
          {row.image && (
            <img
              src={row.image}
              alt=""
              width="48"
              height="48"
              loading="lazy"
              style={{ objectFit: "contain" }}
            />
          )}
          <Anchor component={Link} to={reviewFrom(row)}>
            {row.name}
          </Anchor>
        </Group>
      ),
    },
    {
      id: "label",
      header: i18n._("Current label"),
      cell: (row) => brief(kindOf(project.project_type), row.value, names),
    },
    {
      id: "suggestion",
      header: i18n._("Suggested label"),
      cell: (row) => (row.suggested_label ? (names.get(row.suggested_label) ?? row.suggested_label) : "–"),
    },
    {
      id: "reason",
      header: i18n._("Reason"),
      cell: (row) => (
        <>
          {reasons[row.reason] ?? row.reason}{" "}
          {row.duplicate_task_id !== null && (
            <Anchor
              component={Link}
              to={`/projects/${project.id}/items?item=${row.duplicate_task_id}`}
              size="sm"
            >
              {i18n._("Open duplicate")}
            </Anchor>
          )}
        </>
      ),
    },
    {
      id: "score",
      header: i18n._("Score"),
      ordering: "score",
      isNumeric: true,
      cell: (row) => (
        <Text span size="sm">
          {row.score.toFixed(2)}
        </Text>
      ),
    },
  ];
}
