import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link, NavLink, useParams } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { ReadOnly, useMay, useMe } from "../../shared/api/session";
import { count, percent } from "../../shared/ui/numbers";
import { Failure, Page, Progress, Waiting } from "../../shared/ui/parts";
import { projectTypeTitle } from "../../shared/ui/project-type-titles";
import { ArchivedBadge, ArchivedNotice } from "./archived";

export type Project = Schemas["ProjectDetail"];

/** The parts of a project, each with its own address: `/projects/1/budget`. */
export type ProjectTab =
  | "overview"
  | "labels"
  | "workflow"
  | "quality"
  | "experiments"
  | "budget"
  | "snapshots"
  | "settings";

/** The project in the address, refreshed while it is looked at. */
export function useProject() {
  const projectId = Number(useParams().projectId);
  return useQuery({
    queryKey: ["project", projectId],
    queryFn: () =>
      unwrap(api.GET("/api/v1/projects/{project_id}/", { params: { path: { project_id: projectId } } })),
    refetchInterval: 10_000,
  });
}

/** Name, progress and tabs of a project around the part that is open. Nothing changes in an archived one. */
export function ProjectFrame({ children }: { children: (project: Project) => ReactNode }) {
  const { i18n } = useLingui();
  const mayLabel = useMay("labels.write");
  const project = useProject();
  const crumbs: [string, string][] = [["/projects", i18n._("Projects")]];
  if (project.error) {
    return (
      <Page title={i18n._("Project")} crumbs={crumbs}>
        <Failure error={project.error} again={() => void project.refetch()} />
      </Page>
    );
  }
  if (!project.data) {
    return (
      <main className="page" id="main">
        <Waiting />
      </main>
    );
  }
  const row = project.data;
  const total = row.tasks.open + row.tasks.review + row.tasks.done + row.tasks.skipped;
  return (
    <Page
      title={row.name}
      crumbs={crumbs}
      badge={
        <>
          <span className="badge type">{projectTypeTitle(i18n, row.project_type)}</span>
          {row.archived && <ArchivedBadge />}
        </>
      }
      lead={i18n._("{done}/{total} labeled · target {target} · {skipped} skipped", {
        target: percent(row.target, i18n.locale, 0),
        done: count(row.tasks.done, i18n.locale),
        total: count(total, i18n.locale),
        skipped: count(row.tasks.skipped, i18n.locale),
      })}
      actions={
        mayLabel &&
        !row.archived && (
          <Link className="button primary" to={`/label/${row.id}`}>
            {i18n._("Label")}
          </Link>
        )
      }
    >
      <Progress done={row.tasks.done} total={total} label={i18n._("Labeled")} />
      <ArchivedNotice key={row.id} project={row} />
      <ProjectTabs projectId={row.id} />
      <ReadOnly when={row.archived}>{children(row)}</ReadOnly>
    </Page>
  );
}

function ProjectTabs({ projectId }: { projectId: number }) {
  const { i18n } = useLingui();
  const { scopes } = useMe();
  const tabs: [tab: ProjectTab, title: string, scope: string][] = [
    ["overview", i18n._("Overview"), "projects.read"],
    ["labels", i18n._("Labels"), "projects.read"],
    ["workflow", i18n._("Workflow"), "projects.write"],
    ["quality", i18n._("Quality"), "labels.review"],
    ["experiments", i18n._("Experiments"), "runs.read"],
    ["budget", i18n._("Budget"), "runs.read"],
    ["snapshots", i18n._("Snapshots"), "snapshots.read"],
    ["settings", i18n._("Settings"), "projects.write"],
  ];
  return (
    <nav className="tabs" aria-label={i18n._("Parts of the project")}>
      {tabs
        .filter(([, , scope]) => scope === "projects.read" || scopes.includes(scope))
        .map(([tab, title]) => (
          <NavLink
            key={tab}
            end={tab === "overview"}
            to={tab === "overview" ? `/projects/${projectId}` : `/projects/${projectId}/${tab}`}
          >
            {title}
          </NavLink>
        ))}
    </nav>
  );
}
