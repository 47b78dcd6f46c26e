import { useLingui } from "@lingui/react";
import { Link, useSearchParams } from "react-router";
import { type Project, ProjectFrame } from "../project-frame";
import frameStyles from "../project-frame.module.css";
import { AgreementPanel } from "./agreement-panel";
import { AnnotatorsPanel } from "./annotators-panel";
import { GoldPanel } from "./gold-panel";
import { LabelIssuesPanel } from "./label-issues-panel";
import { PreAnnotationsPanel } from "./pre-annotations-panel";

/** How good a project's labels are, and who makes them. */
export function ProjectQualityPage() {
  return <ProjectFrame>{(project) => <Quality project={project} />}</ProjectFrame>;
}

function Quality({ project }: { project: Project }) {
  const { i18n } = useLingui();
  const [search] = useSearchParams();
  const parts: [string, string][] = [
    ["agreement", i18n._("Agreement")],
    ["annotators", i18n._("Annotators")],
    ["gold", i18n._("Gold items")],
    ["label-issues", i18n._("Potential label errors")],
    ["pre-labels", i18n._("Pre-labels")],
  ];
  const part = search.get("tab") ?? "agreement";
  return (
    <>
      <nav className={frameStyles.inner} aria-label={i18n._("Quality")}>
        {parts.map(([key, title]) => (
          <Link key={key} to={`?tab=${key}`} aria-current={key === part ? "page" : undefined}>
            {title}
          </Link>
        ))}
      </nav>
      {part === "agreement" && <AgreementPanel project={project} />}
      {part === "annotators" && <AnnotatorsPanel project={project} />}
      {part === "gold" && <GoldPanel project={project} />}
      {part === "label-issues" && <LabelIssuesPanel project={project} />}
      {part === "pre-labels" && <PreAnnotationsPanel projectId={project.id} />}
    </>
  );
}
