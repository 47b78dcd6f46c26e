import { Stack } from "@mantine/core";
import { ProjectFrame } from "./project-frame";
import { RunsPanel } from "./runs-panel";
import { SweepPanel } from "./sweep-panel";

/** Training runs and hyperparameter sweeps. */
export function ProjectExperimentsPage() {
  return (
    <ProjectFrame>
      {(project) => (
        <Stack gap="xl">
          <RunsPanel project={project} />
          <SweepPanel project={project} />
        </Stack>
      )}
    </ProjectFrame>
  );
}
