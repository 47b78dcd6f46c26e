import { useLingui } from "@lingui/react";
import { Alert, Button, Card, Group, Select, Text, Title } from "@mantine/core";
import { IconInfoCircle, IconPencil } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ifMatch, type Schemas, unwrap } from "../../shared/api/client";
import { fileForm } from "../../shared/api/form";
import { useMay } from "../../shared/api/session";
import { ErrorAlert, toast } from "../../shared/ui/feedback";
import { Prose } from "../../shared/ui/prose";
import { type Project, ProjectFrame } from "./project-frame";
import { GuidelineEditor } from "./schema/guideline-editor";
import { LabelChips, LabelTree } from "./schema/label-chips";
import { type AttributeRow, isSkeleton, type LabelRow, problemsOf } from "./schema/label-rows";
import { type SchemaDraft, SchemaForm } from "./schema/schema-form";
import { SkeletonFigure } from "./schema/skeleton-figure";

/** Label schema and guidelines. */
export function ProjectLabelsPage() {
  return <ProjectFrame>{(project) => <Labels project={project} />}</ProjectFrame>;
}

export function Labels({ project }: { project: Project }) {
  const { i18n } = useLingui();
  const mayChange = useMay("projects.write");
  const [isEdited, edit] = useState(false);
  if (isEdited && mayChange) return <SchemaEditor project={project} close={() => edit(false)} />;
  return (
    <>
      <Card withBorder mb="md">
        <Group justify="space-between" mb="xs">
          <Title order={2}>
            {i18n._("Label schema, version {version}", { version: project.schema_version })}
          </Title>
          {mayChange && (
            <Button
              variant="default"
              leftSection={<IconPencil size={16} aria-hidden />}
              onClick={() => edit(true)}
            >
              {i18n._("Edit label schema")}
            </Button>
          )}
        </Group>
        {project.labels.some((label) => label.parent) ? (
          <LabelTree labels={project.labels} />
        ) : (
          <LabelChips labels={project.labels} />
        )}
        <Group gap="md">
          {project.labels.map(
            (label) =>
              label.skeleton && (
                <div key={label.id}>
                  <SkeletonFigure
                    skeleton={label.skeleton as Schemas["SkeletonIn"]}
                    color={label.color}
                    size={150}
                  />
                  <Text size="xs" c="dimmed" ta="center">
                    {label.name}
                  </Text>
                </div>
              ),
          )}
        </Group>
        {project.attributes.length > 0 && (
          <>
            <Title order={3} mt="md" mb={4}>
              {i18n._("Attributes")}
            </Title>
            {project.attributes.map((row) => (
              <Text key={row.id} size="sm">
                {row.name}
                <Text span c="dimmed">
                  {row.options.length > 0 && `: ${row.options.join(", ")}`}
                  {row.required && ` (${i18n._("required")})`}
                </Text>
              </Text>
            ))}
          </>
        )}
      </Card>
      <Guidelines key={project.guideline_version} project={project} />
    </>
  );
}

/** The address of a picture, kept with the project. */
async function uploadPicture(projectId: number, file: File): Promise<string> {
  const picture = await unwrap(
    api.POST("/api/v1/projects/{project_id}/guideline-pictures/", {
      params: { path: { project_id: projectId } },
      ...fileForm(file),
    }),
  );
  return picture.address;
}

/** What to label and how, read or written. */
function Guidelines({ project }: { project: Project }) {
  const { i18n } = useLingui();
  const mayChange = useMay("projects.write");
  const queries = useQueryClient();
  const [draft, setDraft] = useState<string | null>(null);
  const save = useMutation({
    mutationFn: (guideline: string) =>
      unwrap(
        api.PATCH("/api/v1/projects/{project_id}/", {
          params: { path: { project_id: project.id }, header: ifMatch(project) },
          body: { guideline },
        }),
      ),
    onSuccess: (row) => {
      queries.setQueryData(["project", project.id], row);
      toast(i18n, i18n._("Guidelines saved as version {version}.", { version: row.guideline_version }));
    },
  });
  return (
    <Card withBorder>
      <Group justify="space-between" mb="xs">
        <Title order={2}>
          {i18n._("Guidelines, version {version}", { version: project.guideline_version })}
        </Title>
        {mayChange && draft === null && (
          <Button
            variant="default"
            leftSection={<IconPencil size={16} aria-hidden />}
            onClick={() => setDraft(project.guideline)}
          >
            {i18n._("Edit guidelines")}
          </Button>
        )}
      </Group>
      {draft === null ? (
        project.guideline ? (
          <Prose>{project.guideline}</Prose>
        ) : (
          <Text size="sm" c="dimmed">
            {i18n._("No guidelines yet.")}
          </Text>
        )
      ) : (
        <>
          <GuidelineEditor
            value={draft}
            onChange={setDraft}
            upload={(file) => uploadPicture(project.id, file)}
          />
          <Text size="sm" c="dimmed" mt="xs">
            {i18n._("Existing annotations keep the version of the guidelines that they were made under.")}
          </Text>
          {save.error && <ErrorAlert error={save.error} />}
          <Group mt="sm">
            <Button
              onClick={() => save.mutate(draft)}
              loading={save.isPending}
              disabled={draft === project.guideline}
            >
              {i18n._("Save guidelines")}
            </Button>
            <Button variant="subtle" color="gray" onClick={() => setDraft(null)}>
              {i18n._("Cancel")}
            </Button>
          </Group>
        </>
      )}
    </Card>
  );
}

/** Labels and attributes by rows; what a change does to existing annotations is shown before it is saved. */
function SchemaEditor({ project, close }: { project: Project; close: () => void }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const [start] = useState(project); // what the rows were made from; a newer one is not theirs
  const [draft, setDraft] = useState<SchemaDraft>({
    labels: project.labels as LabelRow[],
    attributes: project.attributes as AttributeRow[],
  });
  const [moves, setMoves] = useState<Record<string, string>>({});
  const path = { path: { project_id: project.id } };
  const geometries = project.project_type.geometries;
  const problems = problemsOf(draft.labels, draft.attributes, geometries);
  const labels = draft.labels.map((row) => ({
    ...row,
    skeleton: isSkeleton(row, geometries) ? (row.skeleton ?? null) : null,
  }));
  const body = { labels, attributes: draft.attributes };
  const preview = useMutation({
    mutationFn: () =>
      unwrap(api.POST("/api/v1/projects/{project_id}/label-schema/preview/", { params: path, body })),
  });
  const save = useMutation({
    mutationFn: () =>
      unwrap(
        api.PUT("/api/v1/projects/{project_id}/label-schema/", {
          params: { ...path, header: ifMatch(start) },
          body: { ...body, moves },
        }),
      ),
    onSuccess: (row) => {
      queries.setQueryData(["project", project.id], row);
      toast(i18n, i18n._("Label schema saved as version {version}.", { version: row.schema_version }));
      close();
    },
  });
  const change = (next: SchemaDraft) => {
    setDraft(next);
    setMoves({});
    preview.reset();
    save.reset();
  };
  const unmoved = preview.data?.must_move.filter((id) => moves[id] === undefined) ?? [];
  return (
    <>
      <SchemaForm draft={draft} onChange={change} geometries={geometries} problems={problems} />
      {preview.data && <Effects preview={preview.data} rows={labels} moves={moves} setMoves={setMoves} />}
      {(preview.error ?? save.error) && <ErrorAlert error={preview.error ?? save.error} />}
      <Group>
        {preview.data ? (
          <Button onClick={() => save.mutate()} loading={save.isPending} disabled={unmoved.length > 0}>
            {i18n._("Save as version {version}", { version: start.schema_version + 1 })}
          </Button>
        ) : (
          <Button
            onClick={() => preview.mutate()}
            loading={preview.isPending}
            disabled={draft.labels.length === 0 || problems.size > 0}
          >
            {i18n._("Preview changes")}
          </Button>
        )}
        <Button variant="subtle" color="gray" onClick={close}>
          {i18n._("Discard changes")}
        </Button>
      </Group>
    </>
  );
}

/** What the change does to the labels that are there, and where annotations of removed labels go. */
function Effects({
  preview,
  rows,
  moves,
  setMoves,
}: {
  preview: Schemas["SchemaPreview"];
  rows: readonly Schemas["LabelIn"][];
  moves: Record<string, string>;
  setMoves: (moves: Record<string, string>) => void;
}) {
  const { i18n } = useLingui();
  const words: Record<string, string> = {
    added: i18n._("added"),
    removed: i18n._("removed"),
    renamed: i18n._("renamed"),
    reshaped: i18n._("shape changed for new annotations"),
  };
  return (
    <Alert
      variant="light"
      icon={<IconInfoCircle aria-hidden />}
      title={i18n._("Changes")}
      mb="md"
      role="status"
    >
      {preview.effects.length === 0 && (
        <Text size="sm">{i18n._("Only order, colors, keys and attributes change.")}</Text>
      )}
      {preview.effects.map((effect) => (
        <Group key={effect.label} gap="sm" mb={6}>
          <Text size="sm">
            <strong>{effect.name}</strong>: {words[effect.effect]} ·{" "}
            {i18n._("{count, plural, one {# annotation} other {# annotations}}", {
              count: effect.annotation_count,
            })}
          </Text>
          {preview.must_move.includes(effect.label) && (
            <Select
              w={260}
              label={i18n._("Replace with")}
              aria-label={i18n._("Replace {name} with", { name: effect.name })}
              placeholder={i18n._("Choose a label")}
              data={[
                ...rows.map((row) => ({ value: row.id, label: row.name })),
                { value: "?", label: i18n._("Delete these annotations") },
              ]}
              value={moves[effect.label] === undefined ? null : moves[effect.label] || "?"}
              onChange={(value) => {
                const { [effect.label]: _, ...others } = moves;
                setMoves(value === null ? others : { ...others, [effect.label]: value === "?" ? "" : value });
              }}
            />
          )}
        </Group>
      ))}
    </Alert>
  );
}
