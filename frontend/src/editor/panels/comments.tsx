import { useLingui } from "@lingui/react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, unwrap } from "../../shared/api/client";
import { moment } from "../../shared/ui/numbers";
import { Failure } from "../../shared/ui/parts";
import type { Bench } from "./use-bench";

/** Comments on the item, each pinned to a region where it was made of one. */
export function Comments({ bench, projectId, taskId }: { bench: Bench; projectId: number; taskId: number }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const [text, setText] = useState("");
  const path = { path: { task_id: taskId } };
  const result = useQuery({
    queryKey: ["comments", taskId],
    queryFn: () => unwrap(api.GET("/api/v1/tasks/{task_id}/comments/", { params: path })),
  });
  const again = () => void queries.invalidateQueries({ queryKey: ["comments", taskId] });
  const [error, setError] = useState<unknown>(null);
  const say = async (region: string) => {
    try {
      await unwrap(
        api.POST("/api/v1/tasks/{task_id}/comments/", { params: path, body: { text: text.trim(), region } }),
      );
      setText("");
      setError(null);
      again();
    } catch (reason) {
      setError(reason);
    }
  };
  const settle = async (id: number, resolved: boolean) => {
    const call = api.PATCH("/api/v1/comments/{comment_id}/", {
      params: { path: { comment_id: id } },
      body: { is_resolved: resolved },
    });
    await unwrap(call).catch(setError);
    again();
  };
  const region = bench.editor.selected;
  return (
    <section className="comments" aria-label={i18n._("Comments")}>
      <h2>{i18n._("Comments")}</h2>
      {error !== null && <Failure error={error} />}
      <ul>
        {result.data?.results.map((row) => (
          <li key={row.id} className={row.is_resolved ? "muted" : ""}>
            <p>{row.text}</p>
            <p className="muted">
              {row.author}, {moment(row.created_at, i18n.locale)}
              {row.region && (
                <button
                  type="button"
                  className="small"
                  onClick={() => {
                    bench.editor.select(row.region);
                    bench.stage.current?.reveal(row.region);
                  }}
                >
                  {i18n._("Show region")}
                </button>
              )}
              <a
                className="button small"
                href={`/label/${projectId}?task=${taskId}${row.region ? `&region=${row.region}` : ""}`}
              >
                {i18n._("Link")}
              </a>
              <button type="button" className="small" onClick={() => void settle(row.id, !row.is_resolved)}>
                {row.is_resolved ? i18n._("Reopen") : i18n._("Resolve")}
              </button>
            </p>
          </li>
        ))}
      </ul>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim()) void say(region?.id ?? "");
        }}
      >
        <input
          value={text}
          maxLength={2000}
          onChange={(event) => setText(event.target.value)}
          aria-label={i18n._("Comment")}
          placeholder={region ? i18n._("Comment on the selected region") : i18n._("Comment on the item")}
        />
        <button type="submit" disabled={!text.trim()}>
          {i18n._("Post")}
        </button>
      </form>
    </section>
  );
}
