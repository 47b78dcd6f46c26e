import { useLingui } from "@lingui/react";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { api, type Schemas, unwrap } from "../../../shared/api/client";
import { useMay } from "../../../shared/api/session";
import { count, percent } from "../../../shared/ui/numbers";
import { Empty, Failure, Waiting } from "../../../shared/ui/parts";

type Project = Schemas["ProjectDetail"];
type Row = Schemas["TaskRow"];

/** The very tasks behind the figures, thirty at a time, and what can be done with many of them. */
export function TasksPanel({ project }: { project: Project }) {
  const { i18n } = useLingui();
  const [search, setSearch] = useSearchParams();
  const may = useMay("projects.write");
  const state = (search.get("state") ?? "done") as "done";
  const person = Number(search.get("person")) || undefined;
  const order = search.get("order") ?? undefined;
  const [chosen, choose] = useState<ReadonlySet<number>>(new Set());
  const rows = useInfiniteQuery({
    queryKey: ["tasks", project.id, state, person, order],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/tasks/", {
          params: {
            path: { project_id: project.id },
            query: {
              state: person || order ? "all" : state,
              ...(person ? { annotator_id: person } : {}),
              ...(order === "agreement" ? { ordering: "agreement", has_agreement: true } : {}),
              ...(pageParam ? { cursor: pageParam } : {}),
            },
          },
        }),
      ),
    getNextPageParam: (page) => page.next || undefined,
  });
  const states: [string, string][] = [
    ["open", i18n._("Open")],
    ["review", i18n._("In review")],
    ["done", i18n._("Done")],
    ["skipped", i18n._("Skipped")],
  ];
  const all = rows.data?.pages.flatMap((page) => page.results) ?? [];
  return (
    <>
      <div className="actions">
        {states.map(([key, title]) => (
          <button
            key={key}
            type="button"
            aria-pressed={!person && !order && key === state}
            onClick={() => {
              choose(new Set());
              setSearch({ tab: "tasks", state: key });
            }}
          >
            {title}
          </button>
        ))}
        <button
          type="button"
          aria-pressed={order === "agreement"}
          onClick={() => setSearch({ tab: "tasks", order: "agreement" })}
        >
          {i18n._("Least alike first")}
        </button>
      </div>
      {may && <Bulk project={project} chosen={chosen} done={() => choose(new Set())} />}
      {rows.error && <Failure error={rows.error} again={() => void rows.refetch()} />}
      {rows.isPending && <Waiting />}
      {rows.data && all.length === 0 && <Empty>{i18n._("There are none.")}</Empty>}
      <ul className="tasks">
        {all.map((row) => (
          <TaskLine
            key={row.id}
            project={project}
            row={row}
            may={may}
            chosen={chosen.has(row.id)}
            toggle={() => {
              const next = new Set(chosen);
              if (!next.delete(row.id)) next.add(row.id);
              choose(next);
            }}
          />
        ))}
      </ul>
      {rows.hasNextPage && (
        <button type="button" disabled={rows.isFetching} onClick={() => void rows.fetchNextPage()}>
          {i18n._("More")}
        </button>
      )}
    </>
  );
}

function inWords(row: Row, names: Map<string, string>): string {
  const value = (row.value ?? {}) as { label?: string; labels?: string[]; counts?: Record<string, number> };
  const name = (id: string) => names.get(id) ?? id;
  if (value.label) return name(value.label);
  if (value.labels) return value.labels.map(name).join(", ") || "–";
  const counts = Object.entries(value.counts ?? {});
  return counts.map(([id, number]) => `${name(id)} ×${number}`).join(", ") || "–";
}

function TaskLine({
  project,
  row,
  may,
  chosen,
  toggle,
}: {
  project: Project;
  row: Row;
  may: boolean;
  chosen: boolean;
  toggle: () => void;
}) {
  const { i18n } = useLingui();
  const names = new Map(project.labels.map((label) => [label.id, label.name]));
  return (
    <li>
      {may && (
        <input
          type="checkbox"
          checked={chosen}
          onChange={toggle}
          aria-label={i18n._("Choose {name}", { name: row.name })}
        />
      )}
      {row.image && <img src={row.image} alt="" width="48" height="48" loading="lazy" />}
      <div>
        <Link to={`/${row.value ? "review" : "label"}/${project.id}?task=${row.id}`}>{row.name}</Link>
        <p className="muted">
          {row.value ? `${inWords(row, names)} · ${row.annotator}` : row.assignee || row.team || ""}
          {row.agreement !== null &&
            ` · ${i18n._("agreement {share}", { share: percent(row.agreement, i18n.locale, 0) })}`}
          {row.priority !== 0 && ` · ${i18n._("priority {number}", { number: row.priority })}`}
          {row.skip_reason && ` · ${row.skip_reason}`}
        </p>
      </div>
    </li>
  );
}

/** What can be done with the chosen tasks. */
function Bulk({
  project,
  chosen,
  done,
}: {
  project: Project;
  chosen: ReadonlySet<number>;
  done: () => void;
}) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const members = useQuery({
    queryKey: ["members"],
    queryFn: () => unwrap(api.GET("/api/v1/members/")),
    enabled: chosen.size > 0,
  });
  const teams = useQuery({
    queryKey: ["teams"],
    queryFn: () => unwrap(api.GET("/api/v1/teams/")),
    enabled: chosen.size > 0,
  });
  const act = useMutation({
    mutationFn: (body: Schemas["BulkActionIn"]) =>
      unwrap(
        api.POST("/api/v1/projects/{project_id}/tasks/bulk/", {
          params: { path: { project_id: project.id } },
          body,
        }),
      ),
    onSuccess: async () => {
      done();
      await queries.invalidateQueries({ queryKey: ["tasks", project.id] });
    },
  });
  const gold = useMutation({
    mutationFn: (isQualification: boolean) =>
      Promise.all(
        [...chosen].map((task) =>
          unwrap(
            api.PUT("/api/v1/tasks/{task_id}/gold/", {
              params: { path: { task_id: task } },
              body: { is_qualification: isQualification },
            }),
          ),
        ),
      ),
    onSuccess: done,
  });
  const told = act.error ?? gold.error;
  if (chosen.size === 0)
    return told ? (
      <Failure error={told} />
    ) : (
      <p className="muted">{i18n._("Choose tasks to change many at once.")}</p>
    );
  const tasks = [...chosen];
  return (
    <div className="actions">
      <strong>{i18n._("{number} chosen", { number: count(tasks.length, i18n.locale) })}</strong>
      <Link className="button" to={`/review/${project.id}?task=${tasks.join(",")}`}>
        {i18n._("Look through them")}
      </Link>
      <button type="button" onClick={() => act.mutate({ action: "require_one_more", task_ids: tasks })}>
        {i18n._("One more answer")}
      </button>
      <button
        type="button"
        onClick={() => act.mutate({ action: "set_priority", task_ids: tasks, priority: 1 })}
      >
        {i18n._("First in line")}
      </button>
      <button type="button" onClick={() => act.mutate({ action: "reopen", task_ids: tasks })}>
        {i18n._("Open skipped ones again")}
      </button>
      <button type="button" onClick={() => gold.mutate(false)}>
        {i18n._("Make gold items")}
      </button>
      <button type="button" onClick={() => gold.mutate(true)}>
        {i18n._("Make practice items")}
      </button>
      <label className="inline">
        {i18n._("Assign to")}
        <select
          value=""
          onChange={(event) => {
            const [what, id] = event.target.value.split(":");
            const to =
              what === "team" ? { team_id: Number(id) } : what === "person" ? { user_id: Number(id) } : {};
            act.mutate({ action: "assign", task_ids: tasks, ...to });
          }}
        >
          <option value="">{i18n._("choose a person or a team")}</option>
          <option value="everybody">{i18n._("everybody again")}</option>
          {teams.data?.results.map((row) => (
            <option key={`team:${row.id}`} value={`team:${row.id}`}>
              {row.name}
            </option>
          ))}
          {members.data?.results.map((row) => (
            <option key={row.user_id} value={`person:${row.user_id}`}>
              {row.name}
            </option>
          ))}
        </select>
      </label>
      {told && <Failure error={told} />}
    </div>
  );
}
