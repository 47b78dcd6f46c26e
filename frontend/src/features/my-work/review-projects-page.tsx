import { useLingui } from "@lingui/react";
import { Anchor, Button, Card, SimpleGrid, Skeleton, Text, Title } from "@mantine/core";
import { IconChecklist } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { EmptyState, ErrorAlert } from "../../shared/ui/feedback";
import { Page } from "../../shared/ui/parts";

/** What waits for a second pair of eyes: annotations to review, and conflicts to decide. */
export function ReviewProjectsPage() {
  const { i18n } = useLingui();
  const mayOpenProjects = useMay("runs.read");
  const projects = useQuery({
    queryKey: ["projects", "active"],
    queryFn: () => unwrap(api.GET("/api/v1/projects/", { params: { query: { limit: 200 } } })),
    refetchInterval: 10_000,
  });
  const rows = projects.data?.results.filter((row) => row.tasks.review > 0 || row.conflict_count > 0) ?? [];
  return (
    <Page title={i18n._("Review")} lead={i18n._("Annotations to review and conflicts to decide.")}>
      {projects.isPending && (
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3, xl: 4 }} role="status" aria-label={i18n._("Loading…")}>
          {["a", "b", "c"].map((key) => (
            <Skeleton key={key} height={150} />
          ))}
        </SimpleGrid>
      )}
      {projects.error && <ErrorAlert error={projects.error} retry={() => void projects.refetch()} />}
      {projects.data && rows.length === 0 && (
        <EmptyState
          Icon={IconChecklist}
          title={i18n._("Nothing to review.")}
          action={
            mayOpenProjects && (
              <Button component={Link} to="/projects" variant="default">
                {i18n._("Open projects")}
              </Button>
            )
          }
        >
          {i18n._("A project's workflow settings set the share of annotations that is reviewed.")}
        </EmptyState>
      )}
      <SimpleGrid
        cols={{ base: 1, sm: 2, lg: 3, xl: 4 }}
        component="ul"
        p={0}
        m={0}
        style={{ listStyle: "none" }}
      >
        {rows.map((project) => (
          <Card key={project.id} withBorder component="li">
            <Title order={2}>{project.name}</Title>
            <Text size="sm" c="dimmed" mb="sm">
              {project.project_type.title}
            </Text>
            <Text mt="auto">
              {i18n._("{count, plural, one {# annotation to review} other {# annotations to review}}", {
                count: project.tasks.review,
              })}
            </Text>
            {project.conflict_count > 0 && (
              <Anchor component={Link} to={`/projects/${project.id}/items?is_conflict=true`} size="sm">
                {i18n._("{count, plural, one {# conflict to decide} other {# conflicts to decide}}", {
                  count: project.conflict_count,
                })}
              </Anchor>
            )}
            {project.tasks.review > 0 && (
              <Button component={Link} to={`/review/${project.id}`} mt="sm">
                {i18n._("Start reviewing")}
              </Button>
            )}
          </Card>
        ))}
      </SimpleGrid>
    </Page>
  );
}
