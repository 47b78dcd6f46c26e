import { useLingui } from "@lingui/react";
import { ActionIcon, Button, Checkbox, Menu, Skeleton, Table, Tooltip, UnstyledButton } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconArrowDown, IconArrowsSort, IconArrowUp, IconColumns3 } from "@tabler/icons-react";
import {
  columnVisibilityFeature,
  createColumnHelper,
  type RowData,
  type RowSelectionState,
  rowSelectionFeature,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useMemo, useRef } from "react";
import { ErrorAlert } from "../feedback";
import styles from "./data-table.module.css";
import type { ListState } from "./list-state";
import { ListToolbar, type ToolbarProps } from "./list-toolbar";
import { NoMatch } from "./no-match";
import type { List } from "./use-list";

export interface Column<Row> {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** The field of the API's `ordering` by which this column sorts; without it the column does not sort. */
  ordering?: string;
  /** Numbers stand at the end of the cell, with digits of one width. */
  isNumeric?: boolean;
  /** Names the row for screen readers, and cannot be hidden. */
  isRowHeader?: boolean;
  isHiddenAtFirst?: boolean;
}

export interface Selection {
  /** Ids of the selected rows. */
  selected: ReadonlySet<string>;
  select: (selected: Set<string>) => void;
}

const features = tableFeatures({ columnVisibilityFeature, rowSelectionFeature });
const VIRTUAL_FROM = 100; // rows; below it the whole table is there for the browser's own search
const ROW_HEIGHT = 38; // pixels, before a row was measured

/**
 * A table of a list of the API: sorting by the server, columns to choose, selection, more rows on request.
 * @param name of the table, for screen readers and for remembering its columns; stable over languages: `id`.
 */
export function DataTable<Row extends RowData>(props: TableProps<Row>) {
  const { state, toolbar } = props;
  return (
    <>
      {state && toolbar && <ListToolbar state={state} {...toolbar} />}
      <Rows {...props} />
    </>
  );
}

interface TableProps<Row> {
  id: string;
  name: string;
  list: List<Row>;
  state?: ListState;
  columns: Column<Row>[];
  rowId: (row: Row) => string;
  rowName: (row: Row) => string;
  /** What stands there where the list has no rows at all. */
  empty: ReactNode;
  /** Says that search and filters leave no row, which is not the same. */
  noMatch?: string;
  /** Search, filters, saved views and actions above the rows. */
  toolbar?: Omit<ToolbarProps, "state">;
  selection?: Selection;
}

function Rows<Row extends RowData>({
  id,
  name,
  list,
  state,
  columns,
  rowId,
  rowName,
  empty,
  noMatch,
  selection,
}: TableProps<Row>) {
  const { i18n } = useLingui();
  const hidden = Object.fromEntries(columns.filter((c) => c.isHiddenAtFirst).map((c) => [c.id, false]));
  const [visibility, setVisibility] = useLocalStorage<Record<string, boolean>>({
    key: `plateau.columns.${id}`,
    defaultValue: hidden,
    getInitialValueInEffect: false,
  });
  const rowSelection: RowSelectionState = Object.fromEntries(
    [...(selection?.selected ?? [])].map((k) => [k, true]),
  );
  const definitions = useMemo(() => {
    const helper = createColumnHelper<typeof features, Row>();
    return columns.map((column) =>
      helper.display({
        id: column.id,
        header: column.header,
        cell: ({ row }) => column.cell(row.original),
        enableHiding: !column.isRowHeader,
      }),
    );
  }, [columns]);
  const table = useTable({
    features,
    columns: definitions,
    data: list.rows,
    getRowId: rowId,
    state: { columnVisibility: visibility, rowSelection },
    onColumnVisibilityChange: (change) => setVisibility((before) => applied(change, before)),
    onRowSelectionChange: (change) => {
      const after = applied(change, rowSelection);
      selection?.select(new Set(Object.keys(after).filter((key) => after[key])));
    },
  });
  const rows = table.getRowModel().rows;
  const byId = new Map(columns.map((column) => [column.id, column]));
  const body = useRef<HTMLTableSectionElement>(null);
  const isVirtual = rows.length >= VIRTUAL_FROM;
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    scrollMargin: body.current?.offsetTop ?? 0,
    enabled: isVirtual,
  });
  const shown = virtualizer.getVirtualItems();
  const first = shown[0];
  const last = shown[shown.length - 1];
  const before = isVirtual && first ? first.start - virtualizer.options.scrollMargin : 0;
  const after =
    isVirtual && last ? virtualizer.getTotalSize() - (last.end - virtualizer.options.scrollMargin) : 0;
  const visibleRows = isVirtual ? shown.flatMap(({ index }) => rows[index] ?? []) : rows;
  const width = table.getVisibleLeafColumns().length + (selection ? 1 : 0);

  if (list.error) return <ErrorAlert error={list.error} retry={list.reload} />;
  if (list.isPending) return <TableSkeleton columns={columns.length} />;
  if (rows.length === 0 && noMatch && state?.isFiltered) return <NoMatch title={noMatch} state={state} />;
  if (rows.length === 0) return empty;
  return (
    <>
      <div className={styles.scroll}>
        <Table aria-label={name} aria-busy={list.isFetching} stickyHeader stickyHeaderOffset={48}>
          <Table.Thead className={styles.head}>
            {table.getHeaderGroups().map((group) => (
              <Table.Tr key={group.id}>
                {selection && (
                  <Table.Th className={styles.check}>
                    <Checkbox
                      size="xs"
                      aria-label={i18n._("Select all rows shown")}
                      checked={table.getIsAllRowsSelected()}
                      indeterminate={table.getIsSomeRowsSelected()}
                      onChange={table.getToggleAllRowsSelectedHandler()}
                    />
                  </Table.Th>
                )}
                {group.headers.map((header, index) => {
                  const column = byId.get(header.column.id);
                  return (
                    <Table.Th
                      key={header.id}
                      scope="col"
                      aria-sort={sortOf(column?.ordering, state?.ordering)}
                      className={column?.isNumeric ? styles.numeric : undefined}
                    >
                      <span className={styles.headCell}>
                        {column?.ordering && state ? (
                          <SortButton field={column.ordering} state={state}>
                            {column.header}
                          </SortButton>
                        ) : (
                          column?.header
                        )}
                        {index === group.headers.length - 1 && (
                          <Menu position="bottom-end" closeOnItemClick={false}>
                            <Menu.Target>
                              <Tooltip label={i18n._("Columns")}>
                                <ActionIcon
                                  variant="subtle"
                                  color="gray"
                                  size="sm"
                                  ml="auto"
                                  aria-label={i18n._("Choose columns")}
                                >
                                  <IconColumns3 size={16} aria-hidden />
                                </ActionIcon>
                              </Tooltip>
                            </Menu.Target>
                            <Menu.Dropdown>
                              {table
                                .getAllLeafColumns()
                                .filter((choice) => choice.getCanHide())
                                .map((choice) => (
                                  <Menu.Item
                                    key={choice.id}
                                    role="menuitemcheckbox"
                                    aria-checked={choice.getIsVisible()}
                                    onClick={() => choice.toggleVisibility()}
                                    leftSection={
                                      <Checkbox.Indicator
                                        size="xs"
                                        checked={choice.getIsVisible()}
                                        aria-hidden
                                      />
                                    }
                                  >
                                    {byId.get(choice.id)?.header}
                                  </Menu.Item>
                                ))}
                            </Menu.Dropdown>
                          </Menu>
                        )}
                      </span>
                    </Table.Th>
                  );
                })}
              </Table.Tr>
            ))}
          </Table.Thead>
          <Table.Tbody ref={body}>
            {before > 0 && (
              <tr aria-hidden>
                <td colSpan={width} style={{ blockSize: before }} />
              </tr>
            )}
            {visibleRows.map((row) => (
              <Table.Tr
                key={row.id}
                ref={isVirtual ? virtualizer.measureElement : undefined}
                data-index={row.index}
                data-selected={row.getIsSelected() || undefined}
                className={styles.row}
              >
                {selection && (
                  <Table.Td className={styles.check}>
                    <Checkbox
                      size="xs"
                      aria-label={i18n._("Select {name}", { name: rowName(row.original) })}
                      checked={row.getIsSelected()}
                      onChange={row.getToggleSelectedHandler()}
                    />
                  </Table.Td>
                )}
                {row.getVisibleCells().map((cell) => {
                  const column = byId.get(cell.column.id);
                  const content = column?.cell(row.original);
                  return column?.isRowHeader ? (
                    <Table.Th key={cell.id} scope="row" className={styles.rowHeader}>
                      {content}
                    </Table.Th>
                  ) : (
                    <Table.Td key={cell.id} className={column?.isNumeric ? styles.numeric : undefined}>
                      {content}
                    </Table.Td>
                  );
                })}
              </Table.Tr>
            ))}
            {after > 0 && (
              <tr aria-hidden>
                <td colSpan={width} style={{ blockSize: after }} />
              </tr>
            )}
          </Table.Tbody>
        </Table>
      </div>
      {list.hasMore && (
        <Button variant="default" mt="sm" onClick={list.loadMore} loading={list.isFetching}>
          {i18n._("Show more")}
        </Button>
      )}
    </>
  );
}

function applied<Value>(change: Value | ((before: Value) => Value), before: Value): Value {
  return typeof change === "function" ? (change as (before: Value) => Value)(before) : change;
}

function sortOf(
  field: string | undefined,
  ordering: string | undefined,
): "ascending" | "descending" | undefined {
  if (!field) return undefined;
  if (ordering === field) return "ascending";
  return ordering === `-${field}` ? "descending" : undefined;
}

/** Ascending, descending, then the server's own order. */
function SortButton({ field, state, children }: { field: string; state: ListState; children: string }) {
  const sort = sortOf(field, state.ordering);
  const next = sort === "ascending" ? `-${field}` : sort === "descending" ? "" : field;
  const Icon = sort === "ascending" ? IconArrowUp : sort === "descending" ? IconArrowDown : IconArrowsSort;
  return (
    <UnstyledButton className={styles.sort} onClick={() => state.set({ ordering: next })}>
      {children}
      <Icon size={14} aria-hidden opacity={sort ? 1 : 0.45} />
    </UnstyledButton>
  );
}

function TableSkeleton({ columns }: { columns: number }) {
  const { i18n } = useLingui();
  return (
    <div role="status" aria-label={i18n._("Loading…")}>
      {["a", "b", "c", "d", "e", "f"].map((row) => (
        <div
          key={row}
          className={styles.skeleton}
          style={{ gridTemplateColumns: `2fr repeat(${columns - 1}, 1fr)` }}
        >
          {Array.from({ length: columns }, (_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
            <Skeleton key={index} height={12} />
          ))}
        </div>
      ))}
    </div>
  );
}
