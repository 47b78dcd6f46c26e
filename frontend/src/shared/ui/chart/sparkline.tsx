import { line } from "d3-shape";
import styles from "./chart.module.css";
import { type Point, scaleOf } from "./model";

/** A small curve for a table's cell; the numbers stand beside it. */
export function Sparkline({ points }: { points: Point[] }) {
  const [first, last] = [points[0], points[points.length - 1]];
  if (!first || !last || points.length < 2) return null;
  const values = points.map((point) => point.y ?? 0);
  const axis = { label: "", format: String };
  const x = scaleOf({ ...axis, scale: "log" }, [first.x, Math.max(last.x, first.x + 1)], [2, 88]);
  const y = scaleOf(axis, [Math.min(...values), Math.max(...values) + 1e-6], [22, 2]);
  const path =
    line<Point>(
      (point) => x(point.x),
      (point) => y(point.y ?? 0),
    )(points) ?? "";
  return (
    <svg className={styles.sparkline} viewBox="0 0 90 24" width="90" height="24" aria-hidden="true">
      <path className={styles.path} d={path} />
    </svg>
  );
}
