import { type QueryKey, useInfiniteQuery } from "@tanstack/react-query";

export interface Page<Row> {
  results: Row[];
  next?: string | null;
}

export interface List<Row> {
  rows: Row[];
  isPending: boolean;
  isFetching: boolean;
  error: unknown;
  hasMore: boolean;
  loadMore: () => void;
  reload: () => void;
}

/**
 * A list of the API, page after page.
 * @param fetchPage gets the cursor as a query parameter: nothing for the first page.
 * @param refetchInterval milliseconds; false: what is shown stays until somebody comes back to the window.
 */
export function useList<Row>(
  queryKey: QueryKey,
  fetchPage: (cursor: { cursor?: string }) => Promise<Page<Row>>,
  { refetchInterval = false, enabled = true }: { refetchInterval?: number | false; enabled?: boolean } = {},
): List<Row> {
  const pages = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => fetchPage(pageParam ? { cursor: pageParam } : {}),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: (before) => before,
    refetchInterval,
    enabled,
  });
  return {
    rows: pages.data?.pages.flatMap((page) => page.results) ?? [],
    isPending: pages.isPending,
    isFetching: pages.isFetching,
    error: pages.error,
    hasMore: pages.hasNextPage,
    loadMore: () => void pages.fetchNextPage(),
    reload: () => void pages.refetch(),
  };
}

/** A list that came whole, such as one part of a larger answer, as `DataTable` takes it. */
export function wholeList<Row>(
  rows: Row[] | undefined,
  {
    isPending = false,
    error = null,
    reload = () => {},
  }: { isPending?: boolean; error?: unknown; reload?: () => void } = {},
): List<Row> {
  return {
    rows: rows ?? [],
    isPending,
    isFetching: false,
    error: error ?? null,
    hasMore: false,
    loadMore: () => {},
    reload,
  };
}
