import { useLingui } from "@lingui/react";
import { Link } from "react-router";
import { FormatsPanel } from "./formats-panel";
import { ProjectEdit } from "./project-edit";
import { ProjectFrame } from "./project-frame";

/** Target, guidelines, data set, import and export, and the way out of sight. */
export function ProjectSettingsPage() {
  const { i18n } = useLingui();
  return (
    <ProjectFrame>
      {(project) => (
        <>
          <section className="panel">
            <h2>{i18n._("Settings")}</h2>
            <p>
              <Link to={`/datasets/${project.dataset_id}`}>{i18n._("Dataset")}</Link>
            </p>
            <ProjectEdit project={project} />
          </section>
          <FormatsPanel project={project} />
        </>
      )}
    </ProjectFrame>
  );
}
