import { useLingui } from "@lingui/react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { Failure } from "../../shared/ui/parts";

/** A word beside the name. */
export function ArchivedBadge() {
  const { i18n } = useLingui();
  return <span className="badge put-away">{i18n._("Archived")}</span>;
}

/** That a project is archived, what that means, and the way back. */
export function ArchivedNotice({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const may = useMay("projects:write");
  const restore = useMutation({
    mutationFn: () =>
      unwrap(
        api.POST("/api/v1/projects/{project_id}/restore/", { params: { path: { project_id: project.id } } }),
      ),
    onSuccess: (row) => {
      queries.setQueryData(["project", project.id], row);
      return queries.invalidateQueries();
    },
  });
  return (
    <section className="panel put-away" aria-label={i18n._("Archived")}>
      <p role="status">
        {i18n._(
          "This project is archived: it can be read and exported, but nobody can label it, change it or train on it. Nothing was deleted.",
        )}
      </p>
      {restore.error && <Failure error={restore.error} />}
      {may ? (
        <button
          type="button"
          className="primary"
          onClick={() => restore.mutate()}
          disabled={restore.isPending}
        >
          {i18n._("Restore")}
        </button>
      ) : (
        <p className="muted">{i18n._("Managers and admins can restore it.")}</p>
      )}
    </section>
  );
}
