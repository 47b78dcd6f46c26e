const MOST = 8;

/** Labels in the order in which they were last used, the newest first. */
export function withRecent(recent: readonly string[], id: string): string[] {
  return [id, ...recent.filter((value) => value !== id)].slice(0, MOST);
}
