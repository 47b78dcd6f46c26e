import { useLingui } from "@lingui/react";
import { ActionIcon, Group, Text, Tooltip } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconArrowLeft, IconArrowRight } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useLocation, useNavigate, useNavigationType, useSearchParams } from "react-router";
import { count } from "../numbers";
import type { List } from "./use-list";

const PREFETCH_FROM = 5; // rows before the end of what is loaded

/** The row of a list that is open beside it, and how to get to the others. */
export interface OpenRow<Row> {
  id: number | null;
  row: Row | undefined;
  open: (id: number | null) => void;
  neighbors: Neighbors;
}

export interface Neighbors {
  /** Counted from 1; 0 where the list does not show the row. */
  place: number;
  /** How many rows the list has, as far as that is known. */
  total: number | null;
  loaded: number;
  toPrevious: (() => void) | undefined;
  toNext: (() => void) | undefined;
}

/**
 * Which row of a list is open, in the address. Opening one is a step that Back takes back; going on to a neighbor is
 * not. Beyond the last row that is loaded comes the next page, which is asked for before it is needed.
 * @param total how many rows the list has, where that is known.
 */
export function useOpenRow<Row extends { id: number }>(
  list: List<Row>,
  total: number | null,
  name = "item",
): OpenRow<Row> {
  const [address, setAddress] = useSearchParams();
  const location = useLocation();
  const navigate = useNavigate();
  const id = Number(address.get(name)) || null;
  const at = id === null ? -1 : list.rows.findIndex((row) => row.id === id);
  const isOpen = id !== null;
  const wasOpened = (location.state as { opened?: boolean } | null)?.opened ?? false;
  const open = (next: number | null) => {
    if (next === null && wasOpened) {
      navigate(-1);
      return;
    }
    setAddress(
      (before) => {
        const after = new URLSearchParams(before);
        if (next === null) after.delete(name);
        else after.set(name, String(next));
        return after;
      },
      {
        replace: isOpen || next === null,
        preventScrollReset: true,
        state: next === null ? null : { opened: wasOpened || !isOpen },
      },
    );
  };
  const goesOn = useRef(false);
  const { hasMore, isFetching, loadMore } = list;
  const isNearEnd = at >= 0 && at >= list.rows.length - PREFETCH_FROM;
  useEffect(() => {
    if (isNearEnd && hasMore && !isFetching) loadMore();
  }, [isNearEnd, hasMore, isFetching, loadMore]);
  const next = at >= 0 ? list.rows[at + 1]?.id : undefined;
  useEffect(() => {
    if (!goesOn.current || next === undefined) return;
    goesOn.current = false;
    open(next);
  });
  const previous = at > 0 ? list.rows[at - 1]?.id : undefined;
  const toNext = () => {
    if (next === undefined) goesOn.current = true;
    else open(next);
  };
  return {
    id,
    row: list.rows[at],
    open,
    neighbors: {
      place: at + 1,
      total: total === null && !list.hasMore ? list.rows.length : total,
      loaded: list.rows.length,
      toPrevious: previous === undefined ? undefined : () => open(previous),
      toNext: at >= 0 && (next !== undefined || hasMore) ? toNext : undefined,
    },
  };
}

/** Previous and next by button and by key (← →, k j), and where in the list one is. */
export function NeighborButtons({
  neighbors,
  isActive = true,
}: {
  neighbors: Neighbors;
  isActive?: boolean;
}) {
  const { i18n } = useLingui();
  const { place, total, loaded, toPrevious, toNext } = neighbors;
  const back = () => isActive && toPrevious?.();
  const on = () => isActive && toNext?.();
  useHotkeys([
    ["ArrowLeft", back],
    ["k", back],
    ["ArrowRight", on],
    ["j", on],
  ]);
  const values = { place: count(place, i18n.locale), total: count(total ?? loaded, i18n.locale) };
  return (
    <Group gap={6} wrap="nowrap">
      <Tooltip label={`${i18n._("Previous item")} (← k)`}>
        <ActionIcon
          variant="default"
          aria-label={i18n._("Previous item")}
          disabled={!toPrevious}
          onClick={() => toPrevious?.()}
        >
          <IconArrowLeft size={16} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={`${i18n._("Next item")} (→ j)`}>
        <ActionIcon
          variant="default"
          aria-label={i18n._("Next item")}
          disabled={!toNext}
          onClick={() => toNext?.()}
        >
          <IconArrowRight size={16} aria-hidden />
        </ActionIcon>
      </Tooltip>
      {place > 0 && (
        <Text size="sm" c="dimmed" role="status">
          {total === null
            ? i18n._("{place} of more than {total}", values)
            : i18n._("{place} of {total}", values)}
        </Text>
      )}
    </Group>
  );
}

const scrolls = new Map<string, number>();

/** Come back to where one was on the page, once its rows are there. */
export function useKeptScroll(isReady: boolean): void {
  const { key } = useLocation();
  const isBack = useNavigationType() === "POP";
  const first = useRef(key);
  const isDone = useRef(!isBack);
  useEffect(() => {
    const remember = () => scrolls.set(first.current, window.scrollY);
    window.addEventListener("scroll", remember, { passive: true });
    return () => window.removeEventListener("scroll", remember);
  }, []);
  useEffect(() => {
    first.current = key;
  }, [key]);
  useEffect(() => {
    if (!isReady || isDone.current) return;
    isDone.current = true;
    const top = scrolls.get(key);
    if (top) requestAnimationFrame(() => window.scrollTo(0, top));
  }, [isReady, key]);
}
