import { useMay } from "../../shared/api/session";
import { ProjectFrame } from "./project-frame";
import { OverviewPanel } from "./quality/overview-panel";

/** How far the project is and how fast it goes on. */
export function ProjectOverviewPage() {
  const maySeeProgress = useMay("labels.review");
  return <ProjectFrame>{(project) => maySeeProgress && <OverviewPanel project={project} />}</ProjectFrame>;
}
