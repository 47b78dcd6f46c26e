import type { I18n } from "@lingui/core";
import { useLingui } from "@lingui/react";
import { Group, SimpleGrid, Skeleton, Slider, Switch, Text } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Schemas, unwrap } from "../shared/api/client";
import type { Series } from "../shared/ui/chart/model";
import { ErrorAlert } from "../shared/ui/feedback";
import { count } from "../shared/ui/numbers";
import { onDemand } from "../shared/ui/on-demand";
import { metricsOf, pointsOfCurve } from "./smooth";
import { useLive } from "./use-live";

const Chart = onDemand(
  async () => (await import("../shared/ui/chart/chart")).Chart,
  <Skeleton height={240} />,
);

type Curve = Schemas["CurveOut"];

export interface CurveSource {
  id: string;
  name: string;
}

const curvesOf = (id: string) =>
  unwrap(
    api.GET("/api/v1/tracked-runs/{tracked_run_id}/curves/", { params: { path: { tracked_run_id: id } } }),
  );

/** Metrics that trainings and MLflow's client log under these names, in the person's language. */
export function metricTitle(i18n: I18n, name: string): string {
  const titles: Record<string, string> = {
    training_loss: i18n._("Training loss"),
    validation_loss: i18n._("Validation loss"),
    validation_accuracy: i18n._("Validation accuracy"),
    validation_ap50: i18n._("Validation AP at IoU 0.50"),
    validation_span_f1: i18n._("Validation span F1"),
    validation_explained: i18n._("Validation R²"),
    validation_similarity: i18n._("Validation similarity to the labels"),
    learning_rate: i18n._("Learning rate"),
    train_seconds: i18n._("Training time (s)"),
    "system/cpu_utilization_percentage": i18n._("CPU (%)"),
    "system/system_memory_usage_megabytes": i18n._("Memory (MB)"),
    "system/system_memory_usage_percentage": i18n._("Memory (%)"),
  };
  const gpu = /^system\/gpu_(\d+)_(\w+)$/.exec(name);
  const ofGpu: Record<string, string> = {
    utilization_percentage: i18n._("GPU {number} (%)", { number: gpu?.[1] ?? "" }),
    memory_usage_megabytes: i18n._("Memory of GPU {number} (MB)", { number: gpu?.[1] ?? "" }),
    memory_usage_percentage: i18n._("Memory of GPU {number} (%)", { number: gpu?.[1] ?? "" }),
  };
  return titles[name] ?? ofGpu[gpu?.[2] ?? ""] ?? name;
}

/** Curves of one run; they grow while it runs. `part`: what it learned, or what it took of its machine. */
export function RunCurves({
  runId,
  isLive,
  part,
}: {
  runId: string;
  isLive: boolean;
  part: "metrics" | "system";
}) {
  const { i18n } = useLingui();
  const result = useLive(["curves", runId], () => curvesOf(runId), isLive);
  if (result.error) return <ErrorAlert error={result.error} retry={() => void result.refetch()} />;
  if (!result.data) return <Skeleton height={240} />;
  const { curves } = result.data;
  const names = metricsOf([curves], part === "system");
  const drawn = names.filter((name) => (curves.find((curve) => curve.name === name)?.steps.length ?? 0) > 1);
  if (drawn.length === 0)
    return (
      <Text size="sm" c="dimmed" role="status">
        {isLive
          ? i18n._("No values yet. Curves appear with the first epochs.")
          : part === "system"
            ? i18n._("No system figures were logged.")
            : i18n._("No metric was logged at more than one step.")}
      </Text>
    );
  return <CurveGrid names={drawn} sources={[{ id: runId, name: "" }]} curves={[curves]} />;
}

/** Curves of several runs on top of each other, a chart for each metric. */
export function ComparedCurves({ sources }: { sources: CurveSource[] }) {
  const { i18n } = useLingui();
  const matches = useQueries({
    queries: sources.map(({ id }) => ({ queryKey: ["curves", id], queryFn: () => curvesOf(id) })),
  });
  const failed = matches.find((result) => result.error);
  if (failed) return <ErrorAlert error={failed.error} retry={() => void failed.refetch()} />;
  if (matches.some((result) => !result.data)) return <Skeleton height={240} />;
  const curves = matches.map((result) => result.data?.curves ?? []);
  const names = metricsOf(curves).filter((name) =>
    curves.some((some) => (some.find((candidate) => candidate.name === name)?.steps.length ?? 0) > 1),
  );
  if (names.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {i18n._("None of these logged a metric at more than one step.")}
      </Text>
    );
  return <CurveGrid names={names} sources={sources} curves={curves} />;
}

function CurveGrid({
  names,
  sources,
  curves,
}: {
  names: string[];
  sources: CurveSource[];
  curves: Curve[][];
}) {
  const { i18n } = useLingui();
  const [smoothing, setSmoothing] = useState(0);
  const [isLog, setLog] = useState(false);
  return (
    <>
      <Group gap="lg" mb="sm" align="center">
        <Group gap="xs" wrap="nowrap">
          <Text size="sm" id="smoothing">
            {i18n._("Smoothing")}
          </Text>
          <Slider
            w={140}
            min={0}
            max={0.95}
            step={0.05}
            value={smoothing}
            onChange={setSmoothing}
            label={(value) => value.toFixed(2)}
            thumbLabel={i18n._("Smoothing")}
          />
        </Group>
        <Switch
          label={i18n._("Log scale")}
          checked={isLog}
          onChange={(event) => setLog(event.currentTarget.checked)}
        />
      </Group>
      <SimpleGrid cols={{ base: 1, md: names.length > 1 ? 2 : 1 }}>
        {names.map((name) => (
          <MetricChart
            key={name}
            name={name}
            sources={sources}
            curves={curves.map((some) => some.find((candidate) => candidate.name === name))}
            smoothing={smoothing}
            isLog={isLog}
          />
        ))}
      </SimpleGrid>
    </>
  );
}

function MetricChart({
  name,
  sources,
  curves,
  smoothing,
  isLog,
}: {
  name: string;
  sources: CurveSource[];
  curves: (Curve | undefined)[];
  smoothing: number;
  isLog: boolean;
}) {
  const { i18n } = useLingui();
  const title = metricTitle(i18n, name);
  // A logarithm needs something above zero.
  const fitsLog = isLog && curves.some((curve) => curve?.values.some((value) => (value ?? 0) > 0));
  const series = sources.flatMap(({ id, name: source }, index): Series[] => {
    const curve = curves[index];
    if (!curve) return [];
    const base = { name: source || title, mark: "curve" as const };
    const smooth = { ...base, key: id, points: pointsOfCurve(curve, smoothing, fitsLog) };
    if (smoothing === 0) return [smooth];
    const raw = { key: `${id} raw`, partOf: id, isBackground: true, mark: "dots" as const };
    return [smooth, { ...raw, name: i18n._("Raw values"), points: pointsOfCurve(curve, 0, fitsLog) }];
  });
  const isPositive = curves.every((curve) => curve?.values.every((value) => (value ?? 0) >= 0) ?? true);
  const figure = (value: number) =>
    new Intl.NumberFormat(i18n.locale, { maximumSignificantDigits: 4 }).format(value);
  return (
    <Chart
      title={title}
      hasHeading
      fileName={name.replace(/\W+/g, "-")}
      height={240}
      series={series}
      x={{
        label: i18n._("Step"),
        format: (value) => count(Math.round(value), i18n.locale),
        formatTick: (value) => (Number.isInteger(value) ? count(value, i18n.locale) : ""),
      }}
      y={{ label: title, format: figure, scale: fitsLog ? "log" : "linear", ...(isPositive && { min: 0 }) }}
    />
  );
}
