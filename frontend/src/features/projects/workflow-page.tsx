import { ProjectFrame } from "./project-frame";
import { QueueSettingsEdit } from "./queue-settings-edit";

/** How tasks are handed out, reviewed and checked. */
export function ProjectWorkflowPage() {
  return (
    <ProjectFrame>
      {(project) => (
        <section className="panel">
          <QueueSettingsEdit project={project} />
        </section>
      )}
    </ProjectFrame>
  );
}
