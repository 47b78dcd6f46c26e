import { ExportPanel } from "./formats-panel";
import { ProjectFrame } from "./project-frame";
import { SnapshotsPanel } from "./snapshots-panel";

/** Versions of the labeled data, and their export. */
export function ProjectSnapshotsPage() {
  return (
    <ProjectFrame>
      {(project) => (
        <>
          <SnapshotsPanel project={project} />
          <ExportPanel project={project} />
        </>
      )}
    </ProjectFrame>
  );
}
