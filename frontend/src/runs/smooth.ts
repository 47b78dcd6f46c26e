import type { Schemas } from "../shared/api/client";
import type { Point } from "../shared/ui/chart/model";

type Curve = Schemas["CurveOut"];

/** Metrics of the machine, as MLflow's client names them. */
export const isSystem = (name: string) => name.startsWith("system/");

/** What says how good the model is becoming: it comes first. */
const isQuality = (name: string) => name.startsWith("validation_") && !name.endsWith("loss");

/** Names of metrics in all of the curves, without those of the machine. */
export function metricsOf(curves: Curve[][], system = false): string[] {
  const names = new Set(curves.flatMap((some) => some.map(({ name }) => name)));
  return [...names]
    .filter((name) => isSystem(name) === system)
    .sort((a, b) => Number(isQuality(b)) - Number(isQuality(a)) || a.localeCompare(b));
}

/** Points of a curve; where an axis is logarithmic, those that it has no place for are left out. */
export function pointsOfCurve(curve: Curve, smoothing: number, isLog = false): Point[] {
  const raw = curve.steps.map((x, index): Point => ({ x, y: curve.values[index] ?? null }));
  const shown = isLog ? raw.map((point) => ((point.y ?? 0) > 0 ? point : { ...point, y: null })) : raw;
  return smoothing > 0 ? smoothed(shown, smoothing) : shown;
}

/**
 * Exponentially weighted means, with the weights of the first ones made up for, so that the beginning is not drawn to
 * zero. `weight` is how much of the mean before is kept, from 0 to below 1.
 */
export function smoothed(points: Point[], weight: number): Point[] {
  let mean = 0;
  let count = 0;
  return points.map((point) => {
    if (point.y === null) return point;
    mean = weight * mean + (1 - weight) * point.y;
    count += 1;
    return { ...point, y: mean / (1 - weight ** count) };
  });
}

/** Milliseconds until a running thing is asked again: longer the longer nothing new came, up to half a minute. */
export function backoff(unchanged: number): number {
  return Math.min(30_000, 2000 * 2 ** Math.min(unchanged, 4));
}
