import { useLingui } from "@lingui/react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { NavLink } from "react-router";
import { api, unwrap } from "../../shared/api/client";
import { count, moment } from "../../shared/ui/numbers";
import { Empty, Failure, Field, Page, Waiting } from "../../shared/ui/parts";

export function AuditTabs() {
  const { i18n } = useLingui();
  return (
    <nav className="tabs" aria-label={i18n._("Audit")}>
      <NavLink to="/audit-log" end>
        {i18n._("What was done")}
      </NavLink>
      <NavLink to="/audit-log/accesses">{i18n._("What was seen")}</NavLink>
    </nav>
  );
}

/** Who did what, and whether the log is as it was written. */
export function AuditLogPage() {
  const { i18n } = useLingui();
  const [action, setAction] = useState("");
  const groups: [string, string][] = [
    ["", i18n._("everything")],
    ["member.", i18n._("people and sign-ins")],
    ["token.", i18n._("tokens")],
    ["organization.", i18n._("rules of signing in")],
    ["project.", i18n._("projects")],
    ["labels.", i18n._("labels in and out")],
    ["snapshot.", i18n._("snapshots")],
    ["model.", i18n._("models")],
    ["contract.", i18n._("contracts")],
    ["audit.", i18n._("this log")],
  ];
  const log = useInfiniteQuery({
    queryKey: ["audit", action],
    queryFn: ({ pageParam }) =>
      unwrap(
        api.GET("/api/v1/audit-log/", {
          params: { query: { ...(action ? { action } : {}), ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const rows = log.data?.pages.flatMap((page) => page.results) ?? [];
  return (
    <Page
      title={i18n._("Audit")}
      lead={i18n._("Each act is written where it happens and can be neither changed nor deleted.")}
      actions={
        <a className="button" href="/api/v1/audit-log/export/" download>
          {i18n._("Export the log")}
        </a>
      }
    >
      <AuditTabs />
      <Check />
      <div className="form row">
        <Field label={i18n._("Show")}>
          <select value={action} onChange={(event) => setAction(event.target.value)}>
            {groups.map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </Field>
      </div>
      {log.isPending && <Waiting />}
      {log.error && <Failure error={log.error} again={() => void log.refetch()} />}
      {log.data && rows.length === 0 && <Empty>{i18n._("Nothing of this kind was done yet.")}</Empty>}
      {rows.length > 0 && (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{i18n._("When")}</th>
                <th scope="col">{i18n._("Who")}</th>
                <th scope="col">{i18n._("Act")}</th>
                <th scope="col">{i18n._("On")}</th>
                <th scope="col">{i18n._("Particulars")}</th>
                <th scope="col">{i18n._("Seal")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  <td>{moment(row.created_at, i18n.locale)}</td>
                  <td>{row.actor}</td>
                  <th scope="row">
                    <code>{row.action}</code>
                  </th>
                  <td>
                    {row.subject.split(".").at(-1)} {row.subject_id}
                  </td>
                  <td className="particulars">
                    {Object.entries(row.data).map(([name, value]) => (
                      <span key={name}>
                        {name}: {typeof value === "string" ? value : JSON.stringify(value)}{" "}
                      </span>
                    ))}
                  </td>
                  <td title={row.digest}>{row.seal ?? i18n._("in seconds")}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {log.hasNextPage && (
        <button type="button" onClick={() => void log.fetchNextPage()} disabled={log.isFetchingNextPage}>
          {i18n._("Older ones")}
        </button>
      )}
    </Page>
  );
}

function Check() {
  const { i18n } = useLingui();
  const outcome = useQuery({
    queryKey: ["audit-check"],
    queryFn: async () => {
      let step = await unwrap(api.GET("/api/v1/audit-log/check/"));
      while (step.next !== null && step.broken_at === null)
        step = await unwrap(api.GET("/api/v1/audit-log/check/", { params: { query: { after: step.next } } }));
      return step;
    },
    enabled: false,
  });
  return (
    <section className="panel">
      <h2>{i18n._("Is the log as it was written?")}</h2>
      <p className="muted">
        {i18n._(
          "Each seal covers its event and the seal before. Note the last digest elsewhere: nobody can then rewrite what it covers without your noticing.",
        )}
      </p>
      <button type="button" onClick={() => void outcome.refetch()} disabled={outcome.isFetching}>
        {outcome.isFetching ? i18n._("Computing every digest again…") : i18n._("Check it")}
      </button>
      {outcome.error && <Failure error={outcome.error} />}
      {outcome.data &&
        (outcome.data.broken_at === null ? (
          <p role="status" className="verdict">
            {i18n._("{count} events, all as they were written. Last digest:", {
              count: count(outcome.data.events, i18n.locale),
            })}{" "}
            <code className="secret">{outcome.data.head}</code>
          </p>
        ) : (
          <p role="alert" className="failure">
            {i18n._("It is not: seal {number} does not fit ({what}).", {
              number: outcome.data.broken_at,
              what: outcome.data.reason,
            })}
          </p>
        ))}
    </section>
  );
}
