import type { I18n } from "@lingui/core";
import { useLingui } from "@lingui/react";
import { Anchor, Badge, Button, Group, Text } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay, IconUsers } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link } from "react-router";
import { api, ifMatch, type Schemas, unwrap } from "../../../shared/api/client";
import { useMay } from "../../../shared/api/session";
import { EmptyState, ErrorAlert, toast } from "../../../shared/ui/feedback";
import { type Column, DataTable } from "../../../shared/ui/list/data-table";
import { useListState } from "../../../shared/ui/list/list-state";
import { ListToolbar } from "../../../shared/ui/list/list-toolbar";
import { useList } from "../../../shared/ui/list/use-list";
import { count, percent } from "../../../shared/ui/numbers";

type Member = Schemas["ProjectMemberOut"];

/** Everybody who labels here: how much, how fast, how well, with intervals; and whether they go on. */
export function AnnotatorsPanel({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  const mayChange = useMay("projects.write");
  const queries = useQueryClient();
  const path = { project_id: project.id };
  const state = useListState(["is_paused"]);
  const members = useList<Member>(
    ["project-members", project.id, state.query],
    (cursor) =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/members/", {
          params: { path, query: { ...state.query, ...cursor } as object },
        }),
      ),
    { refetchInterval: 10_000 },
  );
  const change = useMutation({
    mutationFn: ({ member, isPaused }: { member: Member; isPaused: boolean }) =>
      unwrap(
        api.PATCH("/api/v1/projects/{project_id}/members/{user_id}/", {
          params: { path: { ...path, user_id: member.user_id }, header: ifMatch(member) },
          body: { is_paused: isPaused },
        }),
      ),
    onSuccess: (row) => {
      void queries.invalidateQueries({ queryKey: ["project-members", project.id] });
      const text = row.is_paused
        ? i18n._("{name} is paused.", { name: row.name })
        : i18n._("{name} is active again.", { name: row.name });
      toast(i18n, text, () => change.mutate({ member: row, isPaused: !row.is_paused }));
    },
  });
  const columns = useMemo(
    () =>
      memberColumns(
        i18n,
        project.id,
        mayChange ? (member) => change.mutate({ member, isPaused: !member.is_paused }) : null,
      ),
    [i18n, project.id, mayChange, change.mutate],
  );
  return (
    <>
      <ListToolbar
        state={state}
        searchLabel={i18n._("Search annotators")}
        filters={[
          {
            name: "is_paused",
            label: i18n._("State"),
            options: [
              ["false", i18n._("Active")],
              ["true", i18n._("Paused")],
            ],
          },
        ]}
      />
      {change.error && <ErrorAlert error={change.error} />}
      <DataTable
        id="project-annotators"
        name={i18n._("Annotators")}
        list={members}
        state={state}
        columns={columns}
        rowId={(row) => String(row.user_id)}
        rowName={(row) => row.name}
        noMatch={i18n._("No matching annotators.")}
        empty={
          <EmptyState
            Icon={IconUsers}
            title={i18n._("No annotators yet.")}
            action={
              <Button component={Link} to="/members" variant="default">
                {i18n._("Open members")}
              </Button>
            }
          >
            {i18n._("Annotators appear here with their first annotation.")}
          </EmptyState>
        }
      />
    </>
  );
}

function memberColumns(
  i18n: I18n,
  projectId: number,
  toggle: ((member: Member) => void) | null,
): Column<Member>[] {
  const share = (part: number, whole: number, low: number, high: number) =>
    whole === 0 ? (
      <Text span size="sm" c="dimmed">
        {i18n._("Not enough data")}
      </Text>
    ) : (
      <>
        {part}/{whole}{" "}
        <Text span size="xs" c="dimmed">
          {percent(low, i18n.locale, 0)}–{percent(high, i18n.locale, 0)}
        </Text>
      </>
    );
  return [
    {
      id: "name",
      header: i18n._("Annotator"),
      ordering: "name",
      isRowHeader: true,
      cell: (row) => (
        <Anchor component={Link} to={`/projects/${projectId}/items?annotator_id=${row.user_id}`}>
          {row.name}
        </Anchor>
      ),
    },
    {
      id: "annotations",
      header: i18n._("Annotations"),
      ordering: "annotation_count",
      isNumeric: true,
      cell: (row) => count(row.annotation_count, i18n.locale),
    },
    {
      id: "seconds",
      header: i18n._("Seconds per item"),
      isNumeric: true,
      cell: (row) => (row.ms_per_annotation === null ? "–" : (row.ms_per_annotation / 1000).toFixed(1)),
    },
    {
      id: "gold",
      header: i18n._("Gold accuracy"),
      isNumeric: true,
      cell: ({ gold_accuracy: gold }) => share(gold.correct_count, gold.count, gold.low, gold.high),
    },
    {
      id: "accepted",
      header: i18n._("Accepted in review"),
      isNumeric: true,
      cell: (row) => share(row.accepted_count, row.review_count, row.acceptance_low, row.acceptance_high),
    },
    {
      id: "state",
      header: i18n._("State"),
      cell: (row) => (
        <Group gap="xs" wrap="nowrap">
          <Badge
            variant="light"
            color={row.is_paused ? "yellow" : "teal"}
            c="var(--ink)"
            tt="none"
            title={row.pause_reason || undefined}
            leftSection={
              row.is_paused ? (
                <IconPlayerPause size={12} aria-hidden />
              ) : (
                <IconPlayerPlay size={12} aria-hidden />
              )
            }
          >
            {row.is_paused
              ? row.pause_reason
                ? i18n._("Paused: {reason}", { reason: row.pause_reason })
                : i18n._("Paused")
              : i18n._("Active")}
          </Badge>
          {toggle && (
            <Button
              variant="default"
              size="compact-sm"
              aria-label={
                row.is_paused
                  ? i18n._("Resume {name}", { name: row.name })
                  : i18n._("Pause {name}", { name: row.name })
              }
              onClick={() => toggle(row)}
            >
              {row.is_paused ? i18n._("Resume") : i18n._("Pause")}
            </Button>
          )}
        </Group>
      ),
    },
  ];
}
