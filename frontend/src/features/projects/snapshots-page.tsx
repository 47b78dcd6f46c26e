import { ProjectFrame } from "./project-frame";
import { SnapshotsPanel } from "./snapshots-panel";

/** Versions of the labeled data. */
export function ProjectSnapshotsPage() {
  return <ProjectFrame>{(project) => <SnapshotsPanel project={project} />}</ProjectFrame>;
}
