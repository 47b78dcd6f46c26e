import type { Schemas } from "../../../shared/api/client";
import styles from "./items.module.css";

type Row = Schemas["TaskRow"];
type Labels = readonly Pick<Schemas["LabelOut"], "id" | "name" | "color" | "skeleton">[];

interface Mark {
  label?: string;
  shape?: string;
  x?: number;
  y?: number;
  w?: number;
  h?: number;
  angle?: number;
  points?: number[][];
}

/** An item in little: its picture with the regions of its annotation, or the begin of its text. */
export function ItemPicture({ row, labels }: { row: Row; labels: Labels }) {
  if (!row.image) return <span className={styles.text}>{row.text || row.name}</span>;
  const colors = new Map(labels.map((label) => [label.id, label]));
  return (
    <span className={styles.picture}>
      <img src={row.image} alt="" loading="lazy" />
      {row.width && row.height && row.marks.length > 0 && (
        <svg viewBox={`0 0 ${row.width} ${row.height}`} preserveAspectRatio="xMidYMid meet" aria-hidden>
          {row.marks.map((mark, place) => {
            const label = colors.get(String(mark.label));
            // biome-ignore lint/suspicious/noArrayIndexKey: marks of one annotation have no other name
            return <MarkShape key={place} mark={mark} color={label?.color ?? "#475569"} label={label} />;
          })}
        </svg>
      )}
    </span>
  );
}

function MarkShape({ mark, color, label }: { mark: Mark; color: string; label: Labels[number] | undefined }) {
  const look = { stroke: color, vectorEffect: "non-scaling-stroke" } as const;
  const points = mark.points ?? [];
  const path = points.map(([x, y]) => `${x},${y}`).join(" ");
  if (mark.shape === "polyline") return <polyline points={path} fill="none" {...look} />;
  if (mark.shape === "polygon") return <polygon points={path} fill={color} fillOpacity={0.25} {...look} />;
  if (mark.shape === "skeleton")
    return (
      <>
        {label?.skeleton?.edges?.map(([a, b]) => {
          const [from, to] = [points[a ?? -1], points[b ?? -1]];
          if (!from?.[2] || !to?.[2]) return null;
          return <line key={`${a}-${b}`} x1={from[0]} y1={from[1]} x2={to[0]} y2={to[1]} {...look} />;
        })}
        {points.map(
          ([x, y, seen]) =>
            seen !== 0 && (
              <line key={`${x}-${y}`} x1={x} y1={y} x2={x} y2={y} {...look} className={styles.dot} />
            ),
        )}
      </>
    );
  const { x = 0, y = 0, w = 0, h = 0, angle = 0 } = mark;
  return (
    <rect
      x={x}
      y={y}
      width={w}
      height={h}
      fill={color}
      fillOpacity={0.12}
      {...(angle ? { transform: `rotate(${angle} ${x + w / 2} ${y + h / 2})` } : {})}
      {...look}
    />
  );
}
