import type { Schemas } from "../../../shared/api/client";
import styles from "./items.module.css";

export type Labels = readonly Pick<Schemas["LabelOut"], "id" | "name" | "color" | "skeleton">[];

/** A region as the server sketches it: few points, a mask in coarse cells. */
export interface Mark {
  label?: string;
  shape?: string;
  x?: number;
  y?: number;
  w?: number;
  h?: number;
  angle?: number;
  points?: number[][];
  cell?: number;
  columns?: number;
  rle?: number[];
}

/** A region on a picture whose coordinates are those of the SVG around it. */
export function MarkShape({
  mark,
  color,
  label,
  dashes,
}: {
  mark: Mark;
  color: string;
  label: Labels[number] | undefined;
  dashes?: string | undefined;
}) {
  const look = { stroke: color, vectorEffect: "non-scaling-stroke", strokeDasharray: dashes } as const;
  const points = mark.points ?? [];
  const path = points.map(([x, y]) => `${x},${y}`).join(" ");
  if (mark.shape === "mask")
    return <path d={maskPath(mark)} fill={color} fillOpacity={0.45} stroke="none" data-shape="mask" />;
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
          ([x, y, seen], place) =>
            seen !== 0 && (
              <line
                // biome-ignore lint/suspicious/noArrayIndexKey: the order names a keypoint
                key={place}
                x1={x}
                y1={y}
                x2={x}
                y2={y}
                {...look}
                strokeDasharray={undefined}
                className={styles.dot}
              />
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

/** The cells of a mask as one path: a rectangle for each run within a row. */
export function maskPath({ x = 0, y = 0, cell = 1, columns = 1, rle = [] }: Mark): string {
  const pieces: string[] = [];
  let at = 0;
  for (const [place, length] of rle.entries()) {
    const end = at + length;
    if (place % 2 === 1)
      for (let start = at; start < end; ) {
        const row = Math.floor(start / columns);
        const stop = Math.min(end, (row + 1) * columns);
        const [left, top, width] = [x + (start % columns) * cell, y + row * cell, (stop - start) * cell];
        pieces.push(`M${left} ${top}h${width}v${cell}h${-width}z`);
        start = stop;
      }
    at = end;
  }
  return pieces.join("");
}
