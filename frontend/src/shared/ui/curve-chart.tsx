import { useLingui } from "@lingui/react";
import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import type { Schemas } from "../api/client";
import { Chart } from "./chart/chart";
import type { Axis, Point, Series } from "./chart/model";
import { count, percent } from "./numbers";

type Pooled = Schemas["PooledPointOut"];
/** Half width of a 95% interval in standard errors. */
const Z95 = 1.96;
const REACHES = [4, 16, 64];

/** An axis of shares: whole percents where ticks are at least one apart, and as many digits as tell them apart. */
export function shareAxis(label: string, locale: string): Axis {
  return {
    label,
    min: 0,
    max: 1,
    format: (value) => percent(value, locale),
    formatTick: (value, step) => percent(value, locale, step < 0.00099 ? 2 : step < 0.0099 ? 1 : 0),
  };
}

/** Scores of a learning curve with their 95% intervals. */
export function measuredPoints(pooled: Pooled[], isShare = true): Point[] {
  const clamp = (value: number) => (isShare ? Math.min(1, Math.max(0, value)) : value);
  return pooled.map((point) => ({
    x: point.n,
    y: point.score,
    low: clamp(point.score - Z95 * point.se),
    high: clamp(point.score + Z95 * point.se),
  }));
}

/** A learning curve: what was measured, what is forecast, and where the target is expected. */
export function CurveChart({
  pooled,
  forecast,
  seeds = [],
  name,
  metric,
  share = true,
  measured,
}: {
  pooled: Pooled[];
  forecast: Schemas["ForecastOut"] | null;
  seeds?: { n: number; score: number; key: string }[];
  name: string;
  metric: string;
  share?: boolean;
  measured?: string;
}) {
  const { i18n } = useLingui();
  const [reach, setReach] = useState(16);
  const last = pooled[pooled.length - 1];
  if (!last) return null;
  const figure = (value: number) =>
    new Intl.NumberFormat(i18n.locale, { maximumSignificantDigits: 4 }).format(value);
  const band = (forecast?.band ?? []).filter(({ n }) => n <= last.n * reach * 1.01);
  const end = Math.max(last.n, band[band.length - 1]?.n ?? 0);
  const needed = forecast?.labels_needed.p50 ?? null;
  const series: Series[] = [
    {
      key: "measured",
      name: measured ?? i18n._("Measured on the held-out test set"),
      mark: "line",
      interval: i18n._("95% interval"),
      points: measuredPoints(pooled, share),
    },
  ];
  if (seeds.length > 0)
    series.push({
      key: "seeds",
      name: i18n._("Single runs"),
      mark: "dots",
      partOf: "measured",
      isBackground: true,
      points: seeds.map(({ n, score }) => ({ x: n, y: score })),
    });
  if (band.length > 1)
    series.push({
      key: "forecast",
      name: i18n._("Forecast"),
      mark: "forecast",
      interval: i18n._("80% interval"),
      points: band.map((point) => ({
        x: Math.round(point.n),
        y: point.p50,
        low: point.p10,
        high: point.p90,
        lowest: point.p2_5,
        highest: point.p97_5,
      })),
    });
  const y: Axis = share ? shareAxis(metric, i18n.locale) : { label: metric, format: figure };
  const targetText = (target: number) =>
    share ? percent(target, i18n.locale, Number.isInteger(target * 100) ? 0 : 1) : figure(target);
  return (
    <Chart
      title={metric}
      fileName={name}
      series={series}
      x={{
        label: i18n._("Labels"),
        scale: "log",
        format: (value) => count(Math.round(value), i18n.locale),
      }}
      y={y}
      height={340}
      references={
        forecast
          ? [
              {
                axis: "y",
                value: forecast.target,
                label: i18n._("Target {target}", { target: targetText(forecast.target) }),
              },
            ]
          : []
      }
      decision={
        forecast && needed !== null && !forecast.is_reached && needed <= end
          ? { x: needed, y: forecast.target, label: i18n._("Target expected here") }
          : null
      }
    >
      {forecast && (
        <SegmentedControl
          size="xs"
          aria-label={i18n._("Reach of the forecast")}
          value={String(reach)}
          onChange={(value) => setReach(Number(value))}
          data={REACHES.map((times) => ({
            value: String(times),
            label: i18n._("Up to {times}× the labels", { times }),
          }))}
        />
      )}
    </Chart>
  );
}
