import type { I18n } from "@lingui/core";
import { useLingui } from "@lingui/react";
import { Anchor, Button, Group, SegmentedControl, Text } from "@mantine/core";
import { IconArchive, IconFolders, IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link } from "react-router";
import { FirstProject, useIsGuided } from "../../first-project/first-project";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { EmptyState, ErrorAlert, toast } from "../../shared/ui/feedback";
import { type Column, DataTable } from "../../shared/ui/list/data-table";
import { type ListState, useListState } from "../../shared/ui/list/list-state";
import { ListToolbar } from "../../shared/ui/list/list-toolbar";
import { NoMatch } from "../../shared/ui/list/no-match";
import { useList } from "../../shared/ui/list/use-list";
import { count, day, percent } from "../../shared/ui/numbers";
import { Page } from "../../shared/ui/parts";
import { ArchivedBadge } from "./archived";
import { LabelingProgress } from "./labeling-progress";

type Project = Schemas["ProjectOut"];

const FILTERS = ["state", "kind"] as const;

/** Projects in use, archived ones, or all: searched, sorted and filtered in the address. */
export function ProjectsPage() {
  const { i18n } = useLingui();
  const mayCreate = useMay("projects.write");
  const isGuided = useIsGuided();
  const mayOpenItems = useMay("labels.review");
  const state = useListState(FILTERS);
  const projects = useList<Project>(
    ["projects", "list", state.query],
    (cursor) =>
      unwrap(api.GET("/api/v1/projects/", { params: { query: { ...state.query, ...cursor } as object } })),
    { refetchInterval: 10_000 },
  );
  const types = useQuery({
    queryKey: ["project-types"],
    queryFn: () => unwrap(api.GET("/api/v1/project-types/")),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const queries = useQueryClient();
  const restore = useMutation({
    mutationFn: (id: number) =>
      unwrap(api.POST("/api/v1/projects/{project_id}/restore/", { params: { path: { project_id: id } } })),
    onSuccess: (row) => {
      toast(i18n, i18n._("Project “{name}” restored.", { name: row.name }));
      return queries.invalidateQueries();
    },
  });
  const mayRestore = mayCreate && state.filters.state === "archived";
  const columns = useMemo(
    () => [
      ...projectColumns(i18n, mayOpenItems),
      ...(mayRestore ? [restoreColumn(i18n, restore.mutate)] : []),
    ],
    [i18n, mayOpenItems, mayRestore, restore.mutate],
  );
  const create = mayCreate && (
    <Button component={Link} to="/projects/new" leftSection={<IconPlus size={16} aria-hidden />}>
      {i18n._("New project")}
    </Button>
  );
  const isWhole = !state.isFiltered && !projects.isPending && !projects.error;
  const isFirst = isWhole && projects.rows.length === 0;
  const isUnlabeled = isWhole && projects.rows.every(({ tasks }) => tasks.done + tasks.review === 0);
  return (
    <Page title={i18n._("Projects")} actions={create || undefined}>
      {isGuided && isUnlabeled && <FirstProject />}
      {!(isGuided && isFirst) && (
        <>
          <ListToolbar
            state={state}
            views={{ list: "projects" }}
            searchLabel={i18n._("Search projects")}
            filters={[
              {
                name: "kind",
                label: i18n._("Type"),
                options: types.data?.results.map((type) => [type.key, type.title]) ?? [],
              },
            ]}
          >
            <StateSwitch state={state} />
          </ListToolbar>
          {restore.error && <ErrorAlert error={restore.error} />}
          <DataTable
            id="projects"
            name={i18n._("Projects")}
            list={projects}
            state={state}
            columns={columns}
            rowId={(row) => String(row.id)}
            rowName={(row) => row.name}
            empty={<NoProjects state={state} mayCreate={mayCreate} />}
          />
        </>
      )}
    </Page>
  );
}

/** Archived projects are one click away. */
function StateSwitch({ state }: { state: ListState }) {
  const { i18n } = useLingui();
  return (
    <SegmentedControl
      size="sm"
      aria-label={i18n._("Projects shown")}
      value={state.filters.state ?? "active"}
      onChange={(value) => state.set({ state: value === "active" ? "" : value })}
      data={[
        { value: "active", label: i18n._("Active") },
        { value: "archived", label: i18n._("Archived") },
        { value: "all", label: i18n._("All") },
      ]}
    />
  );
}

function NoProjects({ state, mayCreate }: { state: ListState; mayCreate: boolean }) {
  const { i18n } = useLingui();
  const isOnlyArchived = state.filters.state === "archived" && !state.search && !state.filters.kind;
  if (isOnlyArchived)
    return (
      <EmptyState
        Icon={IconArchive}
        title={i18n._("No archived projects.")}
        action={
          <Button variant="default" onClick={state.clear}>
            {i18n._("Show active projects")}
          </Button>
        }
      />
    );
  if (state.isFiltered) return <NoMatch title={i18n._("No matching projects.")} state={state} />;
  if (mayCreate)
    return (
      <EmptyState
        Icon={IconFolders}
        title={i18n._("No projects yet.")}
        action={
          <Button component={Link} to="/projects/new">
            {i18n._("New project")}
          </Button>
        }
      />
    );
  return (
    <EmptyState Icon={IconFolders} title={i18n._("No projects yet.")}>
      {i18n._("A manager of your organization creates the first project.")}
    </EmptyState>
  );
}

function restoreColumn(i18n: I18n, restore: (id: number) => void): Column<Project> {
  return {
    id: "actions",
    header: i18n._("Actions"),
    cell: (row) => (
      <Button
        size="compact-sm"
        variant="default"
        aria-label={i18n._("Restore {name}", { name: row.name })}
        onClick={() => restore(row.id)}
      >
        {i18n._("Restore")}
      </Button>
    ),
  };
}

function projectColumns(i18n: I18n, mayOpenItems: boolean): Column<Project>[] {
  const tasks = (row: Project, number: number, filter: string, color?: string) => {
    const text = count(number, i18n.locale);
    if (!mayOpenItems || number === 0) return text;
    return (
      <Anchor component={Link} to={`/projects/${row.id}/items?${filter}`} c={color}>
        {text}
      </Anchor>
    );
  };
  return [
    {
      id: "name",
      header: i18n._("Project"),
      ordering: "name",
      isRowHeader: true,
      cell: (row) => (
        <>
          <Group gap="xs" wrap="nowrap">
            <Anchor component={Link} to={`/projects/${row.id}`} fw={600}>
              {row.name}
            </Anchor>
            {row.archived && <ArchivedBadge />}
          </Group>
          {row.note && (
            <Text size="xs" c="dimmed" lineClamp={1} maw={360} title={row.note}>
              {row.note}
            </Text>
          )}
        </>
      ),
    },
    {
      id: "type",
      header: i18n._("Type"),
      cell: (row) => (
        <Text size="sm" maw={220}>
          {row.project_type.title}
        </Text>
      ),
    },
    {
      id: "progress",
      header: i18n._("Progress"),
      cell: (row) => <LabelingProgress tasks={row.tasks} label={row.name} />,
    },
    {
      id: "target",
      header: i18n._("Target accuracy"),
      ordering: "target",
      isNumeric: true,
      cell: (row) => percent(row.target, i18n.locale, 0),
    },
    {
      id: "open",
      header: i18n._("Open"),
      isNumeric: true,
      cell: (row) => tasks(row, row.tasks.open, "state=open"),
    },
    {
      id: "review",
      header: i18n._("In review"),
      isNumeric: true,
      cell: (row) => tasks(row, row.tasks.review, "state=review"),
    },
    {
      id: "conflicts",
      header: i18n._("Conflicts"),
      isNumeric: true,
      cell: (row) => tasks(row, row.conflict_count, "is_conflict=true", "var(--warn)"),
    },
    {
      id: "skipped",
      header: i18n._("Skipped"),
      isNumeric: true,
      isHiddenAtFirst: true,
      cell: (row) => tasks(row, row.tasks.skipped, "state=skipped"),
    },
    {
      id: "created",
      header: i18n._("Created"),
      ordering: "created_at",
      isNumeric: true,
      cell: (row) => day(row.created_at.slice(0, 10), i18n.locale),
    },
  ];
}
