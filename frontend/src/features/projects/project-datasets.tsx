import { useLingui } from "@lingui/react";
import { Anchor, Button, Card, Group, List, Select, Skeleton, Text, Title } from "@mantine/core";
import { IconDatabase } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { ConfirmButton } from "../../shared/ui/confirm-button";
import { ErrorAlert, toast } from "../../shared/ui/feedback";
import { count } from "../../shared/ui/numbers";
import type { Project } from "./project-frame";

/** The datasets whose items a project labels: its own one, and those that were added. */
export function ProjectDatasets({ project }: { project: Project }) {
  const { i18n } = useLingui();
  const mayChange = useMay("projects.write");
  const maySee = useMay("data.read");
  const queries = useQueryClient();
  const [chosen, choose] = useState<string | null>(null);
  const datasets = useQuery({
    queryKey: ["datasets", "all"],
    queryFn: () => unwrap(api.GET("/api/v1/datasets/", { params: { query: { limit: 200, state: "all" } } })),
    enabled: maySee,
  });
  const taken = (row: Project) => {
    queries.setQueryData(["project", project.id], row);
    void queries.invalidateQueries({ queryKey: ["tasks", project.id] });
    void queries.invalidateQueries({ queryKey: ["projects"] });
  };
  const add = useMutation({
    mutationFn: (datasetId: number) =>
      unwrap(
        api.POST("/api/v1/projects/{project_id}/datasets/", {
          params: { path: { project_id: project.id } },
          body: { dataset_id: datasetId },
        }),
      ),
    onSuccess: (row) => {
      choose(null);
      taken(row);
      toast(i18n, i18n._("Dataset added. Its items are in the queue."));
    },
  });
  const remove = useMutation({
    mutationFn: (datasetId: number) =>
      unwrap(
        api.DELETE("/api/v1/projects/{project_id}/datasets/{dataset_id}/", {
          params: { path: { project_id: project.id, dataset_id: datasetId } },
        }),
      ),
    onSuccess: (row, datasetId) => {
      taken(row);
      toast(i18n, i18n._("Dataset removed from the project."), () => add.mutateAsync(datasetId));
    },
  });
  if (!maySee) return null;
  const ids = [project.dataset_id, ...project.added_dataset_ids];
  const rows = new Map((datasets.data?.results ?? []).map((row) => [row.id, row]));
  const free = [...rows.values()].filter((row) => !ids.includes(row.id) && !row.deleted_at);
  const nameOf = (row: Schemas["DatasetOut"] | undefined, id: number) =>
    row?.name ?? i18n._("Dataset {number}", { number: id });
  return (
    <Card withBorder mb="md" maw={760}>
      <Title order={2} mb="xs">
        {i18n._("Datasets")}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {i18n._("The project labels the items of these datasets, also those that are imported later.")}
      </Text>
      {datasets.error && <ErrorAlert error={datasets.error} retry={() => void datasets.refetch()} />}
      {datasets.isPending && <Skeleton height={60} role="status" aria-label={i18n._("Loading…")} />}
      {datasets.data && (
        <List listStyleType="none" spacing="xs" aria-label={i18n._("Datasets")}>
          {ids.map((id) => {
            const row = rows.get(id);
            const name = nameOf(row, id);
            return (
              <List.Item key={id} icon={<IconDatabase size={16} aria-hidden />}>
                <Group gap="sm">
                  <Anchor component={Link} to={`/datasets/${id}`}>
                    {name}
                  </Anchor>
                  {row && (
                    <Text size="sm" c="dimmed">
                      {i18n._("{count, plural, one {# item} other {# items}}", { count: row.items })}
                    </Text>
                  )}
                  {mayChange && !project.archived && id !== project.dataset_id && (
                    <ConfirmButton
                      size="compact-sm"
                      variant="subtle"
                      isDestructive={false}
                      title={i18n._("Remove dataset “{name}” from the project?", { name })}
                      consequence={i18n._(
                        "Items that are imported later are no longer added. Existing tasks and annotations stay.",
                      )}
                      confirm={i18n._("Remove dataset")}
                      onConfirm={() => remove.mutate(id)}
                    >
                      {i18n._("Remove dataset…")}
                    </ConfirmButton>
                  )}
                </Group>
              </List.Item>
            );
          })}
        </List>
      )}
      {mayChange && !project.archived && free.length > 0 && (
        <Group align="end" mt="md">
          <Select
            label={i18n._("Add a dataset")}
            placeholder={i18n._("Choose a dataset")}
            searchable
            w={300}
            data={free.map((row) => ({
              value: String(row.id),
              label: `${row.name} (${count(row.items, i18n.locale)})`,
            }))}
            value={chosen}
            onChange={choose}
          />
          <Button
            disabled={chosen === null}
            loading={add.isPending}
            onClick={() => chosen && add.mutate(Number(chosen))}
          >
            {i18n._("Add dataset")}
          </Button>
        </Group>
      )}
      {(add.error ?? remove.error) && <ErrorAlert error={add.error ?? remove.error} />}
    </Card>
  );
}
