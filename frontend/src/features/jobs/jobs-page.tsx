import { useLingui } from "@lingui/react";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { moment } from "../../shared/ui/numbers";
import { Confirm, Empty, Failure, JobLine, Page, Waiting } from "../../shared/ui/parts";

/** All jobs: those that are stalled, and how to queue them again; those that run and wait, and in what order. */
export function JobsPage() {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const may = useMay("runs.write");
  const refresh = () => queries.invalidateQueries({ queryKey: ["work"] });
  const cancel = useMutation({
    mutationFn: (id: number) =>
      unwrap(api.POST("/api/v1/jobs/{job_id}/cancel/", { params: { path: { job_id: id } } })),
    onSettled: refresh,
  });
  const requeue = useMutation({
    mutationFn: (id: number) =>
      unwrap(api.POST("/api/v1/jobs/{job_id}/requeue/", { params: { path: { job_id: id } } })),
    onSettled: refresh,
  });
  const setPriority = useMutation({
    mutationFn: ({ id, priority }: { id: number; priority: number }) =>
      unwrap(
        api.PUT("/api/v1/jobs/{job_id}/priority/", { params: { path: { job_id: id } }, body: { priority } }),
      ),
    onSettled: refresh,
  });
  const failure = cancel.error ?? requeue.error ?? setPriority.error;
  return (
    <Page title={i18n._("Work")} lead={i18n._("Imports, trainings and everything else that takes a while.")}>
      {failure && <Failure error={failure} />}
      {may && <Stalled onRequeue={(id) => requeue.mutate(id)} onCancel={(id) => cancel.mutate(id)} />}
      <Jobs
        may={may}
        onCancel={(id) => cancel.mutate(id)}
        onPriority={(id, priority) => setPriority.mutate({ id, priority })}
      />
    </Page>
  );
}

function Stalled({
  onRequeue,
  onCancel,
}: {
  onRequeue: (id: number) => void;
  onCancel: (id: number) => void;
}) {
  const { i18n } = useLingui();
  const rows = useQuery({
    queryKey: ["work", "stalled"],
    queryFn: () => unwrap(api.GET("/api/v1/jobs/", { params: { query: { state: "stalled" } } })),
    refetchInterval: 10_000,
  });
  const reasons: Record<string, string> = {
    worker_lost: i18n._(
      "Its worker has given no sign of life; the scheduler should have brought it back by now.",
    ),
    no_progress: i18n._("It has run for hours and said nothing."),
    unclaimed: i18n._("No worker has taken it: none listens to its queue, or all are busy."),
    cancel_ignored: i18n._("It was to be cancelled and goes on."),
  };
  return (
    <section className="panel">
      <h2>{i18n._("What hangs")}</h2>
      {rows.error && <Failure error={rows.error} again={() => void rows.refetch()} />}
      {rows.data?.results.length === 0 && <p>{i18n._("Nothing hangs.")}</p>}
      {rows.data && rows.data.results.length > 0 && (
        <ul className="plain">
          {rows.data.results.map((row) => (
            <li key={row.id} className="block">
              <b>
                {row.kind} {row.id}
              </b>{" "}
              <code>{row.queue}</code> {row.worker && <span className="muted">{row.worker}</span>}
              <p>{reasons[row.stall_reason ?? ""] ?? row.stall_reason}</p>
              <Confirm
                ask={i18n._("It is queued again, and what its worker still writes is refused.")}
                yes={i18n._("Free it")}
                onYes={() => onRequeue(row.id)}
              >
                {i18n._("Free it…")}
              </Confirm>{" "}
              <button type="button" className="small" onClick={() => onCancel(row.id)}>
                {i18n._("Cancel")}
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Jobs({
  may,
  onCancel,
  onPriority,
}: {
  may: boolean;
  onCancel: (id: number) => void;
  onPriority: (id: number, priority: number) => void;
}) {
  const { i18n } = useLingui();
  const jobs = useInfiniteQuery({
    queryKey: ["work", "jobs"],
    queryFn: ({ pageParam }) =>
      unwrap(api.GET("/api/v1/jobs/", { params: { query: pageParam ? { cursor: pageParam } : {} } })),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: 5000,
  });
  const rows: Schemas["JobOut"][] = jobs.data?.pages.flatMap((page) => page.results) ?? [];
  return (
    <section>
      <h2>{i18n._("Everything, newest first")}</h2>
      {jobs.isPending && <Waiting />}
      {jobs.error && <Failure error={jobs.error} again={() => void jobs.refetch()} />}
      {jobs.data && rows.length === 0 && (
        <Empty>{i18n._("Nothing yet. An upload or a training shows here.")}</Empty>
      )}
      {rows.length > 0 && (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{i18n._("Job")}</th>
                <th scope="col">{i18n._("Queue")}</th>
                <th scope="col">{i18n._("State")}</th>
                <th scope="col">{i18n._("Ordered")}</th>
                <th scope="col">{i18n._("Turn")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  <th scope="row">
                    {row.kind} {row.id}
                  </th>
                  <td>{row.queue}</td>
                  <td>
                    <JobLine job={row} cancel={may ? () => onCancel(row.id) : undefined} />
                  </td>
                  <td>{moment(row.created_at, i18n.locale)}</td>
                  <td>
                    {may && row.state === "queued" ? (
                      <select
                        aria-label={i18n._("Turn of {job}", { job: `${row.kind} ${row.id}` })}
                        value={Math.sign(row.priority)}
                        onChange={(event) => onPriority(row.id, Number(event.target.value) * 10)}
                      >
                        <option value={1}>{i18n._("sooner")}</option>
                        <option value={0}>{i18n._("in order")}</option>
                        <option value={-1}>{i18n._("later")}</option>
                      </select>
                    ) : (
                      "–"
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {jobs.hasNextPage && (
        <button type="button" onClick={() => void jobs.fetchNextPage()} disabled={jobs.isFetchingNextPage}>
          {i18n._("Older ones")}
        </button>
      )}
    </section>
  );
}
