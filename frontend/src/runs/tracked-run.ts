import { api, unwrap } from "../shared/api/client";

/** A run as MLflow keeps it: the query of it, by its id. */
export const trackedRun = (id: string) => ({
  queryKey: ["tracked-run", id],
  queryFn: () =>
    unwrap(api.GET("/api/v1/tracked-runs/{tracked_run_id}/", { params: { path: { tracked_run_id: id } } })),
});
