import { type QueryKey, useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { backoff } from "./smooth";

/** What changes while something runs: asked again and again, less often the longer nothing new came. */
export function useLive<T>(queryKey: QueryKey, queryFn: () => Promise<T>, isLive: boolean, enabled = true) {
  const seen = useRef({ text: "", at: 0, unchanged: 0 });
  return useQuery({
    queryKey,
    queryFn,
    enabled,
    refetchInterval: ({ state }) => {
      if (!isLive) return false;
      if (state.dataUpdatedAt !== seen.current.at) {
        const text = JSON.stringify(state.data ?? null);
        const unchanged = text === seen.current.text ? seen.current.unchanged + 1 : 0;
        seen.current = { text, at: state.dataUpdatedAt, unchanged };
      }
      return backoff(seen.current.unchanged);
    },
  });
}
