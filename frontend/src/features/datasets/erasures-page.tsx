import { useLingui } from "@lingui/react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, unwrap } from "../../shared/api/client";
import { count, moment } from "../../shared/ui/numbers";
import { Empty, Failure, JobLine, Page, Waiting } from "../../shared/ui/parts";
import { AffectedResources } from "./erase-panel";

/** What was erased, why, and what lost it. */
export function ErasuresPage() {
  const { i18n } = useLingui();
  const erasures = useInfiniteQuery({
    queryKey: ["erasures"],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      unwrap(api.GET("/api/v1/erasures/", { params: { query: pageParam ? { cursor: pageParam } : {} } })),
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: (query) =>
      query.state.data?.pages[0]?.results.some((row) => ["queued", "running"].includes(row.job?.state ?? ""))
        ? 1000
        : false,
  });
  const rows = erasures.data?.pages.flatMap((page) => page.results) ?? [];
  return (
    <Page title={i18n._("Erased items")} lead={i18n._("What went for good, why, and what lost it.")}>
      {erasures.isPending && <Waiting />}
      {erasures.error && <Failure error={erasures.error} again={() => void erasures.refetch()} />}
      {erasures.data && rows.length === 0 && (
        <Empty>{i18n._("Nothing was erased. Items are erased on the page of their dataset.")}</Empty>
      )}
      {rows.map((row) => (
        <section key={row.id} className="panel">
          <h2>
            <Link to={`/datasets/${row.dataset_id}`}>{row.dataset}</Link>
          </h2>
          <p>{row.reason}</p>
          <p className="muted num">
            {moment(row.created_at, i18n.locale)} {row.created_by || i18n._("by the clock")} ·{" "}
            {i18n._("{number} items", { number: count(row.report.items, i18n.locale) })} ·{" "}
            {i18n._("{number} answers", { number: count(row.report.counts.labels ?? 0, i18n.locale) })}
          </p>
          {row.job && row.job.state !== "done" && <JobLine job={row.job} />}
          <AffectedResources resources={row.report.resources} />
        </section>
      ))}
      {erasures.hasNextPage && (
        <button type="button" onClick={() => void erasures.fetchNextPage()}>
          {i18n._("Show more")}
        </button>
      )}
    </Page>
  );
}
