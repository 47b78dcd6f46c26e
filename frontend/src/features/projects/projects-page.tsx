import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { type KindName, kindTitles } from "../../shared/ui/kinds";
import { count, percent } from "../../shared/ui/numbers";
import { Empty, Failure, Page, Progress, Waiting } from "../../shared/ui/parts";

export function ProjectsPage() {
  const { i18n } = useLingui();
  const mayMake = useMay("projects:write");
  const projects = useQuery({
    queryKey: ["projects"],
    queryFn: () => unwrap(api.GET("/api/v1/projects/")),
    refetchInterval: 5000,
  });
  const make = mayMake ? (
    <Link className="button primary" to="/projects/new">
      {i18n._("New project")}
    </Link>
  ) : undefined;
  return (
    <Page title={i18n._("Projects")} actions={make}>
      {projects.isPending && <Waiting />}
      {projects.error && <Failure error={projects.error} again={() => void projects.refetch()} />}
      {projects.data?.rows.length === 0 && (
        <Empty action={make}>{i18n._("No project yet. Bring data in, then make one.")}</Empty>
      )}
      {projects.data && projects.data.rows.length > 0 && (
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
              {projects.data.rows.map((row) => {
                const total = row.tasks.open + row.tasks.review + row.tasks.done + row.tasks.skipped;
                return (
                  <tr key={row.id}>
                    <th scope="row">
                      <Link to={`/projects/${row.id}`}>{row.name}</Link>
                    </th>
                    <td>{kindTitles(i18n)[row.kind as KindName] ?? row.kind}</td>
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
    </Page>
  );
}
