import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearchParams } from "react-router";
import { api, unwrap } from "../../shared/api/client";
import { ReadOnly } from "../../shared/api/session";
import { Failure, Page, useArchived, Waiting } from "../../shared/ui/parts";
import { AgreementPanel } from "./agreement-panel";
import { GoldPanel } from "./gold-panel";
import { LabelIssuesPanel } from "./label-issues-panel";
import { OverviewPanel } from "./overview-panel";
import { PeoplePanel } from "./people-panel";
import { PreAnnotationsPanel } from "./pre-annotations-panel";
import { TasksPanel } from "./tasks-panel";

/** How good a project's labels are, who makes them, and when they will be done. */
export function QualityPage() {
  const { i18n } = useLingui();
  const archived = useArchived();
  const projectId = Number(useParams().projectId);
  const [search] = useSearchParams();
  const project = useQuery({
    queryKey: ["project", projectId],
    queryFn: () =>
      unwrap(api.GET("/api/v1/projects/{project_id}/", { params: { path: { project_id: projectId } } })),
  });
  const tabs: [string, string][] = [
    ["overview", i18n._("Overview")],
    ["agreement", i18n._("Agreement")],
    ["people", i18n._("People")],
    ["tasks", i18n._("Tasks")],
    ["gold", i18n._("Gold items")],
    ["label-issues", i18n._("Doubtful labels")],
    ["proposals", i18n._("Proposals")],
  ];
  const tab = search.get("tab") ?? "overview";
  const row = project.data;
  return (
    <Page
      title={row ? i18n._("Quality of {name}", { name: row.name }) : i18n._("Quality")}
      actions={
        <Link className="button" to={`/projects/${projectId}`}>
          {i18n._("Project")}
        </Link>
      }
    >
      <nav className="tabs" aria-label={i18n._("Parts")}>
        {tabs.map(([key, title]) => (
          <Link key={key} to={`?tab=${key}`} aria-current={key === tab ? "page" : undefined}>
            {title}
          </Link>
        ))}
      </nav>
      {project.isPending && <Waiting />}
      {project.error && <Failure error={project.error} again={() => void project.refetch()} />}
      <div role="status">{row?.archived && <p className="panel put-away">{archived}</p>}</div>
      <ReadOnly when={row?.archived ?? false}>
        {row && tab === "overview" && <OverviewPanel project={row} />}
        {row && tab === "agreement" && <AgreementPanel project={row} />}
        {row && tab === "people" && <PeoplePanel project={row} />}
        {row && tab === "tasks" && <TasksPanel project={row} />}
        {row && tab === "gold" && <GoldPanel project={row} />}
        {row && tab === "label-issues" && <LabelIssuesPanel project={row} />}
        {row && tab === "proposals" && <PreAnnotationsPanel projectId={row.id} />}
      </ReadOnly>
    </Page>
  );
}
