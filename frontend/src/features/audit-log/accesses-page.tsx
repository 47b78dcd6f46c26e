import { useLingui } from "@lingui/react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, unwrap } from "../../shared/api/client";
import { count, day, moment } from "../../shared/ui/numbers";
import { Empty, Failure, Page, Waiting } from "../../shared/ui/parts";
import { AuditTabs } from "./audit-log-page";

/** The data access log: who was shown what of the customer's data. */
export function AccessesPage() {
  const { i18n } = useLingui();
  const [user, setUser] = useState<number | null>(null);
  const people = useQuery({
    queryKey: ["accesses"],
    queryFn: () => unwrap(api.GET("/api/v1/audit-log/accesses/by-user/")),
  });
  return (
    <Page
      title={i18n._("Audit")}
      lead={i18n._(
        "Pictures that browsers and scripts fetched, texts and rows that were shown; the first time of each day counts.",
      )}
    >
      <AuditTabs />
      {people.isPending && <Waiting />}
      {people.error && <Failure error={people.error} again={() => void people.refetch()} />}
      {people.data?.results.length === 0 && <Empty>{i18n._("Nobody has seen anything yet.")}</Empty>}
      {people.data && people.data.results.length > 0 && (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{i18n._("Who")}</th>
                <th scope="col">{i18n._("Pictures")}</th>
                <th scope="col">{i18n._("Texts and rows")}</th>
                <th scope="col">{i18n._("First")}</th>
                <th scope="col">{i18n._("Last")}</th>
                <td />
              </tr>
            </thead>
            <tbody>
              {people.data.results.map((row) => (
                <tr key={row.user_id}>
                  <th scope="row">{row.user_email}</th>
                  <td className="num">{count(row.asset_count, i18n.locale)}</td>
                  <td className="num">{count(row.item_count, i18n.locale)}</td>
                  <td>{day(row.first_on, i18n.locale)}</td>
                  <td>{day(row.last_on, i18n.locale)}</td>
                  <td>
                    <button
                      type="button"
                      className="small"
                      aria-expanded={user === row.user_id}
                      onClick={() => setUser(user === row.user_id ? null : row.user_id)}
                    >
                      {i18n._("Which ones")}
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {user !== null && <Accesses user={user} />}
    </Page>
  );
}

function Accesses({ user }: { user: number }) {
  const { i18n } = useLingui();
  const accesses = useInfiniteQuery({
    queryKey: ["accesses", user],
    queryFn: ({ pageParam }) =>
      unwrap(
        api.GET("/api/v1/audit-log/accesses/", {
          params: { query: { user_id: user, ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const rows = accesses.data?.pages.flatMap((page) => page.results) ?? [];
  return (
    <section className="panel">
      <h2>{rows[0]?.user_email ?? ""}</h2>
      {accesses.error && <Failure error={accesses.error} />}
      <ul className="columns">
        {rows.map((row) => (
          <li key={row.id}>
            {row.asset_id === null
              ? i18n._("item {number}", { number: row.item_id })
              : i18n._("picture {number}", { number: row.asset_id })}{" "}
            · {moment(row.created_at, i18n.locale)}
          </li>
        ))}
      </ul>
      {accesses.hasNextPage && (
        <button
          type="button"
          onClick={() => void accesses.fetchNextPage()}
          disabled={accesses.isFetchingNextPage}
        >
          {i18n._("Older ones")}
        </button>
      )}
    </section>
  );
}
