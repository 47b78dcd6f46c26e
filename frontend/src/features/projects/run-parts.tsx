import type { I18n } from "@lingui/core";
import { useLingui } from "@lingui/react";
import { Group, Progress, Text } from "@mantine/core";
import { IconCheck, IconClock, IconPlayerPlay, IconPlayerStop, IconX } from "@tabler/icons-react";
import type { Schemas } from "../../shared/api/client";
import { type Metric, pointsOf } from "../../shared/ui/metrics";
import { StatusBadge, type StatusLooks } from "../../shared/ui/status-badge";

export interface RunResult {
  metrics?: Record<string, Metric>;
  primary?: string;
  model?: string;
  version?: number;
  version_id?: number;
  device?: string;
  train_seconds?: number;
  prediction_ms?: number;
  baseline?: Baseline | null;
}

export interface Baseline {
  recipe: string;
  metrics: Record<string, Metric>;
  train_seconds: number;
  prediction_ms: number;
  difference: { value: number; low: number; high: number };
}

export const resultOf = (run: Schemas["RunOut"]) => run.job.result as RunResult;

/** Where these runs are compared: by their model versions, else by what they logged. */
export function comparisonOf(runs: Schemas["RunOut"][]): string {
  const versions = runs.flatMap((run) => resultOf(run).version_id ?? []);
  const others = runs.filter((run) => resultOf(run).version_id === undefined && run.mlflow_run_id !== "");
  const parts = [
    versions.length > 0 && `versions=${versions.join(",")}`,
    others.length > 0 && `runs=${others.map((run) => run.mlflow_run_id).join(",")}`,
  ];
  return `/compare?${parts.filter(Boolean).join("&")}`;
}

export const isActive = (state: string) => state === "queued" || state === "running";

type JobState = Schemas["JobOut"];

/** A job's state as shape, word and color. */
export function JobBadge({ job }: { job: Pick<JobState, "state" | "cancel_requested"> }) {
  const { i18n } = useLingui();
  const looks: StatusLooks = {
    queued: [IconClock, i18n._("Queued"), "gray"],
    running: [IconPlayerPlay, i18n._("Running"), "blue"],
    done: [IconCheck, i18n._("Completed"), "green"],
    failed: [IconX, i18n._("Failed"), "red"],
    cancelled: [IconPlayerStop, i18n._("Canceled"), "gray"],
  };
  return (
    <StatusBadge
      state={job.state}
      looks={looks}
      word={isActive(job.state) && job.cancel_requested ? i18n._("Canceling…") : undefined}
    />
  );
}

/** How far a running job is, and what it is at; why a failed one failed. */
export function JobProgress({ job }: { job: JobState }) {
  const { i18n } = useLingui();
  if (job.state === "failed")
    return (
      <Text size="sm" c="var(--bad)">
        {job.error || i18n._("Failed without a message.")}
      </Text>
    );
  if (!isActive(job.state)) return null;
  const share = job.total > 0 ? Math.min(100, Math.round((100 * job.done) / job.total)) : 0;
  return (
    <Group gap="xs" wrap="nowrap">
      {job.state === "running" && <Progress value={share} w={90} aria-label={i18n._("Progress")} />}
      <Text size="xs" c="dimmed">
        {job.message}
        {job.attempt > 1 && ` · ${i18n._("attempt {attempt}", { attempt: job.attempt })}`}
      </Text>
    </Group>
  );
}

/** Time between start and end, or until now. */
export function durationOf(i18n: I18n, job: JobState): string {
  if (!job.started_at) return "–";
  const end = job.ended_at ? Date.parse(job.ended_at) : Date.now();
  const seconds = Math.max(0, Math.round((end - Date.parse(job.started_at)) / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  if (hours > 0) return i18n._("{hours} h {minutes} min", { hours, minutes });
  if (minutes > 0) return i18n._("{minutes} min {seconds} s", { minutes, seconds: seconds % 60 });
  return i18n._("{seconds} s", { seconds });
}

/** Whether the model is worth its cost: points over the baseline, with the interval. */
export function baselineText(i18n: I18n, baseline: Baseline): { text: string; isBetter: boolean } {
  const points = pointsOf(baseline.difference, i18n.locale);
  const { low, high } = baseline.difference;
  if (low > 0) return { text: i18n._("Better: {points} pp", { points }), isBetter: true };
  if (high < 0) return { text: i18n._("Worse: {points} pp", { points }), isBetter: false };
  return { text: i18n._("No clear difference: {points} pp", { points }), isBetter: false };
}

export function parameterText(value: unknown, locale: string): string {
  if (typeof value !== "number") return value === undefined ? "–" : String(value);
  return new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 }).format(value);
}
