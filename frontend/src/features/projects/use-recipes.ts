import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "../../shared/api/client";

/** Recipes that take a project type. */
export function useRecipes(kind: string | undefined) {
  const recipes = useQuery({
    queryKey: ["recipes"],
    queryFn: () => unwrap(api.GET("/api/v1/recipes/")),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return recipes.data?.results.filter((row) => kind !== undefined && row.project_types.includes(kind)) ?? [];
}

/** Whether a recipe learns a project type better than by repeating what is frequent; undefined: not known yet. */
export function useIsTrainable(kind: string): boolean | undefined {
  const recipes = useQuery({
    queryKey: ["recipes"],
    queryFn: () => unwrap(api.GET("/api/v1/recipes/")),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return recipes.data?.results.some((row) => row.baseline !== "" && row.project_types.includes(kind));
}

/** Snapshots that are ready, the newest first. */
export function useReadySnapshots(projectId: number | undefined) {
  const snapshots = useQuery({
    queryKey: ["snapshots", projectId],
    enabled: projectId !== undefined,
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/snapshots/", {
          params: { path: { project_id: projectId ?? 0 } },
        }),
      ),
  });
  return snapshots.data?.results.filter((row) => row.state === "ready") ?? [];
}
