import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { CurveChart } from "../../shared/ui/curve-chart";
import { ForecastSentence } from "../../shared/ui/forecast-sentence";
import { count, day, moment, percent, rough } from "../../shared/ui/numbers";
import { Empty, Failure, JobLine, Page, Progress, Waiting } from "../../shared/ui/parts";
import { Reasons } from "../../shared/ui/reasons";

/** Is it good enough, how much more data: every project at a glance, every number leading to its rows. */
export function OverviewPage() {
  const { i18n } = useLingui();
  const mayAudit = useMay("audit.read");
  const mayMake = useMay("projects.write");
  const projects = useQuery({
    queryKey: ["forecast-summaries"],
    queryFn: () => unwrap(api.GET("/api/v1/forecasts/")),
    refetchInterval: 10_000,
  });
  const rows = projects.data?.results ?? [];
  return (
    <Page title={i18n._("Dashboard")}>
      {projects.isPending && <Waiting />}
      {projects.error && <Failure error={projects.error} again={() => void projects.refetch()} />}
      {projects.data && rows.length === 0 && (
        <Empty
          action={
            mayMake ? (
              <Link className="button primary" to="/projects/new">
                {i18n._("New project")}
              </Link>
            ) : undefined
          }
        >
          {i18n._("No project yet.")}
        </Empty>
      )}
      {rows.length > 0 && <TargetsTable rows={rows} />}
      {rows
        .filter((row) => row.pooled.length > 0)
        .map((row) => (
          <ProjectCard key={row.project_id} row={row} />
        ))}
      <Work />
      {mayAudit && <Audit />}
    </Page>
  );
}

type ForecastSummary = Schemas["ForecastSummaryOut"];

/** Who will reach the target, who will not, and why. */
function TargetsTable({ rows }: { rows: ForecastSummary[] }) {
  const { i18n } = useLingui();
  const words: Record<string, [string, string, string]> = {
    reached: ["●", i18n._("reached"), "good"],
    likely: ["◕", i18n._("likely"), "good"],
    unsure: ["◐", i18n._("unsure"), ""],
    unlikely: ["✕", i18n._("unlikely"), "bad"],
    unknown: ["○", i18n._("no curve yet"), "muted"],
  };
  const need = (row: ForecastSummary) => {
    if (!row.forecast || row.forecast.is_reached) return "–";
    const { p10, p50, p90 } = row.forecast.labels_needed;
    const show = (value: number | null) => (value === null ? i18n._("never") : rough(value, i18n.locale));
    return `${show(p50)} (${show(p10)} – ${show(p90)})`;
  };
  return (
    <section className="panel">
      <h2>{i18n._("Targets of all projects")}</h2>
      <div className="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{i18n._("Project")}</th>
              <th scope="col">{i18n._("Target")}</th>
              <th scope="col">{i18n._("Now")}</th>
              <th scope="col">{i18n._("Will it be reached?")}</th>
              <th scope="col">{i18n._("Labels in all (80 % interval)")}</th>
              <th scope="col">{i18n._("Reached on")}</th>
              <th scope="col">{i18n._("Why not")}</th>
              <th scope="col">{i18n._("Contracts")}</th>
              <th scope="col">{i18n._("Labeled")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const [shape, word, looks] = words[row.target_status] ?? ["·", row.target_status, ""];
              const passed = row.contracts.passed ?? 0;
              const open = (row.contracts.signed ?? 0) + (row.contracts.draft ?? 0);
              return (
                <tr key={row.project_id}>
                  <th scope="row">
                    <Link to={`/projects/${row.project_id}`}>{row.name}</Link>
                  </th>
                  <td className="num">{percent(row.target, i18n.locale, 0)}</td>
                  <td className="num">
                    {row.forecast ? percent(row.forecast.current_score, i18n.locale) : "–"}
                  </td>
                  <td className={looks}>
                    <span aria-hidden="true">{shape}</span> {word}
                  </td>
                  <td className="num">{need(row)}</td>
                  <td className="num">
                    {row.cost_forecast?.dates?.p50 ? day(row.cost_forecast.dates.p50, i18n.locale) : "–"}
                  </td>
                  <td>
                    <Reasons rows={row.diagnosis} short />
                  </td>
                  <td>
                    <Link to="/contracts">{i18n._("{passed} passed, {open} open", { passed, open })}</Link>
                  </td>
                  <td className="num">
                    {count(row.done_tasks, i18n.locale)} /{" "}
                    {count(row.done_tasks + row.open_tasks, i18n.locale)}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function ProjectCard({ row }: { row: ForecastSummary }) {
  const { i18n } = useLingui();
  return (
    <article className="panel">
      <div className="panel-head">
        <h2>
          <Link to={`/projects/${row.project_id}`}>{row.name}</Link>
        </h2>
        <span className="num">
          {i18n._("{done} labeled, {open} left", {
            done: count(row.done_tasks, i18n.locale),
            open: count(row.open_tasks, i18n.locale),
          })}
        </span>
      </div>
      <Progress done={row.done_tasks} total={row.done_tasks + row.open_tasks} label={i18n._("Labeled")} />
      <ForecastSentence forecast={row.forecast} />
      <Reasons rows={row.diagnosis} />
      <CurveChart
        pooled={row.pooled}
        forecast={row.forecast}
        name={`curve-${row.project_id}`}
        metric={i18n._("Accuracy")}
      />
    </article>
  );
}

function Work() {
  const { i18n } = useLingui();
  const kinds: Record<string, string> = {
    ingest: i18n._("Upload"),
    snapshot: i18n._("Snapshot"),
    train: i18n._("Training"),
    "learning-curve": i18n._("Learning curve"),
    judge: i18n._("Look at a contract"),
    "active-learning-simulation": i18n._("Comparison of strategies"),
    selection: i18n._("Order of the queue"),
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
      {jobs.data?.results.length === 0 && <p className="muted">{i18n._("None yet.")}</p>}
      <ul className="jobs">
        {jobs.data?.results.map((job) => (
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
    queryFn: () => unwrap(api.GET("/api/v1/audit-log/", { params: { query: { limit: 12 } } })),
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
            {events.data?.results.map((row) => (
              <tr key={row.id}>
                <td>{moment(row.created_at, i18n.locale)}</td>
                <td>{row.actor}</td>
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
