import { useLocation, useNavigate, useSearchParams } from "react-router";

/** What the page of a row is told of the list that it was opened from: the rows in their order. */
export interface OpenedList {
  ids: number[];
}

export interface PlaceInList {
  place: number;
  total: number;
  toPrevious: (() => void) | undefined;
  toNext: (() => void) | undefined;
}

/**
 * The neighbors of the row that the address names, in the list that its page was opened from; null where it was opened
 * by its address alone. The list stays with the history entry.
 *
 * @param name The parameter of the address that names the row.
 */
export function useOpenedList(name: string): PlaceInList | null {
  const { state } = useLocation();
  const navigate = useNavigate();
  const [address] = useSearchParams();
  const ids = (state as { list?: OpenedList } | null)?.list?.ids ?? [];
  const at = ids.indexOf(Number(address.get(name)));
  if (at < 0) return null;
  const step = (to: number | undefined) => {
    if (to === undefined) return undefined;
    const after = new URLSearchParams(address);
    after.set(name, String(to));
    return () => void navigate({ search: `?${after}` }, { replace: true, state });
  };
  return { place: at + 1, total: ids.length, toPrevious: step(ids[at - 1]), toNext: step(ids[at + 1]) };
}
