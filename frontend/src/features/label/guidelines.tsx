import { useLingui } from "@lingui/react";
import type { Schemas } from "../../shared/api/client";
import { Prose } from "../../shared/ui/prose";

export function Guidelines({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  if (!project.guideline) return null;
  return (
    <details className="guidelines" open>
      <summary>{i18n._("Guidelines, version {version}", { version: project.guideline_version })}</summary>
      <Prose>{project.guideline}</Prose>
    </details>
  );
}
