import type { ReactNode } from "react";
import styles from "./first-project.module.css";

const scene = (
  <>
    <path d="M0 52 L28 34 L46 46 L72 26 L120 54 V72 H0 Z" className={styles.hill} />
    <circle cx="98" cy="16" r="7" className={styles.sun} />
  </>
);
const lines = (
  <g className={styles.text}>
    <path d="M14 18 H106 M14 32 H92 M14 46 H104 M14 60 H70" />
  </g>
);
const grid = (
  <path
    className={styles.grid}
    d="M8 10 H112 V62 H8 Z M8 24 H112 M8 37 H112 M8 50 H112 M43 10 V62 M78 10 V62"
  />
);
const tag = (x: number, y: number, width: number) => (
  <rect x={x} y={y} width={width} height="12" rx="6" className={styles.tag} />
);

/** What annotators do in each of our own project types. */
const DRAWN: Partial<Record<string, ReactNode>> = {
  classification: (
    <>
      {scene}
      {tag(8, 8, 40)}
    </>
  ),
  multi_classification: (
    <>
      {scene}
      {tag(8, 8, 34)}
      {tag(8, 24, 26)}
      {tag(38, 24, 30)}
    </>
  ),
  boxes: (
    <>
      {scene}
      <rect x="20" y="26" width="34" height="30" className={styles.mark} />
      <rect x="70" y="24" width="30" height="20" className={styles.mark} transform="rotate(18 85 34)" />
    </>
  ),
  polygons: (
    <>
      {scene}
      <path d="M22 56 L30 30 L50 26 L62 42 L52 60 Z" className={styles.mark} />
      <path d="M70 62 L82 48 L96 50 L110 34" className={styles.line} />
    </>
  ),
  keypoints: (
    <g className={styles.pose}>
      <path d="M60 16 V40 M60 24 L42 34 M60 24 L78 34 M60 40 L48 62 M60 40 L72 62" />
      {[
        [60, 12],
        [60, 24],
        [42, 34],
        [78, 34],
        [60, 40],
        [48, 62],
        [72, 62],
      ].map(([x, y]) => (
        <circle key={`${x}-${y}`} cx={x} cy={y} r="3.4" />
      ))}
    </g>
  ),
  masks: (
    <>
      {scene}
      <path d="M18 58 C16 40 30 28 44 32 C60 36 58 58 44 62 C32 66 20 66 18 58 Z" className={styles.mask} />
      <circle cx="74" cy="42" r="9" className={styles.brush} />
    </>
  ),
  mixed: (
    <>
      {scene}
      <rect x="12" y="28" width="26" height="26" className={styles.mark} />
      <path d="M50 56 L56 34 L74 36 L76 54 Z" className={styles.mark} />
      <path d="M88 60 C84 46 96 34 106 42 C116 52 104 66 88 60 Z" className={styles.mask} />
    </>
  ),
  text_classification: (
    <>
      {lines}
      {tag(72, 54, 38)}
    </>
  ),
  spans: (
    <>
      {lines}
      <rect x="12" y="11" width="40" height="14" rx="3" className={styles.mask} />
      <rect x="60" y="39" width="44" height="14" rx="3" className={styles.mask} />
      <path d="M40 26 C44 36 60 30 70 38" className={styles.line} />
    </>
  ),
  row_classification: (
    <>
      {grid}
      <rect x="82" y="26" width="26" height="9" rx="4.5" className={styles.tag} />
    </>
  ),
  row_number: (
    <>
      {grid}
      <text x="95" y="34" textAnchor="middle" className={styles.number}>
        4.2
      </text>
    </>
  ),
};

/** A small picture of a project type; of a type that a package brought, one of its medium. */
export function TypePicture({ type, mediaType }: { type: string; mediaType: string }) {
  const other = mediaType === "image" ? scene : mediaType === "text" ? lines : grid;
  return (
    <svg viewBox="0 0 120 72" className={styles.picture} aria-hidden>
      {DRAWN[type] ?? other}
    </svg>
  );
}
