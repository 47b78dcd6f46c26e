import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, unwrap } from "../../shared/api/client";
import { count } from "../../shared/ui/numbers";
import { Empty, Failure, Page, Progress, Waiting } from "../../shared/ui/parts";
import { projectTypeTitle } from "../../shared/ui/project-type-titles";

/** What there is to label: the annotator's first screen. */
export function MyTasksPage() {
  const { i18n } = useLingui();
  const projects = useQuery({
    queryKey: ["projects"],
    queryFn: () => unwrap(api.GET("/api/v1/projects/")),
    refetchInterval: 5000,
  });
  return (
    <Page title={i18n._("Label")} lead={i18n._("Choose a project; the next item is waiting.")}>
      {projects.isPending && <Waiting />}
      {projects.error && <Failure error={projects.error} again={() => void projects.refetch()} />}
      {projects.data?.results.length === 0 && (
        <Empty>{i18n._("There is no project yet. Your manager makes one, then it shows up here.")}</Empty>
      )}
      <ul className="cards">
        {projects.data?.results.map((project) => {
          const { open, review, done, skipped } = project.tasks;
          const total = open + review + done + skipped;
          return (
            <li key={project.id} className="card">
              <h2>{project.name}</h2>
              <p className="muted">{projectTypeTitle(i18n, project.project_type)}</p>
              <Progress done={done} total={total} label={i18n._("Labeled")} />
              <p className="num">
                {i18n._("{done} of {total} labeled, {open} left", {
                  done: count(done, i18n.locale),
                  total: count(total, i18n.locale),
                  open: count(open, i18n.locale),
                })}
              </p>
              <Link className="button primary" to={`/label/${project.id}`}>
                {i18n._("Start labeling")}
              </Link>
            </li>
          );
        })}
      </ul>
    </Page>
  );
}
