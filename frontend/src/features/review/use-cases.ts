import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError, api, type Schemas, unwrap } from "../../shared/api/client";

export type Case = Schemas["ReviewTaskOut"];
export type Decision = Omit<Schemas["ReviewIn"], "annotation_id">;

const AHEAD = 3;

/** The answer to judge of one task; null where it has none any more. */
async function caseOf(taskId: number): Promise<Case | null> {
  try {
    return await unwrap(
      api.GET("/api/v1/tasks/{task_id}/review/", { params: { path: { task_id: taskId } } }),
    );
  } catch (reason) {
    if (reason instanceof ApiError && reason.status === 404) return null;
    throw reason;
  }
}

/**
 * The reviewer's own queue, or the listed tasks in their order: the case on the screen and those after it.
 * A verdict leaves when the server has it.
 */
export function useCases(projectId: number, taskIds: readonly number[] | null) {
  const [cases, setCases] = useState<Case[]>([]);
  const [ready, setReady] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [sending, setSending] = useState(false);
  const key = useRef(crypto.randomUUID());

  const listed = useRef<readonly number[]>(taskIds ?? []);

  const fill = useCallback(async () => {
    const path = { path: { project_id: projectId } };
    let found: Case[];
    if (taskIds === null) {
      const call = api.POST("/api/v1/projects/{project_id}/review/next/", {
        params: path,
        body: { count: AHEAD },
      });
      found = (await unwrap(call)).tasks;
    } else {
      found = [];
      while (found.length < AHEAD && listed.current.length > 0) {
        const next = listed.current.slice(0, AHEAD - found.length);
        const cases = await Promise.all(next.map(caseOf));
        listed.current = listed.current.slice(next.length);
        found.push(...cases.filter((one) => one !== null));
      }
    }
    setCases((held) => [
      ...held,
      ...found.filter((one) => !held.some((other) => other.task.id === one.task.id)),
    ]);
  }, [projectId, taskIds]);

  const start = useCallback(async () => {
    setError(null);
    try {
      await fill();
      setReady(true);
    } catch (reason) {
      setError(reason);
    }
  }, [fill]);

  useEffect(() => void start(), [start]);

  const decide = async (decision: Decision): Promise<boolean> => {
    const [first, ...rest] = cases;
    if (!first || sending) return false;
    setSending(true);
    try {
      await unwrap(
        api.POST("/api/v1/tasks/{task_id}/review/", {
          params: { path: { task_id: first.task.id }, header: { "Idempotency-Key": key.current } },
          body: { ...decision, annotation_id: first.annotation_id },
        }),
      );
      key.current = crypto.randomUUID();
      setError(null);
      setCases(rest);
      if (rest.length < 2) await fill();
      return true;
    } catch (reason) {
      setError(reason); // the case stays with what was changed; the same key sends it once
      return false;
    } finally {
      setSending(false);
    }
  };
  /** The first one was changed or judged by somebody else: look at what is there now. */
  const drop = () => {
    key.current = crypto.randomUUID();
    setError(null);
    setCases((held) => held.slice(1));
    void fill().catch(setError);
  };
  return { current: cases[0] ?? null, next: cases[1] ?? null, ready, error, sending, decide, drop, start };
}
