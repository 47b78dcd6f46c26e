import { useLingui } from "@lingui/react";
import { Group, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { Schemas } from "../../shared/api/client";
import { Chart } from "../../shared/ui/chart/chart";
import type { Axis, Point } from "../../shared/ui/chart/model";
import { shareAxis } from "../../shared/ui/curve-chart";
import { count, percent } from "../../shared/ui/numbers";

const HOUR_MS = 3_600_000;

/** Requests by hour, refused and failed ones on top, and how long an answer took. */
export function TrafficChart({ hourlyStats }: { hourlyStats: Schemas["DeploymentStatsOut"][] }) {
  const { i18n } = useLingui();
  const hours = new Map<number, { predicted: number; bad: number; time: number }>();
  for (const stats of hourlyStats) {
    const at = Date.parse(stats.hour);
    const hour = hours.get(at) ?? { predicted: 0, bad: 0, time: 0 };
    hour.predicted += stats.prediction_count;
    hour.bad += stats.rejected_count + stats.failed_count;
    hour.time += (stats.mean_latency_ms ?? 0) * stats.prediction_count;
    hours.set(at, hour);
  }
  const rows = [...hours].sort(([a], [b]) => a - b);
  const end = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const begin = Math.min(rows[0]?.[0] ?? end, end - 23 * HOUR_MS);
  const time: Axis = {
    label: i18n._("Hour"),
    scale: "time",
    domain: [begin - HOUR_MS / 2, end + HOUR_MS / 2],
    format: (value) =>
      new Intl.DateTimeFormat(i18n.locale, { dateStyle: "medium", timeStyle: "short" }).format(value),
    formatTick: (value, step) =>
      new Intl.DateTimeFormat(
        i18n.locale,
        step >= 24 * HOUR_MS
          ? { month: "short", day: "numeric" }
          : { weekday: "short", hour: "2-digit", minute: "2-digit" },
      ).format(value),
  };
  const latency: Point[] = rows
    .filter(([, hour]) => hour.predicted > 0)
    .map(([x, hour]) => ({ x, y: hour.time / hour.predicted }));
  return (
    <>
      <Chart
        title={i18n._("Requests per hour")}
        hasHeading
        fileName="requests"
        height={220}
        x={time}
        y={{
          label: i18n._("Requests"),
          format: (value) => count(value, i18n.locale),
          min: 0,
        }}
        series={[
          {
            key: "answered",
            name: i18n._("Answered"),
            mark: "bars",
            points: rows.map(([x, hour]) => ({ x, y: hour.predicted })),
          },
          {
            key: "bad",
            name: i18n._("Refused or failed"),
            mark: "bars",
            tone: "bad",
            points: rows.map(([x, hour]) => ({ x, y: hour.bad })),
          },
        ]}
      />
      <Chart
        title={i18n._("Mean latency per hour")}
        hasHeading
        fileName="latency"
        height={180}
        x={time}
        y={{
          label: i18n._("Latency (ms)"),
          min: 0,
          format: (value) => new Intl.NumberFormat(i18n.locale, { maximumFractionDigits: 1 }).format(value),
        }}
        series={[{ key: "latency", name: i18n._("Mean latency"), mark: "line", points: latency }]}
      />
    </>
  );
}

/** A histogram of the traffic (bars) over that of the test set (outline), and whether chance explains the difference. */
export function DriftChart({ drift, title }: { drift: Schemas["DriftOut"]; title: string }) {
  const { i18n } = useLingui();
  const shares = (row: number[]): Point[] => {
    const sum = row.reduce((total, value) => total + value, 0) || 1;
    return row.map((value, x) => ({ x, y: value / sum }));
  };
  const distances = {
    distance: percent(drift.distance, i18n.locale, 0),
    chance: percent(drift.critical_distance, i18n.locale, 0),
  };
  return (
    <div>
      <Chart
        title={title}
        hasHeading
        fileName={`drift-${title}`}
        height={190}
        x={{ label: i18n._("Bin"), format: (value) => String(value + 1) }}
        y={shareAxis(i18n._("Share"), i18n.locale)}
        series={[
          { key: "observed", name: i18n._("Traffic"), mark: "bars", points: shares(drift.observed) },
          { key: "reference", name: i18n._("Test set"), mark: "steps", points: shares(drift.reference) },
        ]}
      />
      {drift.is_drifted ? (
        <Group gap={6} c="var(--warn)">
          <IconAlertTriangle size={16} aria-hidden />
          <Text size="sm">{i18n._("Drift ({distance}; expected by chance {chance})", distances)}</Text>
        </Group>
      ) : (
        <Text size="sm" c="dimmed">
          {i18n._("No drift ({distance}; expected by chance {chance})", distances)}
        </Text>
      )}
    </div>
  );
}
