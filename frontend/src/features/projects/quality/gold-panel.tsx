import type { I18n } from "@lingui/core";
import { useLingui } from "@lingui/react";
import { Anchor, Button, Text } from "@mantine/core";
import { IconMedal } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link } from "react-router";
import { brief } from "../../../editor/core/brief";
import { kindOf } from "../../../editor/core/kinds";
import { api, type Schemas, unwrap } from "../../../shared/api/client";
import { useMay } from "../../../shared/api/session";
import { ConfirmButton } from "../../../shared/ui/confirm-button";
import { EmptyState, ErrorAlert, toast } from "../../../shared/ui/feedback";
import { type Column, DataTable } from "../../../shared/ui/list/data-table";
import { useListState } from "../../../shared/ui/list/list-state";
import { ListToolbar } from "../../../shared/ui/list/list-toolbar";
import { useList } from "../../../shared/ui/list/use-list";

type Project = Schemas["ProjectDetail"];
type Gold = Schemas["GoldTaskOut"];

/** Items whose ground truth is known, and what people made of them. */
export function GoldPanel({ project }: { project: Project }) {
  const { i18n } = useLingui();
  const maySee = useMay("projects.write") || project.archived;
  const queries = useQueryClient();
  const state = useListState(["is_qualification"]);
  const gold = useList<Gold>(
    ["gold", project.id, state.query],
    (cursor) =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/gold/", {
          params: { path: { project_id: project.id }, query: { ...state.query, ...cursor } as object },
        }),
      ),
    { enabled: maySee },
  );
  const refresh = () => queries.invalidateQueries({ queryKey: ["gold", project.id] });
  const restore = (row: Gold) =>
    unwrap(
      api.PUT("/api/v1/tasks/{task_id}/gold/", {
        params: { path: { task_id: row.task_id } },
        body: { is_qualification: row.is_qualification, value: row.value },
      }),
    ).then(refresh);
  const remove = useMutation({
    mutationFn: (row: Gold) =>
      unwrap(api.DELETE("/api/v1/tasks/{task_id}/gold/", { params: { path: { task_id: row.task_id } } })),
    onSuccess: (_, row) => {
      void refresh();
      toast(i18n, i18n._("{name} removed from the gold set.", { name: row.name }), () => restore(row));
    },
  });
  const columns = useMemo(() => goldColumns(i18n, project, remove.mutate), [i18n, project, remove.mutate]);
  if (!maySee)
    return <EmptyState Icon={IconMedal} title={i18n._("Gold items are shown to managers and admins.")} />;
  return (
    <>
      <ListToolbar
        state={state}
        searchLabel={i18n._("Search gold items")}
        filters={[
          {
            name: "is_qualification",
            label: i18n._("Use"),
            options: [
              ["false", i18n._("Hidden in the queue")],
              ["true", i18n._("Onboarding")],
            ],
          },
        ]}
      />
      {remove.error && <ErrorAlert error={remove.error} />}
      <DataTable
        id="gold-items"
        name={i18n._("Gold items")}
        list={gold}
        state={state}
        columns={columns}
        rowId={(row) => String(row.task_id)}
        rowName={(row) => row.name}
        noMatch={i18n._("No matching gold items.")}
        empty={
          <EmptyState
            Icon={IconMedal}
            title={i18n._("No gold items yet.")}
            action={
              <Button component={Link} to={`/projects/${project.id}/items?state=done`}>
                {i18n._("Choose from labeled items")}
              </Button>
            }
          >
            {i18n._(
              "About 20 reliable items, hidden in the queue, measure how accurately each annotator labels.",
            )}
          </EmptyState>
        }
      />
    </>
  );
}

function goldColumns(i18n: I18n, project: Project, remove: (row: Gold) => void): Column<Gold>[] {
  const names = new Map(project.labels.map((label) => [label.id, label.name]));
  return [
    {
      id: "name",
      header: i18n._("Item"),
      ordering: "name",
      isRowHeader: true,
      cell: (row) => (
        <Anchor component={Link} to={`/projects/${project.id}/items?item=${row.task_id}`}>
          {row.name}
        </Anchor>
      ),
    },
    {
      id: "truth",
      header: i18n._("Ground truth"),
      cell: (row) => brief(kindOf(project.project_type), row.value, names),
    },
    {
      id: "use",
      header: i18n._("Use"),
      cell: (row) => (row.is_qualification ? i18n._("Onboarding") : i18n._("Hidden in the queue")),
    },
    {
      id: "correct",
      header: i18n._("Correct annotations"),
      isNumeric: true,
      cell: (row) =>
        row.annotation_count === 0 ? (
          <Text span size="sm" c="dimmed">
            {i18n._("Not enough data")}
          </Text>
        ) : (
          `${row.correct_count}/${row.annotation_count}`
        ),
    },
    {
      id: "remove",
      header: i18n._("Actions"),
      cell: (row) => (
        <ConfirmButton
          size="compact-sm"
          title={i18n._("Remove from gold set?")}
          consequence={i18n._("{name} no longer counts for gold accuracy. Its annotations are kept.", {
            name: row.name,
          })}
          confirm={i18n._("Remove")}
          onConfirm={() => remove(row)}
        >
          {i18n._("Remove…")}
        </ConfirmButton>
      ),
    },
  ];
}
