/** What an address of MLflow's own pages means: `#/experiments/1/runs/…`, as its client prints it. */
export type MlflowPlace =
  | { kind: "run"; id: string }
  | { kind: "experiment"; id: string }
  | { kind: "version"; name: string; version: string | null };

export function mlflowPlace(hash: string): MlflowPlace | null {
  const path = hash.replace(/^#/, "").split("?")[0] ?? "";
  const parts = path.split("/").filter(Boolean).map(decoded);
  const [kind, first, part, second] = parts;
  if (kind === "experiments" && first !== undefined && /^\d+$/.test(first)) {
    if (part === "runs" && second !== undefined && /^\w+$/.test(second)) return { kind: "run", id: second };
    return { kind: "experiment", id: first };
  }
  if (kind === "models" && first)
    return { kind: "version", name: first, version: part === "versions" && second ? second : null };
  return null;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
