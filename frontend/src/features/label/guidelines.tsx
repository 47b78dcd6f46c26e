import { useLingui } from "@lingui/react";
import Markdown from "react-markdown";
import remarkGfm from "remark-gfm";
import type { Schemas } from "../../shared/api/client";

export function Guidelines({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  if (!project.guideline) return null;
  return (
    <details className="guidelines" open>
      <summary>{i18n._("Guidelines, version {version}", { version: project.guideline_version })}</summary>
      <Markdown remarkPlugins={[remarkGfm]}>{project.guideline}</Markdown>
    </details>
  );
}
