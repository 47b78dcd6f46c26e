import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, type Schemas, unwrap } from "../../../shared/api/client";
import { useMay } from "../../../shared/api/session";
import { count, percent } from "../../../shared/ui/numbers";
import { Empty, Failure, Waiting } from "../../../shared/ui/parts";

/** Everybody who labels here: how much, how fast, how well, with intervals; and whether they go on. */
export function AnnotatorsPanel({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  const may = useMay("projects.write");
  const queries = useQueryClient();
  const path = { project_id: project.id };
  const members = useQuery({
    queryKey: ["project-members", project.id],
    queryFn: () => unwrap(api.GET("/api/v1/projects/{project_id}/members/", { params: { path } })),
    refetchInterval: 10_000,
  });
  const change = useMutation({
    mutationFn: ({ user, ...body }: { user: number } & Schemas["PatchedProjectMemberChange"]) =>
      unwrap(
        api.PATCH("/api/v1/projects/{project_id}/members/{user_id}/", {
          params: { path: { ...path, user_id: user } },
          body,
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["project-members", project.id] }),
  });
  if (members.error) return <Failure error={members.error} again={() => void members.refetch()} />;
  if (!members.data) return <Waiting />;
  if (members.data.results.length === 0) return <Empty>{i18n._("Nobody has labeled here yet.")}</Empty>;
  const share = (low: number, high: number) =>
    `${percent(low, i18n.locale, 0)}–${percent(high, i18n.locale, 0)}`;
  return (
    <>
      {change.error && <Failure error={change.error} />}
      <div className="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{i18n._("Person")}</th>
              <th scope="col">{i18n._("Answers")}</th>
              <th scope="col">{i18n._("Seconds each")}</th>
              <th scope="col">{i18n._("Gold items right")}</th>
              <th scope="col">{i18n._("Accepted in review")}</th>
              <th scope="col">{i18n._("State")}</th>
            </tr>
          </thead>
          <tbody>
            {members.data.results.map((row) => (
              <tr key={row.user_id}>
                <th scope="row">
                  <Link to={`?tab=tasks&person=${row.user_id}`}>{row.name}</Link>
                </th>
                <td className="num">{count(row.annotation_count, i18n.locale)}</td>
                <td className="num">
                  {row.ms_per_annotation === null ? "–" : (row.ms_per_annotation / 1000).toFixed(1)}
                </td>
                <td className="num">
                  {row.gold_accuracy.correct_count}/{row.gold_accuracy.count}{" "}
                  <span className="muted">{share(row.gold_accuracy.low, row.gold_accuracy.high)}</span>
                </td>
                <td className="num">
                  {row.accepted_count}/{row.review_count}{" "}
                  <span className="muted">{share(row.acceptance_low, row.acceptance_high)}</span>
                </td>
                <td>
                  {row.is_paused ? i18n._("paused: {why}", { why: row.pause_reason }) : i18n._("at work")}{" "}
                  {may && (
                    <button
                      type="button"
                      className="small"
                      onClick={() => change.mutate({ user: row.user_id, is_paused: !row.is_paused })}
                    >
                      {row.is_paused ? i18n._("Let go on") : i18n._("Pause")}
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
