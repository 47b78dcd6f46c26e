import { useLingui } from "@lingui/react";
import { type KeyboardEvent, useState } from "react";
import type { Schemas } from "../../../shared/api/client";
import styles from "./schema.module.css";

type Skeleton = Schemas["SkeletonIn"];
type Point = [x: number, y: number];

/** Where parts of a body are, on a square of side 1; a person seen from the front. */
const BODY: [pattern: RegExp, at: Point][] = [
  [/left eye/, [0.55, 0.1]],
  [/right eye/, [0.45, 0.1]],
  [/left ear/, [0.6, 0.13]],
  [/right ear/, [0.4, 0.13]],
  [/head|nose|face/, [0.5, 0.14]],
  [/neck/, [0.5, 0.22]],
  [/left shoulder/, [0.66, 0.28]],
  [/right shoulder/, [0.34, 0.28]],
  [/left elbow/, [0.76, 0.42]],
  [/right elbow/, [0.24, 0.42]],
  [/left (wrist|hand)/, [0.82, 0.56]],
  [/right (wrist|hand)/, [0.18, 0.56]],
  [/left hip/, [0.59, 0.55]],
  [/right hip/, [0.41, 0.55]],
  [/left knee/, [0.61, 0.75]],
  [/right knee/, [0.39, 0.75]],
  [/left (ankle|foot)/, [0.62, 0.94]],
  [/right (ankle|foot)/, [0.38, 0.94]],
];

/** A place for each keypoint: that of a body where the names are of one, else around a circle. */
export function layOut(points: readonly string[]): Point[] {
  const places = points.map((name) => {
    const words = name.toLowerCase().replace(/[_-]/g, " ");
    return BODY.find(([pattern]) => pattern.test(words))?.[1];
  });
  const known = new Set(places.map(String));
  if (places.every((place) => place !== undefined) && known.size === points.length) return places;
  return points.map((_, index) => {
    const angle = (2 * Math.PI * index) / points.length - Math.PI / 2;
    return [0.5 + 0.4 * Math.cos(angle), 0.5 + 0.4 * Math.sin(angle)];
  });
}

/** Keypoints and what joins them, drawn with their numbers. With `join`, two points clicked one after the other. */
export function SkeletonFigure({
  skeleton,
  color,
  size,
  join,
}: {
  skeleton: Skeleton;
  color: string;
  size: number;
  join?: (a: number, b: number) => void;
}) {
  const { i18n } = useLingui();
  const [first, setFirst] = useState<number | null>(null);
  const places = layOut(skeleton.points);
  const choose = (place: number) => {
    if (first === null || first === place) setFirst(first === place ? null : place);
    else {
      join?.(first, place);
      setFirst(null);
    }
  };
  const isLarge = size > 120;
  return (
    <svg
      className={styles.figure}
      viewBox="0 0 100 100"
      width={size}
      height={size}
      role={join ? "group" : "img"}
      aria-label={i18n._("Keypoints: {names}", { names: skeleton.points.join(", ") })}
    >
      {skeleton.edges?.map(([a, b]) => {
        const [from, to] = [places[a], places[b]];
        if (!from || !to) return null;
        return (
          <line
            key={`${a}-${b}`}
            x1={100 * from[0]}
            y1={100 * from[1]}
            x2={100 * to[0]}
            y2={100 * to[1]}
            stroke={color}
            strokeWidth={isLarge ? 1.5 : 3}
          />
        );
      })}
      {places.map(([x, y], index) => (
        <g
          key={skeleton.points[index]}
          className={join ? styles.joint : undefined}
          {...(join && {
            role: "button",
            tabIndex: 0,
            "aria-pressed": first === index,
            "aria-label": i18n._("Connect {point}", { point: skeleton.points[index] ?? "" }),
            onClick: () => choose(index),
            onKeyDown: (event: KeyboardEvent) => {
              if (event.key !== "Enter" && event.key !== " ") return;
              event.preventDefault();
              choose(index);
            },
          })}
        >
          {join && <circle cx={100 * x} cy={100 * y} r={7} className={styles.reach} />}
          <circle cx={100 * x} cy={100 * y} r={isLarge ? 3.6 : 4.5} fill={color} />
          {isLarge && (
            <text x={100 * x} y={100 * y + 1.5} textAnchor="middle" fontSize={4.2} fill="#fff">
              {index + 1}
            </text>
          )}
        </g>
      ))}
    </svg>
  );
}
