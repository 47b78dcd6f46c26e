import { Kbd } from "@mantine/core";
import type { Schemas } from "../../../shared/api/client";
import { inTreeOrder, type LabelRow, levelOf } from "./label-rows";
import styles from "./schema.module.css";

/** The labels of a project in little room: color, name, key. */
export function LabelChips({
  labels,
}: {
  labels: readonly Pick<Schemas["LabelOut"], "id" | "name" | "color" | "key" | "parent">[];
}) {
  return (
    <span className={styles.chips}>
      {labels.map((label) => (
        <span key={label.id} className={styles.chip}>
          <span className={styles.dot} style={{ background: label.color }} />
          {label.name}
          {label.key && <Kbd size="xs">{label.key}</Kbd>}
        </span>
      ))}
    </span>
  );
}

/** The labels of a project under each other. */
export function LabelTree({ labels }: { labels: readonly Schemas["LabelOut"][] }) {
  const rows = labels as readonly LabelRow[];
  return (
    <ul className={styles.tree}>
      {inTreeOrder(rows).map((row) => (
        <li key={row.id} style={{ marginInlineStart: `${levelOf(rows, row) * 1.6}rem` }}>
          <LabelChips labels={[{ ...row, parent: row.parent ?? "" }]} />
        </li>
      ))}
    </ul>
  );
}
