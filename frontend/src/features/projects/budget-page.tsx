import { LearningCurvePanel } from "./learning-curves/learning-curve-panel";
import { ProjectFrame } from "./project-frame";

/** How accuracy grows with labels, and how many more the target needs. */
export function ProjectBudgetPage() {
  return <ProjectFrame>{(project) => <LearningCurvePanel project={project} />}</ProjectFrame>;
}
