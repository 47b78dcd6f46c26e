import { useMay } from "../../shared/api/session";
import { NextStep } from "./next-step";
import { ProjectFrame } from "./project-frame";
import { OverviewPanel } from "./quality/overview-panel";

/** How far the project is, how fast it goes on, and what to do next. */
export function ProjectOverviewPage() {
  const maySeeProgress = useMay("labels.review");
  return (
    <ProjectFrame>
      {(project) => (
        <>
          <NextStep project={project} />
          {maySeeProgress && <OverviewPanel project={project} />}
        </>
      )}
    </ProjectFrame>
  );
}
