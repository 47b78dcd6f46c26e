import type { Schemas } from "../../../shared/api/client";
import styles from "./items.module.css";
import { type Labels, MarkShape } from "./mark-shape";

type Row = Schemas["TaskRow"];

/** An item in little: its picture with the regions of its annotation, or the begin of its text. */
export function ItemPicture({ row, labels }: { row: Row; labels: Labels }) {
  if (!row.image) return <span className={styles.text}>{row.text || row.name}</span>;
  const byId = new Map(labels.map((label) => [label.id, label]));
  return (
    <span className={styles.picture}>
      <img src={row.image} alt="" loading="lazy" />
      {row.width && row.height && row.marks.length > 0 && (
        <svg viewBox={`0 0 ${row.width} ${row.height}`} preserveAspectRatio="xMidYMid meet" aria-hidden>
          {row.marks.map((mark, place) => {
            const label = byId.get(String(mark.label));
            // biome-ignore lint/suspicious/noArrayIndexKey: marks of one annotation have no other name
            return <MarkShape key={place} mark={mark} color={label?.color ?? "#475569"} label={label} />;
          })}
        </svg>
      )}
    </span>
  );
}
