import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "../../shared/api/client";

/** Cancel a job, then look again. */
export function useCancel(refresh: string): (jobId: number) => void {
  const queries = useQueryClient();
  const cancel = useMutation({
    mutationFn: (jobId: number) =>
      unwrap(api.POST("/api/v1/jobs/{job_id}/cancel/", { params: { path: { job_id: jobId } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: [refresh] }),
  });
  return cancel.mutate;
}

/** Poll each second while work goes on, else now and then. */
export function interval(states: (string | undefined)[]): number {
  return states.some((state) => state === "queued" || state === "running" || state === "building")
    ? 1000
    : 15_000;
}
