import { useLingui } from "@lingui/react";
import { Button, Select, Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearchParams } from "react-router";
import { api, unwrap } from "../../shared/api/client";
import { projectQuery } from "../../shared/api/projects";
import { EmptyState, ErrorAlert, toast } from "../../shared/ui/feedback";
import { Page } from "../../shared/ui/parts";
import { type Draft, EMPTY, TermsForm } from "./terms-form";

/** Creating a contract: for which project, and on which terms. */
export function NewContract() {
  const { i18n } = useLingui();
  const [query, setQuery] = useSearchParams();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const chosen = Number(query.get("project")) || null;
  const projects = useQuery({
    queryKey: ["projects", "for-contracts"],
    queryFn: () => unwrap(api.GET("/api/v1/projects/", { params: { query: { limit: 200 } } })),
  });
  const rows = (projects.data?.results ?? []).filter((row) => row.project_type.is_single_class);
  const id = chosen ?? rows[0]?.id ?? null;
  const project = useQuery({
    ...projectQuery(id ?? 0),
    enabled: id !== null,
  });
  const create = useMutation({
    mutationFn: (draft: Draft) =>
      unwrap(
        api.POST("/api/v1/projects/{project_id}/contracts/", {
          params: { path: { project_id: id ?? 0 } },
          body: draft,
        }),
      ),
    onSuccess: (made) => {
      void queries.invalidateQueries({ queryKey: ["contracts"] });
      toast(i18n, i18n._("Contract created. Both sides can sign it now."));
      navigate(`/contracts/${made.id}`);
    },
  });
  const target = project.data?.target ?? 0.9;
  const error = projects.error ?? project.error;
  return (
    <Page title={i18n._("New acceptance contract")} crumbs={[["/contracts", i18n._("Contracts")]]}>
      {error && (
        <ErrorAlert
          error={error}
          retry={() => {
            void projects.refetch();
            void project.refetch();
          }}
        />
      )}
      {projects.data && rows.length === 0 && (
        <EmptyState
          title={i18n._("No classification project yet")}
          action={
            <Button component={Link} to="/projects/new">
              {i18n._("Create project")}
            </Button>
          }
        >
          {i18n._("Acceptance contracts are for projects with one class per item.")}
        </EmptyState>
      )}
      {rows.length > 0 && (
        <Select
          label={i18n._("Project")}
          maw={420}
          mb="md"
          allowDeselect={false}
          searchable
          data={rows.map((row) => ({ value: String(row.id), label: row.name }))}
          value={id === null ? null : String(id)}
          onChange={(value) => value && setQuery({ project: value }, { replace: true })}
        />
      )}
      {rows.length > 0 &&
        !error &&
        (project.data ? (
          <TermsForm
            key={project.data.id}
            project={project.data}
            initial={{
              ...EMPTY,
              terms: {
                ...EMPTY.terms,
                target,
                expected: Math.min(0.999, Number((target + (1 - target) / 2).toFixed(4))),
              },
            }}
            save={i18n._("Create contract")}
            saving={create.isPending}
            error={create.error}
            onSave={(draft) => create.mutate(draft)}
            onCancel={() => navigate("/contracts")}
          />
        ) : (
          <Skeleton height={320} />
        ))}
      {projects.isPending && <Skeleton height={320} />}
    </Page>
  );
}
