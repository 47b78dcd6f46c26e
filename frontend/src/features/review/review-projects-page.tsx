import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, unwrap } from "../../shared/api/client";
import { count } from "../../shared/ui/numbers";
import { Empty, Failure, Page, Waiting } from "../../shared/ui/parts";
import { projectTypeTitle } from "../../shared/ui/project-type-titles";

/** What waits for a second pair of eyes. */
export function ReviewProjectsPage() {
  const { i18n } = useLingui();
  const projects = useQuery({
    queryKey: ["projects"],
    queryFn: () => unwrap(api.GET("/api/v1/projects/")),
    refetchInterval: 5000,
  });
  const rows = projects.data?.results.filter((row) => row.tasks.review > 0) ?? [];
  return (
    <Page title={i18n._("Review")} lead={i18n._("Answers that wait for your judgement.")}>
      {projects.isPending && <Waiting />}
      {projects.error && <Failure error={projects.error} again={() => void projects.refetch()} />}
      {projects.data && rows.length === 0 && (
        <Empty>
          {i18n._("Nothing waits for review. A project's rules say which share of its answers comes here.")}
        </Empty>
      )}
      <ul className="cards">
        {rows.map((project) => (
          <li key={project.id} className="card">
            <h2>{project.name}</h2>
            <p className="muted">{projectTypeTitle(i18n, project.project_type)}</p>
            <p className="num">
              {i18n._("{number} answers wait", { number: count(project.tasks.review, i18n.locale) })}
            </p>
            <Link className="button primary" to={`/review/${project.id}`}>
              {i18n._("Start reviewing")}
            </Link>
          </li>
        ))}
      </ul>
    </Page>
  );
}
