import { act, renderHook, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { serve } from "../../shared/testing/server";
import { useCases } from "./use-cases";

const caseOf = (id: number) => ({ task: { id }, annotation_id: 10 * id });

/** A queue of these tasks, of which a verdict takes one out; it notes the verdicts. */
function serveQueue(ids: number[]) {
  const waiting = [...ids];
  const judged: number[] = [];
  serve({
    "POST /api/v1/projects/2/review/next/": ({ body }) =>
      Response.json({
        tasks: waiting.slice(0, (body as { count: number }).count).map(caseOf),
        waiting: waiting.length,
      }),
    ...Object.fromEntries(
      ids.flatMap((id) => [
        [`GET /api/v1/tasks/${id}/review/`, () => Response.json(caseOf(id))],
        [
          `POST /api/v1/tasks/${id}/review/`,
          () => {
            judged.push(id);
            waiting.splice(waiting.indexOf(id), 1);
            return Response.json({}, { status: 201 });
          },
        ],
      ]),
    ),
  });
  return judged;
}

type Cases = { current: ReturnType<typeof useCases> };
const shown = ({ current: { current, place } }: Cases) => [current?.task.id, place?.place, place?.total];

describe("the cases of a review", () => {
  it("can be gone through without a verdict, and say which of how many is shown", async () => {
    const judged = serveQueue([1, 2, 3, 4, 5]);
    const { result } = renderHook(() => useCases(2, null));
    await waitFor(() => expect(shown(result)).toEqual([1, 1, 5]));
    expect(result.current.toPrevious).toBeUndefined();
    for (const place of [2, 3, 4, 5]) {
      await waitFor(() => expect(result.current.toNext).toBeDefined());
      act(() => result.current.toNext?.());
      expect(shown(result)).toEqual([place, place, 5]);
    }
    expect(shown(result)).toEqual([5, 5, 5]);
    expect(judged).toEqual([]);
    act(() => result.current.toPrevious?.());
    expect(shown(result)).toEqual([4, 4, 5]);
  });

  it("go on behind a verdict, and then back to those that were left", async () => {
    const judged = serveQueue([1, 2]);
    const { result } = renderHook(() => useCases(2, null));
    await waitFor(() => expect(shown(result)).toEqual([1, 1, 2]));
    act(() => result.current.toNext?.());
    expect(shown(result)).toEqual([2, 2, 2]);
    await act(async () => void (await result.current.decide({ verdict: "accepted" })));
    expect(judged).toEqual([2]);
    expect(shown(result)).toEqual([1, 2, 2]);
    await act(async () => void (await result.current.decide({ verdict: "accepted" })));
    expect(shown(result)).toEqual([undefined, undefined, undefined]);
    expect(judged).toEqual([2, 1]);
  });

  it("keep their places in a list", async () => {
    serveQueue([7, 3]);
    const tasks = [7, 3];
    const { result } = renderHook(() => useCases(2, tasks));
    await waitFor(() => expect(shown(result)).toEqual([7, 1, 2]));
    act(() => result.current.toNext?.());
    expect(shown(result)).toEqual([3, 2, 2]);
  });
});
