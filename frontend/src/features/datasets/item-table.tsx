import { useLingui } from "@lingui/react";
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { type Column, DataTable, type Selection } from "../../shared/ui/list/data-table";
import type { ListState } from "../../shared/ui/list/list-state";
import type { List } from "../../shared/ui/list/use-list";
import { moment } from "../../shared/ui/numbers";
import { type Item, ItemPicture } from "./item-picture";
import styles from "./items.module.css";

/** Items by rows, with their metadata. */
export function ItemTable({
  list,
  state,
  empty,
  open,
  selection,
}: {
  list: List<Item>;
  state: ListState;
  empty: ReactNode;
  open: (id: number) => void;
  selection: Selection | undefined;
}) {
  const { i18n } = useLingui();
  const columns: Column<Item>[] = [
    {
      id: "preview",
      header: i18n._("Preview"),
      cell: (row) => (
        <span className={styles.small}>
          <ItemPicture item={row} />
        </span>
      ),
    },
    {
      id: "name",
      header: i18n._("Name"),
      ordering: "name",
      isRowHeader: true,
      cell: (row) => (
        <Button variant="transparent" size="compact-sm" px={0} onClick={() => open(row.id)}>
          {row.name}
        </Button>
      ),
    },
    { id: "type", header: i18n._("Media type"), cell: (row) => row.media_type ?? i18n._("URL") },
    {
      id: "size",
      header: i18n._("Size (px)"),
      isNumeric: true,
      cell: (row) => (row.width && row.height ? `${row.width} × ${row.height}` : "–"),
    },
    { id: "metadata", header: i18n._("Metadata"), cell: (row) => metadataInShort(row.meta) },
    {
      id: "added",
      header: i18n._("Added"),
      ordering: "id",
      cell: (row) => moment(row.created_at, i18n.locale),
    },
  ];
  return (
    <DataTable
      id="dataset-items"
      name={i18n._("Items")}
      list={list}
      state={state}
      columns={columns}
      rowId={(row) => String(row.id)}
      rowName={(row) => row.name}
      empty={empty}
      {...(selection && { selection })}
    />
  );
}

function metadataInShort(meta: Item["meta"]): string {
  const text = Object.entries(meta)
    .map(([key, value]) => `${key}: ${typeof value === "object" ? JSON.stringify(value) : value}`)
    .join(" · ");
  return text.length > 80 ? `${text.slice(0, 80)}…` : text || "–";
}
