import { useMay } from "../../shared/api/session";
import { type Project, ProjectFrame } from "./project-frame";
import { QueueSettingsEdit } from "./queue-settings-edit";

/** How tasks are handed out, reviewed and checked. */
export function ProjectWorkflowPage() {
  return <ProjectFrame>{(project) => <Workflow project={project} />}</ProjectFrame>;
}

function Workflow({ project }: { project: Project }) {
  const mayChange = useMay("projects.write");
  if (!mayChange) return null;
  return (
    <section className="panel">
      <QueueSettingsEdit project={project} />
    </section>
  );
}
