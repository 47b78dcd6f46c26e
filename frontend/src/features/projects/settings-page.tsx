import { useLingui } from "@lingui/react";
import { Button, Card, Group, NumberInput, Text, Textarea, TextInput, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, ifMatch, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { ConfirmButton } from "../../shared/ui/confirm-button";
import { ErrorAlert, toast } from "../../shared/ui/feedback";
import { FormatsPanel } from "./formats-panel";
import { ProjectDatasets } from "./project-datasets";
import { type Project, ProjectFrame } from "./project-frame";

/** Name, description, target, dataset, import and export, archiving. */
export function ProjectSettingsPage() {
  return (
    <ProjectFrame>
      {(project) => (
        <>
          <General key={project.id} project={project} />
          <ProjectDatasets project={project} />
          <FormatsPanel project={project} />
          <Archive project={project} />
        </>
      )}
    </ProjectFrame>
  );
}

/** What a project is called, what it is for, how good it has to be, and what an hour of work costs. */
export function General({ project }: { project: Project }) {
  const { i18n } = useLingui();
  const mayChange = useMay("projects.write");
  const queries = useQueryClient();
  const [start, setStart] = useState(project); // what the fields were filled from
  const settings = start.queue_settings;
  const save = useMutation({
    mutationFn: async ({ hourlyCost, ...body }: Schemas["PatchedProjectChange"] & { hourlyCost: number }) => {
      const path = { path: { project_id: project.id } };
      const row = await unwrap(
        api.PATCH("/api/v1/projects/{project_id}/", { params: { ...path, header: ifMatch(start) }, body }),
      );
      if (hourlyCost === (settings.hourly_cost ?? 0)) return row;
      return unwrap(
        api.PATCH("/api/v1/projects/{project_id}/queue-settings/", {
          params: { ...path, header: ifMatch(row) },
          body: { hourly_cost: hourlyCost },
        }),
      );
    },
    onSuccess: (row) => {
      queries.setQueryData(["project", project.id], row);
      void queries.invalidateQueries({ queryKey: ["projects"] });
      setStart(row);
      toast(i18n, i18n._("Settings saved."));
    },
  });
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    save.mutate({
      name: String(form.get("name")),
      note: String(form.get("note")),
      target: Number(form.get("target")) / 100,
      hourlyCost: Number(form.get("hourly_cost")),
    });
  };
  return (
    <Card withBorder mb="md" maw={760}>
      <Title order={2} mb="sm">
        {i18n._("General")}
      </Title>
      <form onSubmit={send} key={start.etag}>
        <TextInput
          name="name"
          label={i18n._("Name")}
          required
          maxLength={120}
          defaultValue={start.name}
          disabled={!mayChange}
        />
        <Textarea
          name="note"
          label={i18n._("Description")}
          mt="sm"
          minRows={2}
          maxLength={2000}
          defaultValue={start.note}
          disabled={!mayChange}
        />
        <Group mt="sm" align="start">
          <NumberInput
            name="target"
            label={i18n._("Target accuracy (%)")}
            required
            min={1}
            max={99.9}
            decimalScale={1}
            defaultValue={Math.round(start.target * 1000) / 10}
            disabled={!mayChange}
          />
          <NumberInput
            name="hourly_cost"
            label={i18n._("Hourly rate")}
            description={i18n._("Of one person, in your currency")}
            inputWrapperOrder={["label", "input", "description", "error"]}
            required
            min={0}
            max={1_000_000}
            decimalScale={2}
            defaultValue={settings.hourly_cost}
            disabled={!mayChange}
          />
        </Group>
        {save.error && <ErrorAlert error={save.error} />}
        {mayChange && (
          <Button type="submit" mt="md" loading={save.isPending}>
            {i18n._("Save settings")}
          </Button>
        )}
      </form>
    </Card>
  );
}

/** Out of the lists, and nothing lost. */
function Archive({ project }: { project: Project }) {
  const { i18n } = useLingui();
  const mayChange = useMay("projects.write");
  const queries = useQueryClient();
  const path = { params: { path: { project_id: project.id } } };
  const apply = (row: Project) => {
    queries.setQueryData(["project", project.id], row);
    return queries.invalidateQueries();
  };
  const archive = useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/projects/{project_id}/archive/", path)),
    onSuccess: apply,
  });
  if (!mayChange) return null;
  return (
    <Card withBorder mt="md" maw={760}>
      <Title order={2}>{i18n._("Archive")}</Title>
      <Text size="sm" c="dimmed" mb="sm">
        {i18n._("Archived projects leave the lists. They can be read, exported and restored.")}
      </Text>
      {archive.error && <ErrorAlert error={archive.error} />}
      <Group>
        <ConfirmButton
          title={i18n._("Archive project “{name}”?", { name: project.name })}
          consequence={i18n._(
            "It leaves the lists, and nobody can label it, change it or train on it until it is restored. Nothing is deleted. Running jobs finish.",
          )}
          confirm={i18n._("Archive project")}
          onConfirm={() => archive.mutate()}
          loading={archive.isPending}
        >
          {i18n._("Archive project…")}
        </ConfirmButton>
      </Group>
    </Card>
  );
}
