import { useLingui } from "@lingui/react";
import { Link } from "react-router";
import { useMay } from "../../shared/api/session";
import { FormatsPanel } from "./formats-panel";
import { ProjectEdit } from "./project-edit";
import { type Project, ProjectFrame } from "./project-frame";

/** Target, guidelines, data set, import and export, and the way out of sight. */
export function ProjectSettingsPage() {
  return <ProjectFrame>{(project) => <Settings project={project} />}</ProjectFrame>;
}

function Settings({ project }: { project: Project }) {
  const { i18n } = useLingui();
  const mayChange = useMay("projects.write");
  return (
    <>
      <section className="panel">
        <h2>{i18n._("Settings")}</h2>
        <p>
          <Link to={`/datasets/${project.dataset_id}`}>{i18n._("Dataset")}</Link>
        </p>
        {mayChange && <ProjectEdit project={project} />}
      </section>
      <FormatsPanel project={project} />
    </>
  );
}
