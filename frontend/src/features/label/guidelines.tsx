import { useLingui } from "@lingui/react";
import { useId, useState } from "react";
import { Icon } from "../../editor/panels/icons";
import type { Schemas } from "../../shared/api/client";
import { Prose } from "../../shared/ui/prose";

/** What annotators should do, open at first; the heading folds it. */
export function Guidelines({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  const [isOpen, setOpen] = useState(true);
  const id = useId();
  if (!project.guideline) return null;
  return (
    <section className="guidelines">
      <h2>
        <button
          type="button"
          className="fold"
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => setOpen(!isOpen)}
        >
          <Icon name="next-item" size={16} />
          {i18n._("Guidelines, version {version}", { version: project.guideline_version })}
        </button>
      </h2>
      <div id={id} hidden={!isOpen}>
        <Prose>{project.guideline}</Prose>
      </div>
    </section>
  );
}
