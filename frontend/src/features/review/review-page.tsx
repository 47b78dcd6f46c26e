import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useParams, useSearchParams } from "react-router";
import type { Doc } from "../../editor/core/document";
import { projectQuery } from "../../shared/api/projects";
import { useOpenedList } from "../../shared/ui/list/opened-list";
import { Failure, Page, Waiting } from "../../shared/ui/parts";
import { ReviewBench } from "./review-bench";

/** Reviewing one project; `?task=7,3` looks at these tasks only, in this order. */
export function ReviewPage() {
  const { i18n } = useLingui();
  const projectId = Number(useParams().projectId);
  const [search] = useSearchParams();
  const wanted = search.get("task") ?? "";
  const tasks = useMemo(() => (wanted ? wanted.split(",").map(Number).filter(Boolean) : null), [wanted]);
  const [drafts] = useState(() => new Map<number, Doc>());
  const opened = useOpenedList("task");
  const project = useQuery({
    ...projectQuery(projectId),
  });
  if (project.error)
    return (
      <Page title={i18n._("Review")}>
        <Failure error={project.error} again={() => void project.refetch()} />
      </Page>
    );
  if (!project.data)
    return (
      <main className="page" id="main">
        <Waiting />
      </main>
    );
  return <ReviewBench key={wanted} project={project.data} taskIds={tasks} opened={opened} drafts={drafts} />;
}
