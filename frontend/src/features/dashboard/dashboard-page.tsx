import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { CurveChart } from "../../shared/ui/curve-chart";
import { ForecastSentence } from "../../shared/ui/forecast-sentence";
import { count, moment } from "../../shared/ui/numbers";
import { Empty, Failure, JobLine, Page, Progress, Waiting } from "../../shared/ui/parts";

/** Is it good enough, how much more data: every project at a glance, every number leading to its rows. */
export function DashboardPage() {
  const { i18n } = useLingui();
  const mayAudit = useMay("audit:read");
  const projects = useQuery({
    queryKey: ["projects"],
    queryFn: () => unwrap(api.GET("/api/v1/projects/")),
    refetchInterval: 10_000,
  });
  return (
    <Page title={i18n._("Dashboard")}>
      {projects.isPending && <Waiting />}
      {projects.error && <Failure error={projects.error} again={() => void projects.refetch()} />}
      {projects.data?.rows.length === 0 && (
        <Empty
          action={
            <Link className="button primary" to="/projects/new">
              {i18n._("New project")}
            </Link>
          }
        >
          {i18n._("No project yet.")}
        </Empty>
      )}
      {projects.data?.rows.map((project) => (
        <ProjectCard key={project.id} project={project} />
      ))}
      <Work />
      {mayAudit && <Audit />}
    </Page>
  );
}

function ProjectCard({ project }: { project: Schemas["ProjectOut"] }) {
  const { i18n } = useLingui();
  const studies = useQuery({
    queryKey: ["studies", project.id],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/studies/", {
          params: { path: { project_id: project.id }, query: { limit: 1 } },
        }),
      ),
    refetchInterval: 5000,
  });
  const study = studies.data?.rows[0];
  const { open, review, done, skipped } = project.tasks;
  return (
    <article className="panel">
      <div className="panel-head">
        <h2>
          <Link to={`/projects/${project.id}`}>{project.name}</Link>
        </h2>
        <span className="num">
          {i18n._("{done} labeled, {open} left", {
            done: count(done, i18n.locale),
            open: count(open + review, i18n.locale),
          })}
        </span>
      </div>
      <Progress done={done} total={open + review + done + skipped} label={i18n._("Labeled")} />
      {study ? (
        <>
          <ForecastSentence forecast={study.forecast} />
          <CurveChart study={study} />
        </>
      ) : (
        <p className="muted">{i18n._("No learning curve yet.")}</p>
      )}
    </article>
  );
}

function Work() {
  const { i18n } = useLingui();
  const kinds: Record<string, string> = {
    ingest: i18n._("Upload"),
    snapshot: i18n._("Snapshot"),
    train: i18n._("Training"),
    study: i18n._("Learning curve"),
    demo: i18n._("Demo"),
  };
  const jobs = useQuery({
    queryKey: ["jobs"],
    queryFn: () => unwrap(api.GET("/api/v1/jobs/", { params: { query: { limit: 8 } } })),
    refetchInterval: 2000,
  });
  return (
    <section className="panel">
      <h2>{i18n._("Work of the machines")}</h2>
      {jobs.data?.rows.length === 0 && <p className="muted">{i18n._("None yet.")}</p>}
      <ul className="jobs">
        {jobs.data?.rows.map((job) => (
          <li key={job.id}>
            <span className="job-kind">
              {kinds[job.kind] ?? job.kind} {job.id}
            </span>
            <JobLine job={job} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Audit() {
  const { i18n } = useLingui();
  const events = useQuery({
    queryKey: ["audit"],
    queryFn: () => unwrap(api.GET("/api/v1/audit/", { params: { query: { limit: 12 } } })),
  });
  return (
    <section className="panel">
      <h2>{i18n._("Who did what")}</h2>
      <div className="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{i18n._("When")}</th>
              <th scope="col">{i18n._("Who")}</th>
              <th scope="col">{i18n._("What")}</th>
            </tr>
          </thead>
          <tbody>
            {events.data?.rows.map((row) => (
              <tr key={row.id}>
                <td>{moment(row.at, i18n.locale)}</td>
                <td>{row.who}</td>
                <td>
                  <code>{row.action}</code> {row.subject} {row.subject_id}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
