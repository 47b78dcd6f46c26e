import { useLingui } from "@lingui/react";
import {
  IconArrowRight,
  IconChecklist,
  IconCircleCheck,
  IconPencil,
  IconPlayerSkipForward,
  type IconProps,
  IconUsers,
} from "@tabler/icons-react";
import type { ComponentType, ReactNode } from "react";
import { Link } from "react-router";
import { useMay } from "../../../shared/api/session";
import { count, percent } from "../../../shared/ui/numbers";
import type { Project } from "../project-frame";
import styles from "./workflow.module.css";

interface Stage {
  key: string;
  Icon: ComponentType<IconProps>;
  title: string;
  number: number;
  /** The rule in force at this stage. */
  rule: string;
  filter: string;
  isOff?: boolean;
}

/** Annotate, consensus, review, done: how many tasks are where, and by which rule they go on. */
export function WorkflowDiagram({ project }: { project: Project }) {
  const { i18n } = useLingui();
  const { tasks, queue_settings: settings } = project;
  const overlap = settings.overlap ?? 1;
  const hasConsensus = overlap > 1 && (settings.overlap_fraction ?? 1) > 0;
  const reviewed = settings.review_fraction ?? 0;
  const share = (value: number) => percent(value, i18n.locale, 0);
  const stages: Stage[] = [
    {
      key: "annotate",
      Icon: IconPencil,
      title: i18n._("Annotate"),
      number: tasks.open,
      rule:
        (settings.is_open_to_everyone ?? true)
          ? i18n._("Open to all members")
          : i18n._("Assigned members only"),
      filter: "state=open",
    },
    {
      key: "consensus",
      Icon: IconUsers,
      title: i18n._("Consensus"),
      number: project.conflict_count,
      rule: hasConsensus
        ? i18n._("{count, plural, one {# annotator} other {# annotators}} on {share} of the tasks", {
            count: overlap,
            share: share(settings.overlap_fraction ?? 1),
          })
        : i18n._("Off: one annotator per task"),
      filter: "is_conflict=true",
      isOff: !hasConsensus && project.conflict_count === 0,
    },
    {
      key: "review",
      Icon: IconChecklist,
      title: i18n._("Review"),
      number: tasks.review,
      rule:
        reviewed > 0
          ? i18n._("{share} of the annotations", { share: share(reviewed) })
          : i18n._("Off: no annotation is reviewed"),
      filter: "state=review",
      isOff: reviewed === 0 && tasks.review === 0,
    },
    {
      key: "done",
      Icon: IconCircleCheck,
      title: i18n._("Done"),
      number: tasks.done,
      rule: i18n._("Ready for snapshots and training"),
      filter: "state=done",
    },
  ];
  return (
    <ol className={styles.stages} aria-label={i18n._("Stages of a task")}>
      {stages.map((stage, index) => (
        <li key={stage.key} className={styles.stage}>
          {index > 0 && <IconArrowRight className={styles.arrow} aria-hidden />}
          <Box stage={stage} projectId={project.id} />
        </li>
      ))}
      {tasks.skipped > 0 && (
        <li className={styles.stage}>
          <IconPlayerSkipForward className={styles.arrow} aria-hidden />
          <Box
            projectId={project.id}
            stage={{
              key: "skipped",
              Icon: IconPlayerSkipForward,
              title: i18n._("Skipped"),
              number: tasks.skipped,
              rule: i18n._("Left out until reopened"),
              filter: "state=skipped",
            }}
          />
        </li>
      )}
    </ol>
  );
}

function Box({ stage, projectId }: { stage: Stage; projectId: number }) {
  const { i18n } = useLingui();
  const mayOpen = useMay("labels.review");
  const content: ReactNode = (
    <>
      <span className={styles.title}>
        <stage.Icon size={16} aria-hidden /> {stage.title}
      </span>
      <span className={styles.number}>{count(stage.number, i18n.locale)}</span>
      <span className={styles.rule}>{stage.rule}</span>
    </>
  );
  return mayOpen ? (
    <Link
      to={`/projects/${projectId}/items?${stage.filter}`}
      className={styles.box}
      data-off={stage.isOff || undefined}
    >
      {content}
    </Link>
  ) : (
    <div className={styles.box} data-off={stage.isOff || undefined}>
      {content}
    </div>
  );
}
