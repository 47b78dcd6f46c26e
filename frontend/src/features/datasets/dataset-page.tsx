import type { I18n } from "@lingui/core";
import { useLingui } from "@lingui/react";
import { Button, Checkbox, Group, Modal, SegmentedControl, Select, Skeleton, Text } from "@mantine/core";
import { useDisclosure, useElementSize } from "@mantine/hooks";
import { IconPhoto, IconUpload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { EmptyState, ErrorAlert } from "../../shared/ui/feedback";
import { useListState } from "../../shared/ui/list/list-state";
import { type Filter, ListToolbar } from "../../shared/ui/list/list-toolbar";
import { useKeptScroll, useOpenRow } from "../../shared/ui/list/neighbors";
import { NoMatch } from "../../shared/ui/list/no-match";
import { type List, useList } from "../../shared/ui/list/use-list";
import { count } from "../../shared/ui/numbers";
import { onDemand } from "../../shared/ui/on-demand";
import { type Dataset, DatasetFrame } from "./dataset-frame";
import { type Item, ItemPicture } from "./item-picture";
import styles from "./items.module.css";

const ErasePanel = onDemand(async () => (await import("./erase-panel")).ErasePanel);
const ItemDrawer = onDemand(async () => (await import("./item-drawer")).ItemDrawer);
const ItemTable = onDemand(async () => (await import("./item-table")).ItemTable);

const MOST_AT_ONCE = 1000; // items of one erasure
const PAGE = 100;
const TILE_WIDTH = 176; // pixels, the least
const TILE_HEIGHT = 188; // pixels, with the gap below
const VIRTUAL_FROM = 200; // items; below it all are there for the browser's own search

/** The items of a dataset as a grid or a table; each opens in a drawer. */
export function DatasetPage() {
  return <DatasetFrame>{(dataset) => <Items dataset={dataset} />}</DatasetFrame>;
}

function Items({ dataset }: { dataset: Dataset }) {
  const { i18n } = useLingui();
  const mayWrite = useMay("data.write");
  const mayErase = useMay("data.erase");
  const [address] = useSearchParams();
  const state = useListState(["meta", "added_within_days"]);
  const [selected, select] = useState<ReadonlySet<string>>(new Set());
  const path = { dataset_id: dataset.id };
  const list = useList(["items", dataset.id, state.query], (cursor) =>
    unwrap(
      api.GET("/api/v1/datasets/{dataset_id}/items/", {
        params: { path, query: { ...state.query, ...cursor, limit: PAGE } as object },
      }),
    ),
  );
  const { ordering: _, ...filtered } = state.query;
  const facets = useQuery({
    queryKey: ["items", dataset.id, "facets", filtered],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/items/facets/", {
          params: { path, query: filtered as object },
        }),
      ),
    placeholderData: (before) => before,
  });
  const total = facets.data?.is_complete ? facets.data.count : null;
  const isTable = address.get("view") === "table";
  const { row, open, neighbors } = useOpenRow(list, state.isFiltered ? total : dataset.items);
  useKeptScroll(!list.isPending);
  const selection = mayErase ? { selected, select } : undefined;
  const empty = state.isFiltered ? (
    <NoMatch title={i18n._("No item matches.")} state={state} />
  ) : (
    <EmptyState
      title={i18n._("No items yet")}
      Icon={IconPhoto}
      action={
        mayWrite && (
          <Button
            component={Link}
            to={`/datasets/${dataset.id}/imports`}
            leftSection={<IconUpload size={16} aria-hidden />}
          >
            {i18n._("Import data")}
          </Button>
        )
      }
    >
      {i18n._("Import images, texts or tables to fill this dataset.")}
    </EmptyState>
  );
  return (
    <>
      <ListToolbar
        state={state}
        searchLabel={i18n._("Search by name")}
        filters={itemFilters(i18n, facets.data)}
        views={{ list: "dataset-items", extra: ["view"] }}
      >
        <Select
          aria-label={i18n._("Sort by")}
          w={150}
          allowDeselect={false}
          data={[
            { value: "", label: i18n._("Newest first") },
            { value: "id", label: i18n._("Oldest first") },
            { value: "name", label: i18n._("Name A–Z") },
            { value: "-name", label: i18n._("Name Z–A") },
          ]}
          value={state.ordering}
          onChange={(ordering) => state.set({ ordering: ordering ?? "" })}
        />
        <SegmentedControl
          aria-label={i18n._("View")}
          data={[
            { value: "grid", label: i18n._("Grid") },
            { value: "table", label: i18n._("Table") },
          ]}
          value={isTable ? "table" : "grid"}
          onChange={(view) => state.set({ view: view === "table" ? view : "" })}
        />
      </ListToolbar>
      {selection && <SelectionBar dataset={dataset} selected={selected} select={select} />}
      {isTable ? (
        <ItemTable list={list} state={state} empty={empty} open={open} selection={selection} />
      ) : (
        <ItemGrid list={list} empty={empty} open={open} selection={selection} />
      )}
      <ItemDrawer dataset={dataset} item={row} close={() => open(null)} neighbors={neighbors} />
    </>
  );
}

const DAYS = [1, 7, 30, 90] as const;

/** By what items are filtered, with how many there are of each value of their metadata. */
function itemFilters(i18n: I18n, facets: Schemas["ItemFacets"] | undefined): Filter[] {
  const more = facets?.is_complete === false ? "+" : "";
  const meta = (facets?.meta ?? []).map(({ value, count: items }): [string, string] => [
    value,
    `${value.replace(":", ": ")} (${count(items, i18n.locale)}${more})`,
  ]);
  const filters: Filter[] = [
    { name: "meta", label: i18n._("Metadata"), options: meta },
    {
      name: "added_within_days",
      label: i18n._("Date added"),
      options: DAYS.map((days) => [
        String(days),
        i18n._("{days, plural, one {In the last day} other {In the last # days}}", { days }),
      ]),
    },
  ];
  return filters.filter((filter) => filter.options.length > 0);
}

type Marks = { selected: ReadonlySet<string>; select: (selected: Set<string>) => void };

/** What may be done with the marked items. */
function SelectionBar({ dataset, selected, select }: { dataset: Dataset } & Marks) {
  const { i18n } = useLingui();
  const navigate = useNavigate();
  const [isErasing, erasing] = useDisclosure(false);
  const ids = [...selected].map(Number);
  if (ids.length === 0) return null;
  return (
    <Group gap="xs" mb="sm" role="toolbar" aria-label={i18n._("Selection")}>
      <Text size="sm" role="status">
        {i18n._("{count, plural, one {# item selected} other {# items selected}}", { count: ids.length })}
      </Text>
      <Button
        size="compact-sm"
        color="red"
        variant="light"
        onClick={erasing.open}
        disabled={ids.length > MOST_AT_ONCE}
      >
        {i18n._("Erase items…")}
      </Button>
      <Button size="compact-sm" variant="subtle" onClick={() => select(new Set())}>
        {i18n._("Clear selection")}
      </Button>
      {ids.length > MOST_AT_ONCE && (
        <Text size="sm" c="dimmed">
          {i18n._("At most {number} items are erased at once.", { number: MOST_AT_ONCE })}
        </Text>
      )}
      <Modal opened={isErasing} onClose={erasing.close} title={i18n._("Erase items")} size="lg">
        <ErasePanel
          datasetId={dataset.id}
          itemIds={ids}
          cancel={erasing.close}
          onDone={() => navigate("/datasets/erased")}
        />
      </Modal>
    </Group>
  );
}

function ItemGrid({
  list,
  empty,
  open,
  selection,
}: {
  list: List<Item>;
  empty: React.ReactNode;
  open: (id: number) => void;
  selection: Marks | undefined;
}) {
  const { i18n } = useLingui();
  const { ref, width } = useElementSize<HTMLDivElement>();
  const columns = Math.max(2, Math.floor(width / TILE_WIDTH));
  const isVirtual = list.rows.length >= VIRTUAL_FROM;
  const [top, setTop] = useState(0);
  const virtualizer = useWindowVirtualizer({
    count: Math.ceil(list.rows.length / columns),
    estimateSize: () => TILE_HEIGHT,
    overscan: 4,
    scrollMargin: top,
    enabled: isVirtual,
  });
  const lines = virtualizer.getVirtualItems();
  const first = lines[0];
  const last = lines[lines.length - 1];
  const isAtEnd = isVirtual && last !== undefined && last.index >= virtualizer.options.count - 2;
  const { hasMore, isFetching, loadMore } = list;
  useEffect(() => {
    if (isAtEnd && hasMore && !isFetching) loadMore();
  }, [isAtEnd, hasMore, isFetching, loadMore]);
  if (list.error) return <ErrorAlert error={list.error} retry={list.reload} />;
  if (list.isPending) {
    return (
      <div className={styles.grid} role="status" aria-label={i18n._("Loading…")}>
        {["a", "b", "c", "d", "e", "f", "g", "h"].map((key) => (
          <Skeleton key={key} height={176} />
        ))}
      </div>
    );
  }
  if (list.rows.length === 0) return empty;
  const shown =
    isVirtual && first && last
      ? list.rows.slice(first.index * columns, (last.index + 1) * columns)
      : list.rows;
  return (
    <div ref={ref}>
      <div
        ref={(place) => {
          if (place) setTop(place.offsetTop);
        }}
        style={isVirtual ? { blockSize: virtualizer.getTotalSize() } : undefined}
      >
        <ul
          className={styles.grid}
          aria-label={i18n._("Items")}
          style={{
            gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
            ...(isVirtual && first && { transform: `translateY(${first.start - top}px)` }),
          }}
        >
          {shown.map((item) => (
            <Tile key={item.id} item={item} open={open} selection={selection} />
          ))}
        </ul>
      </div>
      {hasMore && (
        <Button variant="default" mt="sm" onClick={loadMore} loading={isFetching}>
          {i18n._("Show more")}
        </Button>
      )}
    </div>
  );
}

function Tile({
  item,
  open,
  selection,
}: {
  item: Item;
  open: (id: number) => void;
  selection: Marks | undefined;
}) {
  const { i18n } = useLingui();
  const key = String(item.id);
  const isSelected = selection?.selected.has(key) ?? false;
  return (
    <li className={styles.tile} data-selected={isSelected || undefined}>
      <button type="button" className={styles.open} title={item.name} onClick={() => open(item.id)}>
        <span className={styles.frame}>
          <ItemPicture item={item} />
        </span>
        <span className={styles.name}>{item.name}</span>
      </button>
      {selection && (
        <Checkbox
          size="xs"
          className={styles.check}
          aria-label={i18n._("Select {name}", { name: item.name })}
          checked={isSelected}
          onChange={(event) => {
            const after = new Set(selection.selected);
            if (event.currentTarget.checked) after.add(key);
            else after.delete(key);
            selection.select(after);
          }}
        />
      )}
    </li>
  );
}
