import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";
import { brief } from "../../../editor/core/brief";
import { kindOf } from "../../../editor/core/kinds";
import { api, type Schemas, unwrap } from "../../../shared/api/client";
import { Confirm, Empty, Failure, Waiting } from "../../../shared/ui/parts";

/** Items whose right answer is known, and what people made of them. */
export function GoldPanel({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const gold = useQuery({
    queryKey: ["gold", project.id],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/gold/", { params: { path: { project_id: project.id } } }),
      ),
  });
  const drop = useMutation({
    mutationFn: (task: number) =>
      unwrap(api.DELETE("/api/v1/tasks/{task_id}/gold/", { params: { path: { task_id: task } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["gold", project.id] }),
  });
  if (gold.error) return <Failure error={gold.error} again={() => void gold.refetch()} />;
  if (!gold.data) return <Waiting />;
  if (gold.data.results.length === 0)
    return (
      <Empty action={<Link to="?tab=tasks&state=done">{i18n._("Choose among the done tasks")}</Link>}>
        {i18n._(
          "There are no gold items. Twenty good ones, hidden in the queue, tell how well each person labels.",
        )}
      </Empty>
    );
  const names = new Map(project.labels.map((label) => [label.id, label.name]));
  return (
    <div className="scroll">
      {drop.error && <Failure error={drop.error} />}
      <table>
        <thead>
          <tr>
            <th scope="col">{i18n._("Item")}</th>
            <th scope="col">{i18n._("The right answer")}</th>
            <th scope="col">{i18n._("Use")}</th>
            <th scope="col">{i18n._("Answered right")}</th>
            <th scope="col">{i18n._("Change")}</th>
          </tr>
        </thead>
        <tbody>
          {gold.data.results.map((row) => (
            <tr key={row.task_id}>
              <th scope="row">
                <Link to={`/review/${project.id}?task=${row.task_id}`}>{row.name}</Link>
              </th>
              <td>{brief(kindOf(project.project_type), row.value, names)}</td>
              <td>{row.is_qualification ? i18n._("practice") : i18n._("hidden in the queue")}</td>
              <td className="num">
                {row.correct_count}/{row.annotation_count}
              </td>
              <td>
                <Confirm
                  ask={i18n._("Trust it no longer?")}
                  yes={i18n._("Drop it")}
                  onYes={() => drop.mutate(row.task_id)}
                >
                  {i18n._("Drop")}
                </Confirm>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
