import { useLingui } from "@lingui/react";
import { useSearchParams } from "react-router";

/** What a link into the editor carries along, so that one comes back to the same items: their filters, the open one. */
export function fromItems(search: string): string {
  return `from=${encodeURIComponent(`items${search}`)}`;
}

/** Where somebody came to the editor from, and what the way back is called; null where they came from its queue. */
export function useOrigin(projectId: number): [to: string, title: string] | null {
  const { i18n } = useLingui();
  const from = useSearchParams()[0].get("from") ?? "";
  // Of this project's items alone: an address that somebody sends must lead nowhere else.
  return /^items(\?|$)/.test(from) ? [`/projects/${projectId}/${from}`, i18n._("Back to items")] : null;
}
