import { Kbd } from "@mantine/core";
import type { Schemas } from "../../../shared/api/client";
import styles from "./schema.module.css";

/** The labels of a project in little room: color, name, key. */
export function LabelChips({
  labels,
}: {
  labels: readonly Pick<Schemas["LabelOut"], "id" | "name" | "color" | "key">[];
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
