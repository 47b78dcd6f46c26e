import { useLingui } from "@lingui/react";
import { Badge, Button, Modal, Progress, SimpleGrid, Skeleton, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  IconArrowsSplit2,
  IconChecklist,
  IconDownload,
  IconPencil,
  type IconProps,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ComponentType, ReactNode } from "react";
import { Link, NavLink, useParams } from "react-router";
import type { Schemas } from "../../shared/api/client";
import { projectQuery } from "../../shared/api/projects";
import { ReadOnly, useMay, useMe } from "../../shared/api/session";
import { ErrorAlert } from "../../shared/ui/feedback";
import { count, percent } from "../../shared/ui/numbers";
import { onDemand } from "../../shared/ui/on-demand";
import { Page } from "../../shared/ui/parts";
import { ArchivedBadge, ArchivedNotice } from "./archived";
import { totalOf } from "./labeling-progress";
import styles from "./project-frame.module.css";

const ExportFormats = onDemand(
  async () => (await import("./formats-panel")).ExportFormats,
  <Skeleton height={240} />,
);

export type Project = Schemas["ProjectDetail"];

/** The parts of a project, each with its own address: `/projects/1/budget`. */
export type ProjectTab =
  | "overview"
  | "items"
  | "labels"
  | "workflow"
  | "quality"
  | "experiments"
  | "budget"
  | "snapshots"
  | "settings";

/** The project in the address, refreshed while it is looked at. */
export function useProject() {
  const projectId = Number(useParams().projectId);
  return useQuery({
    ...projectQuery(projectId),
    refetchInterval: 10_000,
  });
}

/** Name, progress and tabs of a project around the part that is open. Nothing changes in an archived one. */
export function ProjectFrame({ children }: { children: (project: Project) => ReactNode }) {
  const { i18n } = useLingui();
  const mayLabel = useMay("labels.write");
  const mayExport = useMay("snapshots.read");
  const project = useProject();
  const crumbs: [string, string][] = [["/projects", i18n._("Projects")]];
  if (project.error) {
    return (
      <Page title={i18n._("Project")} crumbs={crumbs}>
        <ErrorAlert error={project.error} retry={() => void project.refetch()} />
      </Page>
    );
  }
  if (!project.data) return <ProjectSkeleton />;
  const row = project.data;
  return (
    <Page
      title={row.name}
      crumbs={crumbs}
      badge={
        <>
          <Badge variant="light" color="gray" tt="none" fw={500}>
            {row.project_type.title}
          </Badge>
          {row.archived && <ArchivedBadge />}
        </>
      }
      lead={row.note || undefined}
      actions={
        <>
          {mayExport && <ExportButton project={row} />}
          {mayLabel && !row.archived && (
            <Button
              component={Link}
              to={`/label/${row.id}`}
              leftSection={<IconPencil size={16} aria-hidden />}
            >
              {i18n._("Label")}
            </Button>
          )}
        </>
      }
    >
      <Health project={row} />
      <ArchivedNotice key={row.id} project={row} />
      <ProjectTabs projectId={row.id} />
      <ReadOnly when={row.archived}>{children(row)}</ReadOnly>
    </Page>
  );
}

/** The labels as a file, from wherever in the project one is. */
function ExportButton({ project }: { project: Project }) {
  const { i18n } = useLingui();
  const [isOpen, dialog] = useDisclosure(false);
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconDownload size={16} aria-hidden />}
        onClick={dialog.open}
        onMouseEnter={() => void ExportFormats.load()}
      >
        {i18n._("Export")}
      </Button>
      <Modal opened={isOpen} onClose={dialog.close} title={i18n._("Export labels")} size="xl">
        <ExportFormats project={project} />
      </Modal>
    </>
  );
}

/** How far the project is, and what waits in it. */
function Health({ project }: { project: Project }) {
  const { i18n } = useLingui();
  const mayOpenItems = useMay("labels.review");
  const total = totalOf(project.tasks);
  const share = total > 0 ? Math.round((100 * project.tasks.done) / total) : 0;
  const items = (filter: string) => (mayOpenItems ? `/projects/${project.id}/items?${filter}` : undefined);
  return (
    <div className={styles.health}>
      <Progress.Root size="md" flex="1 1 8rem" maw={360}>
        <Progress.Section
          value={share}
          color={share >= 100 ? "teal" : "blue"}
          aria-label={i18n._("Labeled")}
        />
      </Progress.Root>
      <Text size="sm" c="dimmed" className="num">
        {i18n._("{done}/{total} labeled · target {target} · {skipped} skipped", {
          target: percent(project.target, i18n.locale, 0),
          done: count(project.tasks.done, i18n.locale),
          total: count(total, i18n.locale),
          skipped: count(project.tasks.skipped, i18n.locale),
        })}
      </Text>
      {project.tasks.review > 0 && (
        <HealthBadge
          color="blue"
          to={items("state=review")}
          Icon={IconChecklist}
          text={i18n._("{count, plural, one {# item in review} other {# items in review}}", {
            count: project.tasks.review,
          })}
        />
      )}
      {project.conflict_count > 0 && (
        <HealthBadge
          color="yellow"
          to={items("is_conflict=true")}
          Icon={IconArrowsSplit2}
          text={i18n._("{count, plural, one {# conflict to decide} other {# conflicts to decide}}", {
            count: project.conflict_count,
          })}
        />
      )}
    </div>
  );
}

function HealthBadge({
  to,
  color,
  Icon,
  text,
}: {
  to: string | undefined;
  color: string;
  Icon: ComponentType<IconProps>;
  text: string;
}) {
  const look = {
    variant: "light",
    color,
    tt: "none",
    c: "var(--ink)",
    leftSection: <Icon size={13} aria-hidden />,
  } as const;
  return to ? (
    <Badge {...look} component={Link} to={to} className={styles.link}>
      {text}
    </Badge>
  ) : (
    <Badge {...look}>{text}</Badge>
  );
}

function ProjectSkeleton() {
  const { i18n } = useLingui();
  return (
    <main className="page" id="main" tabIndex={-1}>
      <div role="status" aria-label={i18n._("Loading…")}>
        <Skeleton height={14} width={160} mb="sm" />
        <Skeleton height={28} width={320} maw="80%" mb="md" />
        <Skeleton height={34} mb="lg" />
        <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="sm">
          {["a", "b", "c", "d", "e", "f"].map((key) => (
            <Skeleton key={key} height={84} />
          ))}
        </SimpleGrid>
      </div>
    </main>
  );
}

function ProjectTabs({ projectId }: { projectId: number }) {
  const { i18n } = useLingui();
  const { scopes } = useMe();
  const tabs: [tab: ProjectTab, title: string, scope: string][] = [
    ["overview", i18n._("Overview"), "projects.read"],
    ["items", i18n._("Items"), "labels.review"],
    ["labels", i18n._("Labels"), "projects.read"],
    ["workflow", i18n._("Workflow"), "projects.write"],
    ["quality", i18n._("Quality"), "labels.review"],
    ["experiments", i18n._("Experiments"), "runs.read"],
    ["budget", i18n._("Budget"), "runs.read"],
    ["snapshots", i18n._("Snapshots"), "snapshots.read"],
    ["settings", i18n._("Settings"), "projects.write"],
  ];
  return (
    <nav className={styles.tabs} aria-label={i18n._("Parts of the project")}>
      {tabs
        .filter(([, , scope]) => scope === "projects.read" || scopes.includes(scope))
        .map(([tab, title]) => (
          <NavLink
            key={tab}
            end={tab === "overview"}
            to={tab === "overview" ? `/projects/${projectId}` : `/projects/${projectId}/${tab}`}
          >
            {title}
          </NavLink>
        ))}
    </nav>
  );
}
