import { useLingui } from "@lingui/react";
import {
  Alert,
  Anchor,
  Badge,
  Button,
  Card,
  Group,
  List,
  Progress,
  Select,
  SimpleGrid,
  Skeleton,
  Text,
  Title,
} from "@mantine/core";
import { IconArrowBackUp, IconPencil, IconTags } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { EmptyState, ErrorAlert } from "../../shared/ui/feedback";
import { useListState } from "../../shared/ui/list/list-state";
import { ListToolbar } from "../../shared/ui/list/list-toolbar";
import { NoMatch } from "../../shared/ui/list/no-match";
import { count, moment } from "../../shared/ui/numbers";
import { Page } from "../../shared/ui/parts";

/** What there is to label: the annotator's first screen. What came back stands first, with the reason. */
export function MyTasksPage() {
  const { i18n } = useLingui();
  const state = useListState(["kind"]);
  const projects = useQuery({
    queryKey: ["projects", "active", state.query],
    queryFn: () =>
      unwrap(api.GET("/api/v1/projects/", { params: { query: { limit: 200, ...state.query } as object } })),
    refetchInterval: 10_000,
    placeholderData: (before) => before,
  });
  const types = useQuery({
    queryKey: ["project-types"],
    queryFn: () => unwrap(api.GET("/api/v1/project-types/")),
    staleTime: 60_000,
  });
  const returned = useQuery({
    queryKey: ["returned-tasks"],
    queryFn: () => unwrap(api.GET("/api/v1/tasks/returned/", { params: { query: { limit: 200 } } })),
    refetchInterval: 10_000,
  });
  const back = returned.data?.results ?? [];
  return (
    <Page title={i18n._("My tasks")} lead={i18n._("Choose a project to start labeling.")}>
      {returned.error && <ErrorAlert error={returned.error} retry={() => void returned.refetch()} />}
      {back.length > 0 && <Returned rows={back} isMore={Boolean(returned.data?.next)} />}
      <ListToolbar
        state={state}
        searchLabel={i18n._("Search projects")}
        filters={[
          {
            name: "kind",
            label: i18n._("Annotation type"),
            options: (types.data?.results ?? []).map((type) => [type.key, type.title]),
          },
        ]}
        views={{ list: "my-tasks" }}
      >
        <Select
          w={160}
          aria-label={i18n._("Sort by")}
          allowDeselect={false}
          value={state.ordering}
          onChange={(ordering) => state.set({ ordering: ordering ?? "" })}
          data={[
            { value: "", label: i18n._("Newest first") },
            { value: "name", label: i18n._("Name A–Z") },
          ]}
        />
      </ListToolbar>
      {projects.error && <ErrorAlert error={projects.error} retry={() => void projects.refetch()} />}
      {projects.isPending && <CardsSkeleton />}
      {projects.data?.results.length === 0 && state.isFiltered && (
        <NoMatch title={i18n._("No matching projects.")} state={state} />
      )}
      {projects.data?.results.length === 0 && !state.isFiltered && (
        <EmptyState Icon={IconTags} title={i18n._("No projects to label yet.")}>
          {i18n._("Projects appear here as soon as a manager creates one.")}
        </EmptyState>
      )}
      <SimpleGrid
        cols={{ base: 1, sm: 2, lg: 3, xl: 4 }}
        component="ul"
        p={0}
        m={0}
        style={{ listStyle: "none" }}
      >
        {projects.data?.results.map((project) => (
          <ProjectCard
            key={project.id}
            project={project}
            returned={back.filter((row) => row.project_id === project.id).length}
          />
        ))}
      </SimpleGrid>
    </Page>
  );
}

function ProjectCard({ project, returned }: { project: Schemas["ProjectOut"]; returned: number }) {
  const { i18n } = useLingui();
  const { open, review, done, skipped } = project.tasks;
  const total = open + review + done + skipped;
  return (
    <Card withBorder component="li">
      <Group justify="space-between" align="start" gap="xs" wrap="nowrap">
        <Title order={2}>{project.name}</Title>
        {returned > 0 && (
          <Badge color="yellow" variant="light" c="var(--ink)" tt="none" flex="none">
            {i18n._("{count, plural, one {# returned} other {# returned}}", { count: returned })}
          </Badge>
        )}
      </Group>
      <Text size="sm" c="dimmed" mb="sm">
        {project.project_type.title}
      </Text>
      <Progress.Root size="sm" mt="auto">
        <Progress.Section
          value={total > 0 ? Math.round((100 * done) / total) : 0}
          color={total > 0 && done === total ? "teal" : "blue"}
          aria-label={i18n._("Labeled")}
        />
      </Progress.Root>
      <Text size="sm" mt={4} mb="sm" className="num">
        {i18n._("{done} of {total} labeled, {open} left", {
          done: count(done, i18n.locale),
          total: count(total, i18n.locale),
          open: count(open, i18n.locale),
        })}
      </Text>
      <Button
        component={Link}
        to={`/label/${project.id}`}
        variant={open > 0 ? "filled" : "default"}
        leftSection={<IconPencil size={16} aria-hidden />}
      >
        {i18n._("Start labeling")}
      </Button>
    </Card>
  );
}

/** Work that reviewers sent back: what, why, and the way to it. */
function Returned({ rows, isMore }: { rows: Schemas["ReturnedTaskOut"][]; isMore: boolean }) {
  const { i18n } = useLingui();
  return (
    <Alert
      color="yellow"
      variant="light"
      icon={<IconArrowBackUp aria-hidden />}
      title={i18n._("{count, plural, one {# returned task} other {# returned tasks}}", {
        count: rows.length,
      })}
      mb="md"
    >
      <List size="sm" spacing={4} listStyleType="none">
        {rows.slice(0, 10).map((row) => (
          <List.Item key={row.task_id}>
            <Anchor component={Link} to={`/label/${row.project_id}?task=${row.task_id}`} size="sm" fw={600}>
              {row.name}
            </Anchor>{" "}
            · {row.project} · {row.reason || i18n._("No reason given")}{" "}
            <Text span size="xs" c="dimmed">
              {[row.reviewer, moment(row.created_at, i18n.locale)].filter(Boolean).join(", ")}
            </Text>
          </List.Item>
        ))}
      </List>
      {(rows.length > 10 || isMore) && (
        <Text size="sm" mt={4}>
          {i18n._("The others come first when you label their project.")}
        </Text>
      )}
    </Alert>
  );
}

function CardsSkeleton() {
  const { i18n } = useLingui();
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3, xl: 4 }} role="status" aria-label={i18n._("Loading…")}>
      {["a", "b", "c"].map((key) => (
        <Skeleton key={key} height={180} />
      ))}
    </SimpleGrid>
  );
}
