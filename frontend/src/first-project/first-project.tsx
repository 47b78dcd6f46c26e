import { useLingui } from "@lingui/react";
import { ActionIcon, Button, Card, Group, Radio, Text, ThemeIcon, Title, Tooltip } from "@mantine/core";
import { useSessionStorage } from "@mantine/hooks";
import {
  IconCategory,
  IconCheck,
  IconDatabase,
  IconTags,
  IconUserPlus,
  IconWriting,
  IconX,
} from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { useChangeMe } from "../shared/api/change-me";
import { api, type Schemas, unwrap } from "../shared/api/client";
import { useMay, useMe } from "../shared/api/session";
import { ErrorAlert, toast, toastError } from "../shared/ui/feedback";
import styles from "./first-project.module.css";
import { TypePicture } from "./type-picture";

/** Whether this person is led to a first project: they may create one, and did not dismiss the guide. */
export function useIsGuided(): boolean {
  const { preferences } = useMe();
  const mayCreate = useMay("projects.write");
  return mayCreate && !preferences.hides_first_project;
}

interface Step {
  Icon: typeof IconDatabase;
  title: string;
  text: string;
  isDone: boolean;
  content?: ReactNode;
}

/** The way to the first labeled item in five steps: what is done is read from what is there. */
export function FirstProject() {
  const { i18n } = useLingui();
  const change = useChangeMe();
  const maySeeMembers = useMay("members.read");
  const [type, chooseType] = useSessionStorage({ key: "first-project-type", defaultValue: "" });
  const types = useQuery({
    queryKey: ["project-types"],
    queryFn: () => unwrap(api.GET("/api/v1/project-types/")),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const datasets = useQuery({
    queryKey: ["datasets", "any"],
    queryFn: () => unwrap(api.GET("/api/v1/datasets/", { params: { query: { limit: 1 } } })),
    enabled: useMay("data.read"),
  });
  const projects = useQuery({
    queryKey: ["projects", "first"],
    queryFn: () => unwrap(api.GET("/api/v1/projects/", { params: { query: { limit: 1, ordering: "id" } } })),
  });
  const members = useQuery({
    queryKey: ["members", "any"],
    queryFn: () => unwrap(api.GET("/api/v1/members/", { params: { query: { limit: 2 } } })),
    enabled: maySeeMembers,
  });
  const project = projects.data?.results[0];
  const dataset = datasets.data?.results[0];
  const chosen = types.data?.results.find((row) => row.key === (project?.kind ?? type));
  const error = types.error ?? datasets.error ?? projects.error ?? members.error;
  const steps: Step[] = [
    {
      Icon: IconCategory,
      title: i18n._("Choose the annotation type"),
      text: chosen ? chosen.title : i18n._("What annotators do with each item."),
      isDone: chosen !== undefined,
      content: !project && (
        <TypeChoice types={types.data?.results ?? []} value={chosen?.key ?? ""} onChange={chooseType} />
      ),
    },
    {
      Icon: IconDatabase,
      title: i18n._("Add data"),
      text: dataset
        ? dataset.name
        : i18n._("Try the type on sample data, or import your own images, texts or tables."),
      isDone: dataset !== undefined,
      content: !dataset && <DataChoice type={chosen?.key ?? null} />,
    },
    {
      Icon: IconTags,
      title: i18n._("Define labels"),
      text: project ? project.name : i18n._("Create the project with its labels and guidelines."),
      isDone: project !== undefined,
      content: dataset && chosen && !project && (
        <Button component={Link} to={`/projects/new?type=${chosen.key}&dataset=${dataset.id}`} mt="xs">
          {i18n._("Create project")}
        </Button>
      ),
    },
    {
      Icon: IconUserPlus,
      title: i18n._("Invite annotators"),
      text: i18n._("Optional: you can label alone first."),
      isDone: (members.data?.results.length ?? 0) > 1,
      content: maySeeMembers && project && (
        <Button component={Link} to="/members" variant="default" mt="xs">
          {i18n._("Invite members")}
        </Button>
      ),
    },
    {
      Icon: IconWriting,
      title: i18n._("Label the first item"),
      text: i18n._("The number keys choose a label, Enter submits."),
      isDone: false, // with the first label the guide ends
      content: project && (
        <Button component={Link} to={`/label/${project.id}`} mt="xs">
          {i18n._("Start labeling")}
        </Button>
      ),
    },
  ];
  const count = steps.filter((step) => step.isDone).length;
  return (
    <Card withBorder padding="lg" component="section" aria-labelledby="first-project">
      <Group justify="space-between" align="start" wrap="nowrap">
        <div>
          <Title order={2} mb={4} id="first-project">
            {i18n._("Your first project in five steps")}
          </Title>
          <Text size="sm" c="dimmed" mb="md" role="status">
            {i18n._("{count} of 5 done", { count })}
          </Text>
        </div>
        <Tooltip label={i18n._("Dismiss guide")}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={i18n._("Dismiss guide")}
            loading={change.isPending}
            onClick={() =>
              change.mutate(
                { preferences: { hides_first_project: true } },
                { onError: (reason) => toastError(reason.message) },
              )
            }
          >
            <IconX size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Group>
      {error && <ErrorAlert error={error} />}
      <ol className={styles.steps}>
        {steps.map(({ Icon, title, text, isDone, content }) => (
          <li key={title} className={styles.step}>
            <ThemeIcon
              size={34}
              radius="xl"
              variant={isDone ? "filled" : "light"}
              color={isDone ? "green" : undefined}
            >
              {isDone ? (
                <IconCheck size={18} aria-label={i18n._("Done")} role="img" />
              ) : (
                <Icon size={18} aria-hidden />
              )}
            </ThemeIcon>
            <div className={styles.stepText}>
              <Text fw={600}>{title}</Text>
              <Text size="sm" c="dimmed">
                {text}
              </Text>
              {content}
            </div>
          </li>
        ))}
      </ol>
    </Card>
  );
}

function TypeChoice({
  types,
  value,
  onChange,
}: {
  types: Schemas["ProjectTypeOut"][];
  value: string;
  onChange: (key: string) => void;
}) {
  const { i18n } = useLingui();
  return (
    <Radio.Group value={value} onChange={onChange} aria-label={i18n._("Annotation type")} mt="xs">
      <div className={`${styles.types} ${styles.compact}`}>
        {types.map((row) => (
          <Radio.Card key={row.key} value={row.key} className={styles.type} aria-label={row.title}>
            <TypePicture type={row.key} mediaType={row.media_type} />
            <Group gap={6} mt={6} wrap="nowrap" align="start">
              <Radio.Indicator size="xs" mt={3} />
              <Text size="sm" fw={500}>
                {row.title}
              </Text>
            </Group>
          </Radio.Card>
        ))}
      </div>
    </Radio.Group>
  );
}

/** Sample data of the chosen type by one click, or own files. */
function DataChoice({ type }: { type: string | null }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const samples = useSamples();
  const sample = samples.data?.results.find((row) => row.kind === type);
  const take = useMutation({
    mutationFn: (kind: string) =>
      unwrap(api.POST("/api/v1/samples/", { body: { kind: kind as Schemas["SampleImportIn"]["kind"] } })),
    onSuccess: async (row) => {
      await queries.invalidateQueries({ queryKey: ["datasets"] });
      toast(i18n, i18n._("Sample data “{name}” is being imported.", { name: row.name }));
    },
  });
  return (
    <>
      <Group gap="xs" mt="xs">
        {sample && (
          <Button onClick={() => take.mutate(sample.kind)} loading={take.isPending}>
            {i18n._("Use sample data ({count, plural, one {# item} other {# items}})", {
              count: sample.item_count,
            })}
          </Button>
        )}
        <Button component={Link} to="/datasets" variant={sample ? "default" : "filled"}>
          {i18n._("Import your own files")}
        </Button>
      </Group>
      {take.error && <ErrorAlert error={take.error} />}
    </>
  );
}

/** The sample data that the product brings, by project type. */
export function useSamples() {
  return useQuery({
    queryKey: ["samples"],
    queryFn: () => unwrap(api.GET("/api/v1/samples/", { params: { query: { limit: 100 } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
