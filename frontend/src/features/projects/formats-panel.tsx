import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ApiError, api, csrfToken, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { Failure, Field, JobLine } from "../../shared/ui/parts";
import { lossInWords } from "./losses";

/** Labels out as a file, and in; each format says what it cannot hold. */
export function FormatsPanel({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  const may = useMay("projects.write");
  const formats = useQuery({
    queryKey: ["formats", project.id],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/formats/", { params: { path: { project_id: project.id } } }),
      ),
    staleTime: 60_000,
  });
  const rows = formats.data?.results ?? [];
  return (
    <section className="panel">
      <h2>{i18n._("Export")}</h2>
      <ul className="formats">
        {rows.map((format) => (
          <li key={format.key}>
            <a
              className="button"
              href={`/api/v1/projects/${project.id}/export/?format=${format.key}`}
              download
            >
              {format.title}
            </a>
            <span className="muted">
              {format.loses.length === 0
                ? i18n._("holds everything")
                : i18n._("does not hold: {what}", {
                    what: format.loses.map((loss) => lossInWords(i18n, loss)).join("; "),
                  })}
            </span>
          </li>
        ))}
      </ul>
      {may && <ImportForm project={project} formats={rows} />}
    </section>
  );
}

async function send(projectId: number, body: FormData): Promise<Schemas["JobOut"]> {
  const answer = await fetch(`/api/v1/projects/${projectId}/labels/import/`, {
    method: "POST",
    body,
    headers: { "X-CSRFToken": csrfToken() },
  });
  const data = await answer.json();
  if (!answer.ok) throw new ApiError(answer.status, data.code, data.detail, data.errors);
  return data;
}

function ImportForm({
  project,
  formats,
}: {
  project: Schemas["ProjectDetail"];
  formats: Schemas["FormatOut"][];
}) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const [jobId, setJobId] = useState<number | null>(null);
  const order = useMutation({
    mutationFn: (body: FormData) => send(project.id, body),
    onSuccess: (job) => setJobId(job.id),
  });
  const job = useQuery({
    queryKey: ["job", jobId],
    queryFn: async () => {
      const path = { path: { job_id: jobId ?? 0 } };
      const found = await unwrap(api.GET("/api/v1/jobs/{job_id}/", { params: path }));
      if (found.state === "done") await queries.invalidateQueries({ queryKey: ["project", project.id] });
      return found;
    },
    enabled: jobId !== null,
    refetchInterval: (query) =>
      ["queued", "running"].includes(query.state.data?.state ?? "queued") ? 1000 : false,
  });
  const result = (job.data?.result ?? {}) as {
    annotation_count?: number;
    task_count?: number;
    already_labeled_count?: number;
    dropped_count?: number;
    notes?: string[];
  };
  return (
    <details>
      <summary>{i18n._("Import labels")}</summary>
      <form
        className="form"
        onSubmit={(event: FormEvent<HTMLFormElement>) => {
          event.preventDefault();
          order.mutate(new FormData(event.currentTarget));
        }}
      >
        <Field label={i18n._("Format")}>
          <select name="format">
            {formats.map((format) => (
              <option key={format.key} value={format.key}>
                {format.title}
              </option>
            ))}
          </select>
        </Field>
        <Field
          label={i18n._("File")}
          hint={i18n._("Items are found by their names. All of it is taken, or nothing.")}
        >
          <input name="file" type="file" required />
        </Field>
        <Field
          label={i18n._("As proposals of a model, with its name")}
          hint={i18n._("Empty: as answers. Proposals are shown to annotators, who take or change them.")}
        >
          <input name="pre_annotation_model" maxLength={200} />
        </Field>
        <Field label={i18n._("Share of proposals kept back as a control, 0 to 1")}>
          <input name="hidden_fraction" type="number" min="0" max="1" step="any" defaultValue="0" />
        </Field>
        {order.error && <Failure error={order.error} />}
        {job.data && <JobLine job={job.data} />}
        {job.data?.state === "done" && (
          <p role="status">
            {i18n._("{answers} answers on {tasks} items came in.", {
              answers: result.annotation_count ?? 0,
              tasks: result.task_count ?? 0,
            })}{" "}
            {(result.already_labeled_count ?? 0) > 0 &&
              i18n._("{number} items had an answer already and were left as they are.", {
                number: result.already_labeled_count ?? 0,
              })}{" "}
            {(result.dropped_count ?? 0) > 0 &&
              i18n._("{number} things could not be taken: {notes}", {
                number: result.dropped_count ?? 0,
                notes: (result.notes ?? []).slice(0, 10).join(" · "),
              })}
          </p>
        )}
        <button type="submit" className="primary" disabled={order.isPending}>
          {i18n._("Import")}
        </button>
      </form>
    </details>
  );
}
