import type { I18n } from "@lingui/core";
import { useLingui } from "@lingui/react";
import { Anchor, Button, Checkbox, SegmentedControl, Select, Skeleton, Text } from "@mantine/core";
import { IconLayoutGrid, IconPhotoOff, IconTable } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type MouseEvent, useRef, useState } from "react";
import { Link } from "react-router";
import { api, type Schemas, unwrap } from "../../../shared/api/client";
import { useMay } from "../../../shared/api/session";
import { EmptyState, ErrorAlert } from "../../../shared/ui/feedback";
import { type Column, DataTable } from "../../../shared/ui/list/data-table";
import { type ListState, useListState } from "../../../shared/ui/list/list-state";
import { ListToolbar } from "../../../shared/ui/list/list-toolbar";
import { useKeptScroll, useOpenRow } from "../../../shared/ui/list/neighbors";
import { NoMatch } from "../../../shared/ui/list/no-match";
import { type List, useList } from "../../../shared/ui/list/use-list";
import { percent } from "../../../shared/ui/numbers";
import { totalOf } from "../labeling-progress";
import { type Project, ProjectFrame } from "../project-frame";
import { BulkBar } from "./bulk-bar";
import { ItemDrawer } from "./item-drawer";
import { useItemFilters } from "./item-filters";
import { ItemLabels, TaskState } from "./item-parts";
import { ItemPicture } from "./item-picture";
import styles from "./items.module.css";

type Row = Schemas["TaskRow"];

const FILTERS = [
  "state",
  "label",
  "annotator_id",
  "team_id",
  "is_conflict",
  "has_agreement",
  "meta",
  "attribute",
  "confidence",
  "annotated_within_days",
  "split",
] as const;

/** Every item of a project with its annotation: as pictures or as a table, found, selected, changed, opened. */
export function ProjectItemsPage() {
  return <ProjectFrame>{(project) => <Items key={project.id} project={project} />}</ProjectFrame>;
}

export function Items({ project }: { project: Project }) {
  const { i18n } = useLingui();
  const mayChange = useMay("projects.write");
  const state = useListState(FILTERS);
  const view = useListState(["view"]);
  const isTable = view.filters.view === "table";
  const [selected, select] = useState<ReadonlySet<string>>(new Set());
  const items = useList<Row>(["tasks", project.id, state.query], (cursor) =>
    unwrap(
      api.GET("/api/v1/projects/{project_id}/tasks/", {
        params: {
          path: { project_id: project.id },
          query: { state: "all", limit: isTable ? 50 : 60, ...state.query, ...cursor } as object,
        },
      }),
    ),
  );
  const { ordering: _, ...filtered } = state.query;
  const facets = useQuery({
    queryKey: ["tasks", project.id, "facets", filtered],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/tasks/facets/", {
          params: { path: { project_id: project.id }, query: { state: "all", ...filtered } as object },
        }),
      ),
    placeholderData: (before) => before,
  });
  const total = facets.data?.is_complete ? facets.data.count : null;
  const { id: openId, row, open, neighbors } = useOpenRow(items, total);
  useKeptScroll(!items.isPending);
  const filters = useItemFilters(project, facets.data);
  const columns = itemColumns(i18n, project, open);
  const empty = <NoItems project={project} state={state} />;
  return (
    <>
      <ListToolbar
        state={state}
        searchLabel={i18n._("Search items")}
        filters={filters}
        views={{ list: "project-items", projectId: project.id, extra: ["view"] }}
      >
        {!isTable && <SortSelect state={state} />}
        <SegmentedControl
          aria-label={i18n._("View")}
          value={isTable ? "table" : "grid"}
          onChange={(value) => view.set({ view: value === "table" ? "table" : "" })}
          data={[
            { value: "grid", label: <ViewIcon Icon={IconLayoutGrid} text={i18n._("Grid")} /> },
            { value: "table", label: <ViewIcon Icon={IconTable} text={i18n._("Table")} /> },
          ]}
        />
      </ListToolbar>
      {mayChange && selected.size > 0 && (
        <BulkBar
          project={project}
          rows={items.rows.filter((row) => selected.has(String(row.id)))}
          state={onlyState(state)}
          total={totalIn(project, onlyState(state))}
          areAllSelected={items.rows.length > 0 && items.rows.every((row) => selected.has(String(row.id)))}
          clear={() => select(new Set())}
        />
      )}
      {isTable ? (
        <DataTable
          id="project-items"
          name={i18n._("Items")}
          list={items}
          state={state}
          columns={columns}
          rowId={(row) => String(row.id)}
          rowName={(row) => row.name}
          empty={empty}
          {...(mayChange ? { selection: { selected, select } } : {})}
        />
      ) : (
        <Grid
          project={project}
          list={items}
          empty={empty}
          selected={selected}
          select={mayChange ? select : undefined}
          open={open}
        />
      )}
      {openId !== null && (
        <ItemDrawer
          project={project}
          taskId={openId}
          row={row}
          annotatedIds={items.rows.filter(({ value }) => value !== null).map(({ id }) => id)}
          neighbors={neighbors}
          open={open}
        />
      )}
    </>
  );
}

function ViewIcon({ Icon, text }: { Icon: typeof IconTable; text: string }) {
  return (
    <span className={styles.view}>
      <Icon size={15} aria-hidden /> {text}
    </span>
  );
}

/** The state, where nothing else narrows the list: bulk actions can then go over all of it. */
function onlyState(state: ListState): string {
  const others = Object.keys(state.filters).filter((name) => name !== "state");
  return state.search === "" && others.length === 0 ? (state.filters.state ?? "") : "";
}

function totalIn(project: Project, state: string): number {
  return state in project.tasks ? project.tasks[state as keyof Project["tasks"]] : totalOf(project.tasks);
}

function SortSelect({ state }: { state: ListState }) {
  const { i18n } = useLingui();
  return (
    <Select
      w={200}
      aria-label={i18n._("Sort by")}
      allowDeselect={false}
      value={state.ordering || "-id"}
      onChange={(value) => state.set({ ordering: value === "-id" ? "" : (value ?? "") })}
      data={[
        { value: "-id", label: i18n._("Newest first") },
        { value: "id", label: i18n._("Oldest first") },
        { value: "name", label: i18n._("Name") },
        { value: "agreement", label: i18n._("Lowest agreement first") },
      ]}
    />
  );
}

function NoItems({ project, state }: { project: Project; state: ListState }) {
  const { i18n } = useLingui();
  if (state.isFiltered) return <NoMatch title={i18n._("No matching items.")} state={state} />;
  return (
    <EmptyState
      Icon={IconPhotoOff}
      title={i18n._("No items yet.")}
      action={
        <Button component={Link} to={`/datasets/${project.dataset_id}`}>
          {i18n._("Import data")}
        </Button>
      }
    >
      {i18n._("Every item of the project's dataset appears here.")}
    </EmptyState>
  );
}

/** Pictures side by side. A click opens, the checkbox selects, Shift selects up to there. */
function Grid({
  project,
  list,
  empty,
  selected,
  select,
  open,
}: {
  project: Project;
  list: List<Row>;
  empty: React.ReactNode;
  selected: ReadonlySet<string>;
  select: ((selected: Set<string>) => void) | undefined;
  open: (id: number) => void;
}) {
  const { i18n } = useLingui();
  const last = useRef(0);
  if (list.error) return <ErrorAlert error={list.error} retry={list.reload} />;
  if (list.isPending)
    return (
      <div className={styles.grid} role="status" aria-label={i18n._("Loading…")}>
        {["a", "b", "c", "d", "e", "f", "g", "h"].map((key) => (
          <Skeleton key={key} height={190} />
        ))}
      </div>
    );
  if (list.rows.length === 0) return empty;
  const toggle = (place: number, event: MouseEvent) => {
    const after = new Set(selected);
    const isOn = !after.has(String(list.rows[place]?.id));
    const [from, to] = event.shiftKey ? [last.current, place].sort((a, b) => a - b) : [place, place];
    for (const row of list.rows.slice(from, (to ?? place) + 1))
      if (isOn) after.add(String(row.id));
      else after.delete(String(row.id));
    last.current = place;
    select?.(after);
  };
  const areAll = list.rows.every((row) => selected.has(String(row.id)));
  return (
    <>
      {select && (
        <Checkbox
          mb="xs"
          label={i18n._("{count, plural, one {Select # item shown} other {Select all # items shown}}", {
            count: list.rows.length,
          })}
          checked={areAll}
          indeterminate={!areAll && selected.size > 0}
          onChange={() => select(areAll ? new Set() : new Set(list.rows.map((row) => String(row.id))))}
        />
      )}
      <ul className={styles.grid} aria-label={i18n._("Items")} aria-busy={list.isFetching}>
        {list.rows.map((row, place) => (
          <li key={row.id} className={styles.card} data-selected={selected.has(String(row.id)) || undefined}>
            {select && (
              <Checkbox
                className={styles.check}
                aria-label={i18n._("Select {name}", { name: row.name })}
                checked={selected.has(String(row.id))}
                readOnly
                onClick={(event) => toggle(place, event)}
              />
            )}
            <button type="button" className={styles.open} onClick={() => open(row.id)}>
              <ItemPicture row={row} labels={project.labels} />
              <span className={styles.name}>{row.name}</span>
            </button>
            <div className={styles.foot}>
              <TaskState state={row.state} />
              {row.agreement !== null && (
                <Text span size="xs" c="dimmed">
                  {i18n._("agreement {share}", { share: percent(row.agreement, i18n.locale, 0) })}
                </Text>
              )}
              <ItemLabels row={row} labels={project.labels} />
            </div>
          </li>
        ))}
      </ul>
      {list.hasMore && (
        <Button variant="default" mt="sm" onClick={list.loadMore} loading={list.isFetching}>
          {i18n._("Show more")}
        </Button>
      )}
    </>
  );
}

function itemColumns(i18n: I18n, project: Project, open: (id: number) => void): Column<Row>[] {
  return [
    {
      id: "name",
      header: i18n._("Item"),
      ordering: "name",
      isRowHeader: true,
      cell: (row) => (
        <span className={styles.cell}>
          {row.image && (
            <span className={styles.small}>
              <ItemPicture row={row} labels={project.labels} />
            </span>
          )}
          <Anchor component="button" type="button" onClick={() => open(row.id)} ta="start">
            {row.name}
          </Anchor>
        </span>
      ),
    },
    { id: "state", header: i18n._("State"), cell: (row) => <TaskState state={row.state} /> },
    {
      id: "labels",
      header: i18n._("Labels"),
      cell: (row) => <ItemLabels row={row} labels={project.labels} />,
    },
    { id: "annotator", header: i18n._("Annotator"), cell: (row) => row.annotator || "–" },
    {
      id: "agreement",
      header: i18n._("Agreement"),
      ordering: "agreement",
      isNumeric: true,
      cell: (row) => (row.agreement === null ? "–" : percent(row.agreement, i18n.locale, 0)),
    },
    { id: "assignee", header: i18n._("Assigned to"), cell: (row) => row.assignee || row.team || "–" },
    {
      id: "priority",
      header: i18n._("Priority"),
      isNumeric: true,
      isHiddenAtFirst: true,
      cell: (row) => row.priority,
    },
    {
      id: "skip",
      header: i18n._("Skip reason"),
      isHiddenAtFirst: true,
      cell: (row) => row.skip_reason || "–",
    },
  ];
}
