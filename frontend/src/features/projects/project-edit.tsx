import { useLingui } from "@lingui/react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { api, ifMatch, type Schemas, unwrap } from "../../shared/api/client";
import { Confirm, Failure, Field } from "../../shared/ui/parts";

/** Guidelines, target, and the way out of sight. Each save of the guidelines is a new version. */
export function ProjectEdit({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const path = { path: { project_id: project.id } };
  const refresh = () => queries.invalidateQueries({ queryKey: ["project", project.id] });
  const save = useMutation({
    mutationFn: (body: Schemas["PatchedProjectChange"]) =>
      unwrap(
        api.PATCH("/api/v1/projects/{project_id}/", {
          params: { ...path, header: ifMatch(project) },
          body,
        }),
      ),
    onSuccess: refresh,
  });
  const archive = useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/projects/{project_id}/archive/", { params: path })),
    onSuccess: (row) => {
      queries.setQueryData(["project", project.id], row);
      return queries.invalidateQueries();
    },
  });
  const reopen = useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/projects/{project_id}/queue/reopen/", { params: path })),
    onSuccess: refresh,
  });
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const guideline = String(form.get("guideline"));
    save.mutate({
      target: Number(form.get("target")) / 100,
      guideline: guideline === project.guideline ? null : guideline,
    });
  };
  return (
    <details>
      <summary>{i18n._("Change")}</summary>
      <form className="form" onSubmit={send} key={project.guideline_version}>
        <Field label={i18n._("Wanted accuracy, in percent")}>
          <input
            name="target"
            type="number"
            min="1"
            max="99.9"
            step="0.1"
            defaultValue={project.target * 100}
            required
          />
        </Field>
        <Field
          label={i18n._("Guidelines (Markdown)")}
          hint={i18n._("Saving makes version {version}; answers keep the version they were given under.", {
            version: project.guideline_version + 1,
          })}
        >
          <textarea name="guideline" rows={8} defaultValue={project.guideline} />
        </Field>
        {[save.error, reopen.error, archive.error].map((error, at) =>
          // biome-ignore lint/suspicious/noArrayIndexKey: three fixed places
          error ? <Failure key={at} error={error} /> : null,
        )}
        <p className="actions">
          <button type="submit" className="primary" disabled={save.isPending}>
            {i18n._("Save")}
          </button>
          {project.tasks.skipped > 0 && (
            <button type="button" onClick={() => reopen.mutate()} disabled={reopen.isPending}>
              {i18n._("Put skipped items back into the queue")}
            </button>
          )}
          <Confirm
            ask={i18n._(
              "Archive this project? It leaves the lists and nobody can label it, change it or train on it until it is restored. Nothing is deleted, and work that was ordered before is finished.",
            )}
            yes={i18n._("Archive")}
            onYes={() => archive.mutate()}
          >
            {i18n._("Archive…")}
          </Confirm>
        </p>
      </form>
    </details>
  );
}
