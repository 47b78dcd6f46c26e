import { ProjectFrame } from "./project-frame";
import { WorkflowDiagram } from "./workflow/workflow-diagram";
import { WorkflowSettings } from "./workflow/workflow-settings";

/** How tasks are handed out, reviewed and checked: as a diagram, and its settings. */
export function ProjectWorkflowPage() {
  return (
    <ProjectFrame>
      {(project) => (
        <>
          <WorkflowDiagram project={project} />
          <WorkflowSettings key={project.id} project={project} />
        </>
      )}
    </ProjectFrame>
  );
}
