import { useCallback } from "react";
import { useSearchParams } from "react-router";

/** Search, order and filters of a list. They stand in the address: a link, a reload and Back keep them. */
export interface ListState {
  search: string;
  /** A field of the API's `ordering`, with `-` before it for descending; empty: as the server orders. */
  ordering: string;
  filters: Record<string, string>;
  /** Search, ordering and filters that are set, as the API's query parameters. */
  query: Record<string, string>;
  isFiltered: boolean;
  /** By which the list may be filtered. */
  names: readonly string[];
  set: (changes: Record<string, string>) => void;
  clear: () => void;
}

/**
 * @param names query parameters of the API by which this list may be filtered.
 * @param prefix distinguishes several lists of one page in its address.
 */
export function useListState(names: readonly string[] = [], prefix = ""): ListState {
  const [address, setAddress] = useSearchParams();
  const read = (name: string) => address.get(prefix + name) ?? "";
  const search = read("search");
  const ordering = read("ordering");
  const values = names.map((name) => [name, read(name)] as const).filter(([, value]) => value !== "");
  const set = useCallback(
    (changes: Record<string, string>) =>
      setAddress(
        (before) => {
          const after = new URLSearchParams(before);
          for (const [name, value] of Object.entries(changes)) {
            if (value === "") after.delete(prefix + name);
            else after.set(prefix + name, value);
          }
          return after;
        },
        { replace: true, preventScrollReset: true },
      ),
    [setAddress, prefix],
  );
  const filters = Object.fromEntries(values);
  return {
    search,
    ordering,
    filters,
    query: { ...filters, ...(search && { search }), ...(ordering && { ordering }) },
    names,
    isFiltered: search !== "" || values.length > 0,
    set,
    clear: () => set(Object.fromEntries(["search", ...names].map((name) => [name, ""]))),
  };
}
