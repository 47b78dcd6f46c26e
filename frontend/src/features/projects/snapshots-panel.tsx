import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { count, moment } from "../../shared/ui/numbers";
import { Empty, Failure, State } from "../../shared/ui/parts";
import { interval } from "./use-cancel";

export function SnapshotsPanel({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const mayFreeze = useMay("snapshots.write");
  const path = { path: { project_id: project.id } };
  const snapshots = useQuery({
    queryKey: ["snapshots", project.id],
    queryFn: () => unwrap(api.GET("/api/v1/projects/{project_id}/snapshots/", { params: path })),
    refetchInterval: (query) => interval(query.state.data?.results.map((row) => row.state) ?? []),
  });
  const freeze = useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/projects/{project_id}/snapshots/", { params: path })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["snapshots", project.id] }),
  });
  const button = mayFreeze && (
    <button
      type="button"
      onClick={() => freeze.mutate()}
      disabled={freeze.isPending || project.tasks.done === 0}
    >
      {i18n._("Freeze a snapshot")}
    </button>
  );
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{i18n._("Snapshots")}</h2>
        {button}
      </div>
      {freeze.error && <Failure error={freeze.error} />}
      {snapshots.error && <Failure error={snapshots.error} again={() => void snapshots.refetch()} />}
      {snapshots.data?.results.length === 0 && (
        <Empty>
          {i18n._("A snapshot freezes the labels as they are, with a sealed part that is never trained on.")}
        </Empty>
      )}
      {snapshots.data && snapshots.data.results.length > 0 && (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{i18n._("Version")}</th>
                <th scope="col">{i18n._("State")}</th>
                <th scope="col">{i18n._("To train on")}</th>
                <th scope="col">{i18n._("Sealed")}</th>
                <th scope="col">{i18n._("Left out")}</th>
                <th scope="col">{i18n._("Content hash")}</th>
                <th scope="col">{i18n._("Frozen")}</th>
              </tr>
            </thead>
            <tbody>
              {snapshots.data.results.map((row) => (
                <tr key={row.id}>
                  <th scope="row">
                    {row.state === "ready" ? (
                      <a href={`/api/v1/snapshots/${row.id}/manifest/`} download>
                        {row.version}
                      </a>
                    ) : (
                      row.version
                    )}
                  </th>
                  <td>
                    <State state={row.state} />
                  </td>
                  <td className="num">{count(row.train_count, i18n.locale)}</td>
                  <td className="num">{count(row.test_count, i18n.locale)}</td>
                  <td className="num">{count(row.excluded_count, i18n.locale)}</td>
                  <td>
                    <code>{row.content_hash.slice(0, 12)}</code>
                    {row.erased_count > 0 && (
                      <p className="warn num">
                        {i18n._("{number} items were erased since", {
                          number: count(row.erased_count, i18n.locale),
                        })}
                      </p>
                    )}
                  </td>
                  <td>{moment(row.created_at, i18n.locale)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
