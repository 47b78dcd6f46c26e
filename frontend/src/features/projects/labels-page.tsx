import { useLingui } from "@lingui/react";
import { useMay } from "../../shared/api/session";
import { Prose } from "../../shared/ui/prose";
import { LabelEdit } from "./label-edit";
import { type Project, ProjectFrame } from "./project-frame";

/** Label schema and guidelines. */
export function ProjectLabelsPage() {
  return <ProjectFrame>{(project) => <Labels project={project} />}</ProjectFrame>;
}

function Labels({ project }: { project: Project }) {
  const { i18n } = useLingui();
  const mayChange = useMay("projects.write");
  return (
    <section className="panel">
      <h2>{i18n._("Labels and guidelines")}</h2>
      <p className="chips">
        {project.labels.map((label) => (
          <span key={label.id} className="chip" style={{ "--chip": label.color } as React.CSSProperties}>
            <kbd>{label.key}</kbd> {label.name}
          </span>
        ))}
      </p>
      <Prose>{project.guideline || i18n._("No guidelines yet.")}</Prose>
      {mayChange && <LabelEdit key={project.schema_version} project={project} />}
    </section>
  );
}
