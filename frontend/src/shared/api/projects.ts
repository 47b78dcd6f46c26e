import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "./client";

/** One project, by its id. */
export const projectQuery = (projectId: number) =>
  queryOptions({
    queryKey: ["project", projectId],
    queryFn: () =>
      unwrap(api.GET("/api/v1/projects/{project_id}/", { params: { path: { project_id: projectId } } })),
  });
