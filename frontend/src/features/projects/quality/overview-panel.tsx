import { useLingui } from "@lingui/react";
import { Card, SimpleGrid, Skeleton, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "../../../shared/api/client";
import { useMay } from "../../../shared/api/session";
import { Chart } from "../../../shared/ui/chart/chart";
import { ErrorAlert } from "../../../shared/ui/feedback";
import { useMetrics } from "../../../shared/ui/metrics";
import { count, percent } from "../../../shared/ui/numbers";
import { Stat, Stats } from "../../../shared/ui/stat";
import { Activity } from "../activity";

type Project = Schemas["ProjectDetail"];
type Interval = Schemas["QualityEstimateOut"];

const WEEK = 7; // days

/** What is left, how fast, how good, at what cost, until when. */
export function OverviewPanel({ project }: { project: Project }) {
  const { i18n } = useLingui();
  const result = useQuery({
    queryKey: ["overview", project.id],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/overview/", { params: { path: { project_id: project.id } } }),
      ),
    refetchInterval: 10_000,
  });
  if (result.error) return <ErrorAlert error={result.error} retry={() => void result.refetch()} />;
  if (!result.data)
    return (
      <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="sm" role="status" aria-label={i18n._("Loading…")}>
        {["a", "b", "c", "d", "e", "f"].map((key) => (
          <Skeleton key={key} height={84} />
        ))}
      </SimpleGrid>
    );
  return (
    <>
      <Progress row={result.data} project={project} />
      <Quality row={result.data} project={project} />
      <SimpleGrid cols={{ base: 1, lg: 2 }} mt="md">
        <Days days={result.data.days} />
        <Activity projectId={project.id} />
      </SimpleGrid>
    </>
  );
}

/** Tasks by state, pace, and the day on which all are done. */
function Progress({ row, project }: { row: Schemas["OverviewOut"]; project: Project }) {
  const { i18n } = useLingui();
  const items = `/projects/${project.id}/items`;
  const number = (value: number) => count(value, i18n.locale);
  return (
    <Stats>
      <Stat label={i18n._("Open")} value={number(row.open)} to={`${items}?state=open`} />
      <Stat
        label={i18n._("In progress")}
        value={number(row.leased)}
        note={i18n._("held by annotators now")}
      />
      <Stat label={i18n._("In review")} value={number(row.review)} to={`${items}?state=review`} />
      <Stat
        label={i18n._("Conflicts")}
        value={number(project.conflict_count)}
        to={`${items}?is_conflict=true`}
      />
      <Stat label={i18n._("Done")} value={number(row.done)} to={`${items}?state=done`} />
      <Stat label={i18n._("Skipped")} value={number(row.skipped)} to={`${items}?state=skipped`} />
    </Stats>
  );
}

/** How good labels and models are, and what they cost. */
function Quality({ row, project }: { row: Schemas["OverviewOut"]; project: Project }) {
  const { i18n } = useLingui();
  const quality = `/projects/${project.id}/quality`;
  const number = (value: number) => count(value, i18n.locale);
  const short = (iso: string) =>
    new Date(`${iso}T00:00:00`).toLocaleDateString(i18n.locale, { month: "short", day: "numeric" });
  const since = new Date(Date.now() - WEEK * 86_400_000).toISOString().slice(0, 10);
  const week = row.days.filter((day) => day.day > since).reduce((sum, day) => sum + day.completed_count, 0);
  const hours = (ms: number) =>
    new Intl.NumberFormat(i18n.locale, { maximumFractionDigits: 1 }).format(ms / 3_600_000);
  const money = (value: number) =>
    new Intl.NumberFormat(i18n.locale, { maximumFractionDigits: 3 }).format(value);
  const share = (label: string, interval: Interval | undefined, to?: string) => {
    const isKnown = interval?.value != null && interval.low != null && interval.high != null;
    return (
      <Stat
        label={label}
        value={isKnown ? percent(interval.value ?? 0, i18n.locale, 0) : "–"}
        note={
          isKnown
            ? i18n._("95% interval: {low} to {high}", {
                low: percent(interval.low ?? 0, i18n.locale, 0),
                high: percent(interval.high ?? 0, i18n.locale, 0),
              })
            : i18n._("Not enough data")
        }
        {...(to ? { to } : {})}
      />
    );
  };
  const agreement = useQuery({
    queryKey: ["agreement", project.id],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/agreement/", { params: { path: { project_id: project.id } } }),
      ),
    staleTime: 60_000,
  });
  return (
    <Stats>
      <Stat
        label={i18n._("Throughput")}
        value={number(week)}
        note={i18n._("items done in the last 7 days")}
        to={`/projects/${project.id}/quality?tab=annotators`}
      />
      <Stat
        label={i18n._("Estimated completion")}
        value={row.completion ? short(row.completion.median) : "–"}
        note={
          row.completion
            ? i18n._("80% interval: {low} to {high}", {
                low: short(row.completion.low),
                high: short(row.completion.high),
              })
            : i18n._("Needs 3 days of activity")
        }
      />
      <Accuracy project={project} />
      {share(i18n._("Agreement"), agreement.data?.similarity, `${quality}?tab=agreement`)}
      {share(i18n._("First-pass acceptance rate"), row.first_pass_rate)}
      {share(i18n._("Corrected or rejected"), row.rework_rate)}
      <Stat
        label={i18n._("Time spent (label / review / rework)")}
        value={`${hours(row.active_ms)} / ${hours(row.review_ms)} / ${hours(row.rework_ms)}`}
        note={i18n._("hours")}
      />
      <Stat
        label={i18n._("Cost per accepted label")}
        value={row.cost_per_accepted === null ? "–" : money(row.cost_per_accepted)}
        note={
          row.cost_per_accepted === null
            ? i18n._("Set the hourly rate in the workflow settings")
            : i18n._("{total} in total", { total: money(row.cost) })
        }
      />
      <Stat
        label={i18n._("Gold / onboarding items")}
        value={`${count(row.gold_tasks, i18n.locale)} / ${count(row.qualification_tasks, i18n.locale)}`}
        to={`${quality}?tab=gold`}
      />
      {row.paused_members.length > 0 && (
        <Stat
          label={i18n._("Paused annotators")}
          value={count(row.paused_members.length, i18n.locale)}
          note={row.paused_members.join(", ")}
          to={`${quality}?tab=annotators`}
        />
      )}
    </Stats>
  );
}

/** The main metric of the newest model, beside the target. */
function Accuracy({ project }: { project: Project }) {
  const { i18n } = useLingui();
  const maySee = useMay("models.read");
  const metrics = useMetrics();
  const newest = useQuery({
    queryKey: ["versions", "newest", project.id],
    queryFn: () =>
      unwrap(api.GET("/api/v1/model-versions/", { params: { query: { project_id: project.id, limit: 1 } } })),
    enabled: maySee,
  });
  const version = newest.data?.results[0];
  const key = version ? metrics.primaryOf(version.metrics) : "";
  const metric = version?.metrics[key];
  const target = percent(project.target, i18n.locale, 0);
  return (
    <Stat
      label={i18n._("Accuracy / target")}
      value={metric ? `${metrics.format(key, { value: metric.value })} / ${target}` : `– / ${target}`}
      note={
        version && metric
          ? `${version.name} ${version.version} · ${metrics.title(key)}`
          : i18n._("No trained model yet")
      }
      {...(version ? { to: `/versions/${version.id}` } : {})}
    />
  );
}

/** Tasks finished on each of the last days. */
function Days({ days }: { days: Schemas["DayOut"][] }) {
  const { i18n } = useLingui();
  if (days.length === 0) return null;
  const last = midnight(days[days.length - 1]?.day);
  return (
    <Card withBorder>
      <Title order={2} mb="xs">
        {i18n._("Finished each day")}
      </Title>
      <Chart
        title={i18n._("Finished each day")}
        fileName="finished-each-day"
        height={220}
        x={{
          label: i18n._("Day"),
          scale: "time",
          format: (value) => new Intl.DateTimeFormat(i18n.locale, { dateStyle: "medium" }).format(value),
          formatTick: (value) =>
            new Intl.DateTimeFormat(i18n.locale, { month: "short", day: "numeric" }).format(value),
          domain: [Math.min(midnight(days[0]?.day), last - 13 * DAY_MS) - DAY_MS / 2, last + DAY_MS / 2],
        }}
        y={{ label: i18n._("Tasks"), min: 0, format: (value) => count(value, i18n.locale) }}
        series={[
          {
            key: "done",
            name: i18n._("Finished"),
            mark: "bars",
            points: days.map((day) => ({ x: midnight(day.day), y: day.completed_count })),
          },
        ]}
      />
    </Card>
  );
}

const DAY_MS = 86_400_000;

/** A day of the server as a place on the chart. */
function midnight(day: string | undefined): number {
  return Date.parse(`${day}T00:00:00`);
}
