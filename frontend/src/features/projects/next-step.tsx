import { useLingui } from "@lingui/react";
import { Button, Card, Group, Text, ThemeIcon } from "@mantine/core";
import {
  IconArrowsSplit2,
  IconCamera,
  IconChecklist,
  IconDatabase,
  IconPencil,
  type IconProps,
  IconReceipt2,
  IconRocket,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ComponentType } from "react";
import { Link } from "react-router";
import { api, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { totalOf } from "./labeling-progress";
import type { Project } from "./project-frame";

interface Step {
  Icon: ComponentType<IconProps>;
  title: string;
  text: string;
  action: string;
  to: string;
}

const FEW = 20; // labels: fewer are not worth a snapshot

/** The one thing that brings this project on, for this person; nothing where nothing waits. */
export function NextStep({ project }: { project: Project }) {
  const { i18n } = useLingui();
  const step = useNextStep(project);
  if (!step) return null;
  return (
    <Card withBorder mb="md" component="section" aria-label={i18n._("Next step")}>
      <Group justify="space-between" gap="sm">
        <Group gap="sm" wrap="nowrap" flex="1 1 18rem">
          <ThemeIcon variant="light" size={40} radius="xl">
            <step.Icon size={20} aria-hidden />
          </ThemeIcon>
          <div>
            <Text size="xs" c="dimmed">
              {i18n._("Next step")}
            </Text>
            <Text fw={600}>{step.title}</Text>
            <Text size="sm" c="dimmed">
              {step.text}
            </Text>
          </div>
        </Group>
        <Button component={Link} to={step.to} variant="light">
          {step.action}
        </Button>
      </Group>
    </Card>
  );
}

function useNextStep(project: Project): Step | null {
  const { i18n } = useLingui();
  const { tasks } = project;
  const may = {
    label: useMay("labels.write"),
    review: useMay("labels.review"),
    snapshot: useMay("snapshots.write"),
    train: useMay("runs.write"),
  };
  const path = { path: { project_id: project.id } };
  const snapshots = useQuery({
    queryKey: ["snapshots", project.id, "newest"],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/snapshots/", {
          params: { ...path, query: { limit: 1, state: "ready" } },
        }),
      ),
    enabled: may.snapshot,
  });
  const runs = useQuery({
    queryKey: ["runs", project.id, "newest"],
    queryFn: () =>
      unwrap(api.GET("/api/v1/projects/{project_id}/runs/", { params: { ...path, query: { limit: 1 } } })),
    enabled: may.train,
  });
  if (project.archived) return null;
  const at = `/projects/${project.id}`;
  const snapshot = snapshots.data?.results[0];
  if (totalOf(tasks) === 0)
    return {
      Icon: IconDatabase,
      title: i18n._("Import data"),
      text: i18n._("The dataset of this project has no items yet."),
      action: i18n._("Open dataset"),
      to: `/datasets/${project.dataset_id}`,
    };
  if (may.review && project.conflict_count > 0)
    return {
      Icon: IconArrowsSplit2,
      title: i18n._("{count, plural, one {Decide # conflict} other {Decide # conflicts}}", {
        count: project.conflict_count,
      }),
      text: i18n._("Annotators disagree; another annotation or a review decides."),
      action: i18n._("Open conflicts"),
      to: `${at}/items?is_conflict=true`,
    };
  if (may.review && tasks.review > 0)
    return {
      Icon: IconChecklist,
      title: i18n._("{count, plural, one {Review # annotation} other {Review # annotations}}", {
        count: tasks.review,
      }),
      text: i18n._("Accepted annotations can be trained on."),
      action: i18n._("Start reviewing"),
      to: `/review/${project.id}`,
    };
  if (may.snapshot && tasks.done >= FEW && snapshots.data && !snapshot)
    return {
      Icon: IconCamera,
      title: i18n._("Create a snapshot"),
      text: i18n._("A snapshot fixes the labeled data as a version to train on."),
      action: i18n._("Open snapshots"),
      to: `${at}/snapshots`,
    };
  if (may.train && snapshot && runs.data?.results.length === 0)
    return {
      Icon: IconRocket,
      title: i18n._("Train a model"),
      text: i18n._("Snapshot {version} is ready to train on.", { version: snapshot.version }),
      action: i18n._("Open experiments"),
      to: `${at}/experiments`,
    };
  if (may.label && tasks.open > 0)
    return {
      Icon: IconPencil,
      title: i18n._("{count, plural, one {Label # open item} other {Label # open items}}", {
        count: tasks.open,
      }),
      text: i18n._("Or invite annotators to label with you."),
      action: i18n._("Start labeling"),
      to: `/label/${project.id}`,
    };
  if (may.train && snapshot)
    return {
      Icon: IconReceipt2,
      title: i18n._("Plan the label budget"),
      text: i18n._("The learning curve predicts how many more labels the target accuracy needs."),
      action: i18n._("Open budget"),
      to: `${at}/budget`,
    };
  return null;
}
