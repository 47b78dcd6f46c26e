import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { api, type Schemas, unwrap } from "../../../shared/api/client";
import { Chart } from "../../../shared/ui/chart/chart";
import { count } from "../../../shared/ui/numbers";
import { Failure, Waiting } from "../../../shared/ui/parts";
import { Estimate } from "./estimate";

function Figure({ title, to, children }: { title: string; to?: string; children: ReactNode }) {
  return (
    <div className="figure">
      <dt>{title}</dt>
      <dd>{to ? <Link to={to}>{children}</Link> : children}</dd>
    </div>
  );
}

/** What is left, how fast, how good, at what cost, until when. */
export function OverviewPanel({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  const found = useQuery({
    queryKey: ["overview", project.id],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/overview/", { params: { path: { project_id: project.id } } }),
      ),
    refetchInterval: 10_000,
  });
  if (found.error) return <Failure error={found.error} again={() => void found.refetch()} />;
  if (!found.data) return <Waiting />;
  const row = found.data;
  const number = (value: number) => count(value, i18n.locale);
  const hours = (ms: number) =>
    new Intl.NumberFormat(i18n.locale, { maximumFractionDigits: 1 }).format(ms / 3_600_000);
  const day = (iso: string) => new Date(iso).toLocaleDateString(i18n.locale, { dateStyle: "medium" });
  const money = (value: number) =>
    new Intl.NumberFormat(i18n.locale, { maximumFractionDigits: 3 }).format(value);
  return (
    <>
      <dl className="figures">
        <Figure title={i18n._("Open")} to="?tab=tasks&state=open">
          {number(row.open)}
        </Figure>
        <Figure title={i18n._("In review")} to="?tab=tasks&state=review">
          {number(row.review)}
        </Figure>
        <Figure title={i18n._("Done")} to="?tab=tasks&state=done">
          {number(row.done)}
        </Figure>
        <Figure title={i18n._("Skipped")} to="?tab=tasks&state=skipped">
          {number(row.skipped)}
        </Figure>
        <Figure title={i18n._("Held just now")}>{number(row.leased)}</Figure>
        <Figure title={i18n._("Done on")}>
          {row.completion
            ? i18n._("{median} (80 %: {low} to {high})", {
                median: day(row.completion.median),
                low: day(row.completion.low),
                high: day(row.completion.high),
              })
            : i18n._("three days of work say more")}
        </Figure>
        <Figure title={i18n._("Accepted at first sight")}>
          <Estimate of={row.first_pass_rate} />
        </Figure>
        <Figure title={i18n._("Mended or sent back")}>
          <Estimate of={row.rework_rate} />
        </Figure>
        <Figure title={i18n._("Hours of labeling, review, rework")}>
          {hours(row.active_ms)} · {hours(row.review_ms)} · {hours(row.rework_ms)}
        </Figure>
        <Figure title={i18n._("Cost of an accepted label")}>
          {row.cost_per_accepted === null
            ? i18n._("set what an hour costs in the rules")
            : i18n._("{cost} ({total} in all)", {
                cost: money(row.cost_per_accepted),
                total: money(row.cost),
              })}
        </Figure>
        <Figure title={i18n._("Gold and practice items")} to="?tab=gold">
          {number(row.gold_tasks)} · {number(row.qualification_tasks)}
        </Figure>
        {row.paused_members.length > 0 && (
          <Figure title={i18n._("Paused")} to="?tab=people">
            {row.paused_members.join(", ")}
          </Figure>
        )}
      </dl>
      <Days days={row.days} />
    </>
  );
}

/** Tasks finished on each of the last days. */
function Days({ days }: { days: Schemas["DayOut"][] }) {
  const { i18n } = useLingui();
  if (days.length === 0) return null;
  const last = midnight(days[days.length - 1]?.day);
  return (
    <section className="panel">
      <h2>{i18n._("Finished each day")}</h2>
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
            points: days.map((one) => ({ x: midnight(one.day), y: one.completed_count })),
          },
        ]}
      />
    </section>
  );
}

const DAY_MS = 86_400_000;

/** A day of the server as a place on the chart. */
function midnight(day: string | undefined): number {
  return Date.parse(`${day}T00:00:00`);
}
