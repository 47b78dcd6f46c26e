import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearchParams } from "react-router";
import { api, unwrap } from "../../shared/api/client";
import { Failure, Field, Page, Waiting } from "../../shared/ui/parts";
import { type Draft, EMPTY, TermsForm } from "./terms-form";

/** Creating a contract: which project, and what is good enough. */
export function NewContract() {
  const { i18n } = useLingui();
  const [query, setQuery] = useSearchParams();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const chosen = Number(query.get("project")) || null;
  const projects = useQuery({ queryKey: ["projects"], queryFn: () => unwrap(api.GET("/api/v1/projects/")) });
  const rows = (projects.data?.results ?? []).filter((row) => row.project_type.is_single_class);
  const id = chosen ?? rows[0]?.id ?? null;
  const project = useQuery({
    queryKey: ["project", id],
    enabled: id !== null,
    queryFn: () =>
      unwrap(api.GET("/api/v1/projects/{project_id}/", { params: { path: { project_id: id ?? 0 } } })),
  });
  const draw = useMutation({
    mutationFn: (draft: Draft) =>
      unwrap(
        api.POST("/api/v1/projects/{project_id}/contracts/", {
          params: { path: { project_id: id ?? 0 } },
          body: draft,
        }),
      ),
    onSuccess: (made) => {
      void queries.invalidateQueries({ queryKey: ["contracts"] });
      navigate(`/contracts/${made.id}`);
    },
  });
  const target = project.data?.target ?? 0.9;
  return (
    <Page title={i18n._("Draw up a contract")}>
      {(projects.error ?? project.error) ? <Failure error={projects.error ?? project.error} /> : null}
      {projects.data && rows.length === 0 && (
        <p className="muted">{i18n._("Contracts are for projects of classes, and there is none yet.")}</p>
      )}
      {rows.length > 0 && (
        <section className="panel">
          <Field label={i18n._("Project")}>
            <select value={id ?? ""} onChange={(event) => setQuery({ project: event.target.value })}>
              {rows.map((row) => (
                <option key={row.id} value={row.id}>
                  {row.name}
                </option>
              ))}
            </select>
          </Field>
          {project.data ? (
            <TermsForm
              key={project.data.id}
              project={project.data}
              initial={{
                ...EMPTY,
                terms: { ...EMPTY.terms, target, expected: Math.min(0.999, target + (1 - target) / 2) },
              }}
              save={i18n._("Draw up")}
              saving={draw.isPending}
              error={draw.error}
              onSave={(draft) => draw.mutate(draft)}
            />
          ) : (
            <Waiting />
          )}
        </section>
      )}
    </Page>
  );
}
