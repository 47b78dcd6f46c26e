import { useLingui } from "@lingui/react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import { api, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { count, percent } from "../../shared/ui/numbers";
import { Empty, Failure, Page, Progress, Waiting } from "../../shared/ui/parts";
import { projectTypeTitle } from "../../shared/ui/project-type-titles";
import { ArchivedBadge } from "./archived";

const STATES = ["active", "archived", "all"] as const;

/** Projects in use, archived ones, or all; which of them stands in the address. */
export function ProjectsPage() {
  const { i18n } = useLingui();
  const [search] = useSearchParams();
  const state = STATES.find((one) => one === search.get("state")) ?? "active";
  const titles: Record<(typeof STATES)[number], string> = {
    active: i18n._("Active"),
    archived: i18n._("Archived"),
    all: i18n._("All"),
  };
  const mayMake = useMay("projects.write");
  const projects = useInfiniteQuery({
    queryKey: ["projects", state],
    queryFn: ({ pageParam }) =>
      unwrap(
        api.GET("/api/v1/projects/", {
          params: { query: { state, ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: 5000,
  });
  const rows = projects.data?.pages.flatMap((page) => page.results) ?? [];
  const make = mayMake ? (
    <Link className="button primary" to="/projects/new">
      {i18n._("New project")}
    </Link>
  ) : undefined;
  return (
    <Page title={i18n._("Projects")} actions={make}>
      <nav className="tabs" aria-label={i18n._("Projects shown")}>
        {STATES.map((one) => (
          <Link
            key={one}
            to={one === "active" ? "/projects" : `/projects?state=${one}`}
            aria-current={one === state ? "page" : undefined}
          >
            {titles[one]}
          </Link>
        ))}
      </nav>
      {projects.isPending && <Waiting />}
      {projects.error && <Failure error={projects.error} again={() => void projects.refetch()} />}
      {projects.data && rows.length === 0 && state === "archived" && (
        <Empty>{i18n._("No project is archived.")}</Empty>
      )}
      {projects.data && rows.length === 0 && state !== "archived" && (
        <Empty action={make}>{i18n._("No project yet. Bring data in, then make one.")}</Empty>
      )}
      {rows.length > 0 && (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{i18n._("Project")}</th>
                <th scope="col">{i18n._("Kind")}</th>
                <th scope="col">{i18n._("Target")}</th>
                <th scope="col">{i18n._("Labeled")}</th>
                <th scope="col">{i18n._("Left")}</th>
                <th scope="col">{i18n._("Skipped")}</th>
                <th scope="col">{i18n._("Progress")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => {
                const total = row.tasks.open + row.tasks.review + row.tasks.done + row.tasks.skipped;
                return (
                  <tr key={row.id}>
                    <th scope="row">
                      <Link to={`/projects/${row.id}`}>{row.name}</Link>
                      {row.archived && <ArchivedBadge />}
                    </th>
                    <td>{projectTypeTitle(i18n, row.project_type)}</td>
                    <td className="num">{percent(row.target, i18n.locale, 0)}</td>
                    <td className="num">{count(row.tasks.done, i18n.locale)}</td>
                    <td className="num">{count(row.tasks.open + row.tasks.review, i18n.locale)}</td>
                    <td className="num">{count(row.tasks.skipped, i18n.locale)}</td>
                    <td className="wide">
                      <Progress done={row.tasks.done} total={total} label={row.name} />
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      {projects.hasNextPage && (
        <button type="button" onClick={() => void projects.fetchNextPage()} disabled={projects.isFetching}>
          {i18n._("Show more")}
        </button>
      )}
    </Page>
  );
}
