import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Bench } from "../../editor/panels/use-bench";
import { api, unwrap } from "../../shared/api/client";

/** Work that came back: what the reviewer wrote, and which region it is about. */
export function Returned({ taskId, bench }: { taskId: number; bench: Bench }) {
  const { i18n } = useLingui();
  const { editor, setMarks } = bench;
  const result = useQuery({
    queryKey: ["comments", taskId],
    queryFn: () =>
      unwrap(api.GET("/api/v1/tasks/{task_id}/comments/", { params: { path: { task_id: taskId } } })),
  });
  const open = result.data?.results.filter((row) => !row.is_resolved) ?? [];
  const named = open
    .map((row) => row.region)
    .filter(Boolean)
    .join();
  useEffect(() => setMarks(named ? named.split(",") : []), [named, setMarks]);
  return (
    <section className="banner" role="status">
      <h2>{i18n._("Returned for correction")}</h2>
      {open.map((row) => (
        <p key={row.id}>
          <q>{row.text}</q> <span className="muted">{row.author}</span>
          {row.region && editor.doc.regions.has(row.region) && (
            <button
              type="button"
              className="small"
              onClick={() => {
                editor.select(row.region);
                bench.stage.current?.reveal(row.region);
              }}
            >
              {i18n._("Show region")}
            </button>
          )}
        </p>
      ))}
    </section>
  );
}

/** A submission that the server did not accept, open again to be corrected. */
export function Reopened({ why }: { why: string }) {
  const { i18n } = useLingui();
  return (
    <section className="failure" role="alert">
      <h2>{i18n._("Submission rejected")}</h2>
      <p>{why}</p>
      <p>{i18n._("Correct it and submit again.")}</p>
    </section>
  );
}
