import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError, api, type Schemas, unwrap } from "../../shared/api/client";

export type Case = Schemas["ReviewTaskOut"];
export type Decision = Omit<Schemas["ReviewIn"], "annotation_id">;

const AHEAD = 3;
const MOST_HELD = 10; // tasks that the server lends at once
const COUNTED = 1000; // from here on the server does not count

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

/** Of how many cases the one on the screen is which, counted from 1. */
export interface Place {
  place: number;
  total: number;
  /** There are more than `total`. */
  isMore: boolean;
}

/**
 * The reviewer's own queue, or the listed tasks in their order: the case on the screen and those around it. One can go
 * on and back without a verdict. A verdict leaves when the server has it.
 */
export function useCases(projectId: number, taskIds: readonly number[] | null) {
  const [cases, setCases] = useState<Case[]>([]);
  const [at, setAt] = useState(0);
  const [waiting, setWaiting] = useState(0);
  const [decided, setDecided] = useState(0);
  const [ready, setReady] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [sending, setSending] = useState(false);
  const key = useRef(crypto.randomUUID());

  const listed = useRef<readonly number[]>(taskIds ?? []);

  /** Fetch what follows the cases that are held. */
  const fill = useCallback(
    async (held: number) => {
      let matches: Case[];
      if (taskIds === null) {
        const answer = await unwrap(
          api.POST("/api/v1/projects/{project_id}/review/next/", {
            params: { path: { project_id: projectId } },
            body: { count: Math.min(MOST_HELD, held + AHEAD) },
          }),
        );
        matches = answer.tasks;
        setWaiting(answer.waiting);
      } else {
        matches = [];
        while (matches.length < AHEAD && listed.current.length > 0) {
          const next = listed.current.slice(0, AHEAD - matches.length);
          const cases = await Promise.all(next.map(caseOf));
          listed.current = listed.current.slice(next.length);
          matches.push(...cases.filter((caseValue) => caseValue !== null));
        }
      }
      setCases((before) => [
        ...before,
        ...matches.filter((candidate) => !before.some((other) => other.task.id === candidate.task.id)),
      ]);
    },
    [projectId, taskIds],
  );

  const start = useCallback(async () => {
    setError(null);
    try {
      await fill(0);
      setReady(true);
    } catch (reason) {
      setError(reason);
    }
  }, [fill]);

  useEffect(() => void start(), [start]);

  const here = Math.min(at, Math.max(0, cases.length - 1)); // after a verdict on the last one: the one before it
  const current = cases[here] ?? null;

  /** The case is out of the way: look at the one behind it. */
  const remove = (entry: Case) => {
    key.current = crypto.randomUUID();
    setError(null);
    const left = cases.filter((other) => other !== entry);
    setCases(left);
    setAt(here);
    return left.length - here < 2 ? fill(left.length) : Promise.resolve();
  };
  const decide = async (decision: Decision): Promise<boolean> => {
    if (!current || sending) return false;
    setSending(true);
    try {
      await unwrap(
        api.POST("/api/v1/tasks/{task_id}/review/", {
          params: { path: { task_id: current.task.id }, header: { "Idempotency-Key": key.current } },
          body: { ...decision, annotation_id: current.annotation_id },
        }),
      );
      setDecided((before) => before + 1);
      setWaiting((before) => before - 1);
      await remove(current);
      return true;
    } catch (reason) {
      setError(reason); // the case stays with what was changed; the same key sends it once
      return false;
    } finally {
      setSending(false);
    }
  };
  /** The current one was changed or judged by somebody else: look at what is there now. */
  const drop = () => {
    if (current) void remove(current).catch(setError);
  };
  const go = (step: number) => {
    key.current = crypto.randomUUID();
    setError(null);
    setAt(here + step);
    if (cases.length - here - step < 2) void fill(cases.length).catch(setError);
  };
  const listPlace = taskIds && current ? taskIds.indexOf(current.task.id) + 1 : 0;
  const place: Place = taskIds
    ? { place: listPlace, total: taskIds.length, isMore: false }
    : { place: decided + here + 1, total: decided + waiting, isMore: waiting >= COUNTED };
  return {
    current,
    next: cases[here + 1] ?? null,
    place: current ? place : null,
    toPrevious: here > 0 ? () => go(-1) : undefined,
    toNext: here + 1 < cases.length ? () => go(1) : undefined,
    ready,
    error,
    sending,
    decide,
    drop,
    start,
  };
}
