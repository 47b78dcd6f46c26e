import { useLingui } from "@lingui/react";
import type { Schemas } from "../../shared/api/client";
import { count, percent } from "../../shared/ui/numbers";

const WIDTH = 640;
const HEIGHT = 120;
const HOUR_MS = 3_600_000;

/** Answers by hour as bars, refused and failed ones on top; a table beside it for who cannot see it. */
export function TrafficChart({ hourlyStats }: { hourlyStats: Schemas["DeploymentStatsOut"][] }) {
  const { i18n } = useLingui();
  const by = new Map<string, { predicted: number; bad: number; time: number; n: number }>();
  for (const stats of hourlyStats) {
    const cell = by.get(stats.hour) ?? { predicted: 0, bad: 0, time: 0, n: 0 };
    cell.predicted += stats.prediction_count;
    cell.bad += stats.rejected_count + stats.failed_count;
    cell.time += (stats.mean_latency_ms ?? 0) * stats.prediction_count;
    cell.n += stats.prediction_count;
    by.set(stats.hour, cell);
  }
  const first = Date.parse(hourlyStats[0]?.hour ?? "");
  const slots = Math.max(24, Math.floor((Date.now() - first) / HOUR_MS) + 1);
  const begin = (Math.floor(Date.now() / HOUR_MS) - slots + 1) * HOUR_MS;
  const most = Math.max(1, ...[...by.values()].map((cell) => cell.predicted + cell.bad));
  const step = WIDTH / slots;
  const moment = (iso: string) =>
    new Intl.DateTimeFormat(i18n.locale, { weekday: "short", hour: "2-digit", minute: "2-digit" }).format(
      new Date(iso),
    );
  return (
    <figure className="seen">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={i18n._("Answers by hour")}
      >
        {[...by].map(([hour, cell]) => {
          const x = ((Date.parse(hour) - begin) / HOUR_MS) * step;
          const tall = (cell.predicted / most) * (HEIGHT - 4);
          const bad = (cell.bad / most) * (HEIGHT - 4);
          return (
            <g key={hour}>
              <title>{`${moment(hour)}: ${count(cell.predicted, i18n.locale)}`}</title>
              <rect x={x} y={HEIGHT - tall} width={Math.max(1, step - 1)} height={tall} className="bar" />
              <rect
                x={x}
                y={HEIGHT - tall - bad}
                width={Math.max(1, step - 1)}
                height={bad}
                className="bar-bad"
              />
            </g>
          );
        })}
      </svg>
      <figcaption className="muted">
        {i18n._("Answers by hour, at most {most}; on top: refused or failed", {
          most: count(most, i18n.locale),
        })}
      </figcaption>
      <details>
        <summary>{i18n._("As a table")}</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">{i18n._("Hour")}</th>
              <th scope="col">{i18n._("Answered")}</th>
              <th scope="col">{i18n._("Refused or failed")}</th>
              <th scope="col">{i18n._("Milliseconds")}</th>
            </tr>
          </thead>
          <tbody>
            {[...by].reverse().map(([hour, cell]) => (
              <tr key={hour}>
                <th scope="row">{moment(hour)}</th>
                <td className="num">{count(cell.predicted, i18n.locale)}</td>
                <td className="num">{count(cell.bad, i18n.locale)}</td>
                <td className="num">{cell.n ? (cell.time / cell.n).toFixed(1) : "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

/** A histogram of what came (bars) over that of the sealed split (line), and whether chance explains the difference. */
export function DriftChart({ drift, title }: { drift: Schemas["DriftOut"]; title: string }) {
  const { i18n } = useLingui();
  const shares = (row: number[]) => {
    const sum = row.reduce((total, one) => total + one, 0) || 1;
    return row.map((one) => one / sum);
  };
  const [observed, reference] = [shares(drift.observed), shares(drift.reference)];
  const most = Math.max(...observed, ...reference, 0.01);
  const step = 200 / observed.length;
  const y = (value: number) => 70 - (value / most) * 66;
  const line = reference.map((value, at) => `M${at * step},${y(value)}h${step}`).join("");
  const distances = {
    distance: percent(drift.distance, i18n.locale, 0),
    chance: percent(drift.critical_distance, i18n.locale, 0),
  };
  return (
    <figure className="seen">
      <svg viewBox="0 0 200 72" role="img" aria-label={title}>
        {observed.map((value, at) => (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: bins have no other key
            key={at}
            x={at * step}
            y={y(value)}
            width={step - 1}
            height={70 - y(value)}
            className="bar"
          />
        ))}
        <path d={line} className="reference" />
      </svg>
      <figcaption>
        <strong>{title}</strong>{" "}
        {drift.is_drifted ? (
          <span className="warn">
            ▲ {i18n._("drifted: {distance} differ, chance makes {chance}", distances)}
          </span>
        ) : (
          <span className="muted">
            {i18n._("as before: {distance} differ, chance makes {chance}", distances)}
          </span>
        )}
      </figcaption>
    </figure>
  );
}
