import { useLingui } from "@lingui/react";
import type { Schemas } from "../../shared/api/client";
import styles from "./items.module.css";

export type Item = Schemas["ItemOut"];

/** Whether there is a small picture of an item. */
export function hasThumbnail(item: Item): boolean {
  return item.asset_id !== null && item.width !== null;
}

/** What an item looks like at a small size: its picture, the beginning of its text, or the values of its row. */
export function ItemPicture({ item }: { item: Item }) {
  const { i18n } = useLingui();
  if (hasThumbnail(item))
    return (
      <img
        src={`/api/v1/assets/${item.asset_id}/thumbnail/`}
        alt=""
        loading="lazy"
        className={styles.picture}
      />
    );
  if (item.excerpt) return <span className={styles.text}>{item.excerpt.slice(0, 160)}</span>;
  if (item.uri.startsWith("row:")) {
    const values = Object.entries(item.meta).slice(0, 5);
    return <span className={styles.text}>{values.map(([key, value]) => `${key}: ${value}`).join("\n")}</span>;
  }
  return <span className={styles.text}>{item.uri || i18n._("No preview")}</span>;
}
