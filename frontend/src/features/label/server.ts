import type { Outgoing } from "../../editor/sync/journal";
import { type BlockedReason, Gone, type Server, SignedOut, type Task } from "../../editor/sync/session";
import { ApiError, api, Offline, unwrap } from "../../shared/api/client";

/** A refusal that may pass by itself: the server is starting, overloaded or behind a broken proxy. */
function passing(error: unknown): boolean {
  return (
    error instanceof Offline || (error instanceof ApiError && (error.status >= 500 || error.status === 429))
  );
}

async function reach<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) throw new SignedOut(String(error));
    throw passing(error) ? new Gone(String(error)) : error;
  }
}

export function serverOf(projectId: number): Server {
  const project = { path: { project_id: projectId } };
  const read = async (taskId: number) => {
    const call = api.GET("/api/v1/tasks/{task_id}/", { params: { path: { task_id: taskId } } });
    return (await reach(unwrap(call))) as Task;
  };
  return {
    lease: async (count, resume) => {
      const call = api.POST("/api/v1/projects/{project_id}/queue/next/", {
        params: project,
        body: { count, resume },
      });
      const { tasks, blocked_reason } = await reach(unwrap(call));
      return { tasks: tasks as Task[], blockedReason: blocked_reason as BlockedReason };
    },
    submit: async (out: Outgoing) => {
      const call = api.POST("/api/v1/tasks/{task_id}/annotations/", {
        params: {
          path: { task_id: out.taskId },
          query: { next: 1 },
          header: { "Idempotency-Key": out.clientId },
        },
        body: {
          value: out.value as unknown as Record<string, never>,
          active_ms: out.activeMs,
          pre_annotation_shown: out.preAnnotationShown,
          parent_annotation_id: out.parentAnnotationId,
        },
      });
      const { id, next_tasks, blocked_reason, feedback } = await reach(unwrap(call));
      return { id, tasks: next_tasks as Task[], blockedReason: blocked_reason as BlockedReason, feedback };
    },
    skip: async (out: Outgoing) => {
      const call = api.POST("/api/v1/tasks/{task_id}/skip/", {
        params: { path: { task_id: out.taskId }, query: { next: 1 } },
        body: { reason: out.skipReason ?? "" },
      });
      const { tasks, blocked_reason } = await reach(unwrap(call));
      return {
        id: 0,
        tasks: tasks as Task[],
        blockedReason: blocked_reason as BlockedReason,
        feedback: null,
      };
    },
    renew: async (taskIds) => {
      await reach(unwrap(api.POST("/api/v1/leases/renew/", { body: { task_ids: taskIds } })));
    },
    release: async () => {
      await reach(unwrap(api.POST("/api/v1/projects/{project_id}/queue/release/", { params: project })));
    },
    draft: async (taskId, value, revision) => {
      const call = api.PUT("/api/v1/tasks/{task_id}/draft/", {
        params: { path: { task_id: taskId } },
        body: { value: value as unknown as Record<string, never>, revision },
      });
      await reach(unwrap(call));
    },
    unskip: async (taskId) => {
      const call = api.DELETE("/api/v1/tasks/{task_id}/skip/", { params: { path: { task_id: taskId } } });
      return (await reach(unwrap(call))) as Task;
    },
    task: read,
    take: async (taskId) => {
      const call = api.POST("/api/v1/tasks/{task_id}/lease/", { params: { path: { task_id: taskId } } });
      try {
        return (await reach(unwrap(call))) as Task;
      } catch (error) {
        if (error instanceof ApiError && error.status === 409) return await read(taskId); // to be looked at
        throw error;
      }
    },
    mine: async () => {
      const call = api.GET("/api/v1/projects/{project_id}/members/me/", { params: project });
      return (await reach(unwrap(call))).recent_task_ids;
    },
  };
}
