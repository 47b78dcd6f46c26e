import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import Markdown from "react-markdown";
import { Link, useParams } from "react-router";
import remarkGfm from "remark-gfm";
import { api, unwrap } from "../../shared/api/client";
import { ReadOnly, useMay } from "../../shared/api/session";
import { count, percent } from "../../shared/ui/numbers";
import { Failure, Page, Progress, Waiting } from "../../shared/ui/parts";
import { ArchivedBadge, ArchivedNotice } from "./archived";
import { FormatsPanel } from "./formats-panel";
import { LabelEdit } from "./label-edit";
import { LearningCurvePanel } from "./learning-curves/learning-curve-panel";
import { ProjectEdit } from "./project-edit";
import { QueueSettingsEdit } from "./queue-settings-edit";
import { RunsPanel } from "./runs-panel";
import { SnapshotsPanel } from "./snapshots-panel";
import { SweepPanel } from "./sweep-panel";

/** One project: how far, how good, how much more. */
export function ProjectPage() {
  const { i18n } = useLingui();
  const projectId = Number(useParams().projectId);
  const mayRead = useMay("runs.read");
  const mayFreeze = useMay("snapshots.read");
  const mayReview = useMay("labels.review");
  const mayLabel = useMay("labels.write");
  const mayData = useMay("data.read");
  const mayChange = useMay("projects.write");
  const project = useQuery({
    queryKey: ["project", projectId],
    queryFn: () =>
      unwrap(api.GET("/api/v1/projects/{project_id}/", { params: { path: { project_id: projectId } } })),
    refetchInterval: 10_000,
  });
  if (project.error) {
    return (
      <Page title={i18n._("Project")}>
        <Failure error={project.error} again={() => void project.refetch()} />
      </Page>
    );
  }
  if (!project.data) {
    return (
      <main className="page" id="main">
        <Waiting />
      </main>
    );
  }
  const row = project.data;
  const mayEdit = mayChange && !row.archived;
  const total = row.tasks.open + row.tasks.review + row.tasks.done + row.tasks.skipped;
  return (
    <Page
      title={row.name}
      badge={row.archived && <ArchivedBadge />}
      lead={i18n._("Target {target} · {done} of {total} labeled · {skipped} skipped", {
        target: percent(row.target, i18n.locale, 0),
        done: count(row.tasks.done, i18n.locale),
        total: count(total, i18n.locale),
        skipped: count(row.tasks.skipped, i18n.locale),
      })}
      actions={
        <>
          {mayData && (
            <Link className="button" to={`/data/${row.dataset_id}`}>
              {i18n._("Data")}
            </Link>
          )}
          {mayReview && (
            <Link className="button" to={`/projects/${row.id}/quality`}>
              {i18n._("Quality")}
            </Link>
          )}
          {mayLabel && !row.archived && (
            <Link className="button primary" to={`/label/${row.id}`}>
              {i18n._("Label")}
            </Link>
          )}
        </>
      }
    >
      <ArchivedNotice key={row.id} project={row} />
      <Progress done={row.tasks.done} total={total} label={i18n._("Labeled")} />
      <ReadOnly when={row.archived}>
        {mayRead && <LearningCurvePanel project={row} />}
        {mayRead && <RunsPanel project={row} />}
        {mayRead && <SweepPanel project={row} />}
        {mayFreeze && <SnapshotsPanel project={row} />}
        <section className="panel">
          <h2>{i18n._("Labels and guidelines")}</h2>
          <p className="chips">
            {row.labels.map((label) => (
              <span key={label.id} className="chip" style={{ "--chip": label.color } as React.CSSProperties}>
                <kbd>{label.key}</kbd> {label.name}
              </span>
            ))}
          </p>
          <div className="prose">
            <Markdown remarkPlugins={[remarkGfm]}>{row.guideline || i18n._("No guidelines yet.")}</Markdown>
          </div>
          {mayEdit && <LabelEdit key={row.schema_version} project={row} />}
          {mayEdit && <QueueSettingsEdit project={row} />}
          {mayEdit && <ProjectEdit project={row} />}
        </section>
        {mayFreeze && <FormatsPanel project={row} />}
      </ReadOnly>
    </Page>
  );
}
