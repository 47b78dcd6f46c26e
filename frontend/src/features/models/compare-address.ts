/** Where these versions are compared; the first is the baseline. */
export function compareAddress(versionIds: number[]): string {
  return `/compare?versions=${versionIds.join(",")}`;
}

/** The versions in the address, each once. */
export function comparedVersions(search: URLSearchParams): number[] {
  const ids = (search.get("versions") ?? "").split(",").map(Number);
  return [...new Set(ids.filter((id) => Number.isInteger(id) && id > 0))];
}

/** The MLflow runs in the address, each once. */
export function comparedRuns(search: URLSearchParams): string[] {
  const ids = (search.get("runs") ?? "").split(",");
  return [...new Set(ids.filter((id) => /^\w+$/.test(id)))];
}
