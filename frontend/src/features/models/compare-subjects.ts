import type { Schemas } from "../../shared/api/client";

type Version = Schemas["VersionDetail"];
type Run = Schemas["TrackedRunDetail"];

/** What is compared: a model version, or a run that became none. Both have parameters and metrics. */
export interface Subject {
  key: string;
  name: string;
  project: string;
  to: string;
  /** Where its curves are; null where it was registered without a run. */
  runId: string | null;
  params: Record<string, string>;
  metrics: Record<string, { value: number; low?: number | null; high?: number | null } | null>;
  version: Version | null;
  run: Run | null;
}

const text = (value: unknown) => (typeof value === "object" ? JSON.stringify(value) : String(value));

export const versionName = (version: Schemas["VersionOut"]) => `${version.name} v${version.version}`;

export function subjectOfVersion(version: Version): Subject {
  const params = Object.entries(version.params).filter(([key]) => key !== "run_id");
  return {
    key: `v${version.id}`,
    name: versionName(version),
    project: version.project,
    to: `/versions/${version.id}`,
    runId: version.mlflow_run_id || null,
    params: Object.fromEntries(params.map(([key, value]) => [key, text(value)])),
    metrics: version.evaluation?.metrics ?? {},
    version,
    run: null,
  };
}

export function subjectOfRun(run: Run): Subject {
  return {
    key: `r${run.id}`,
    name: run.name,
    project: run.project,
    to: `/experiments/runs/${run.id}`,
    runId: run.id,
    params: run.params,
    metrics: Object.fromEntries(
      Object.entries(run.metrics).map(([key, value]) => [key, value === null ? null : { value }]),
    ),
    version: null,
    run,
  };
}

/** A row of the comparison: a name, and what each subject has of it; null where it has nothing. */
export interface ComparedRow {
  key: string;
  values: (string | null)[];
  differs: boolean;
}

/** Rows that differ first, in their order otherwise. */
export function differencesFirst(rows: ComparedRow[]): ComparedRow[] {
  return [...rows.filter((row) => row.differs), ...rows.filter((row) => !row.differs)];
}

export function comparedRow(key: string, values: (string | null)[]): ComparedRow {
  return { key, values, differs: new Set(values.map((value) => value ?? "")).size > 1 };
}

/** An axis of the parallel coordinates: numbers, or a place for each text. */
export interface ParallelAxis {
  key: string;
  kind: "parameter" | "metric";
  /** Of each subject; null where it has none. */
  values: (number | null)[];
  /** Texts at 0, 1, 2…; null where the axis is of numbers. */
  categories: string[] | null;
  low: number;
  high: number;
}

/** Parameters that differ, then metrics; an axis on which all stand at one place says nothing and is left out. */
export function parallelAxes(subjects: Subject[], metricKeys: string[]): ParallelAxis[] {
  const names = [...new Set(subjects.flatMap(({ params }) => Object.keys(params)))].sort();
  const axes = names.map((key) =>
    axisOf(
      key,
      "parameter",
      subjects.map(({ params }) => params[key] ?? null),
    ),
  );
  const measured = metricKeys.map((key) =>
    axisOf(
      key,
      "metric",
      subjects.map(({ metrics }) => metrics[key]?.value ?? null),
    ),
  );
  return [
    ...axes.filter((axis) => axis.high > axis.low),
    ...measured.filter((axis) => axis.values.some((value) => value !== null)),
  ];
}

function axisOf(key: string, kind: ParallelAxis["kind"], answers: (string | number | null)[]): ParallelAxis {
  const numbers = answers.map((value) => (value === null || value === "" ? null : Number(value)));
  const isNumeric = numbers.every((value) => value === null || Number.isFinite(value));
  const categories = isNumeric
    ? null
    : [...new Set(answers.filter((other) => other !== null).map(String))].sort();
  const values = categories
    ? answers.map((value) => (value === null ? null : categories.indexOf(String(value))))
    : numbers;
  const there = values.filter((value) => value !== null);
  return { key, kind, values, categories, low: Math.min(...there), high: Math.max(...there) };
}
