import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import { preloadStage } from "../../editor/panels/bench-view";
import { picture } from "../../editor/panels/pictures";
import { Journal } from "../../editor/sync/journal";
import { Session } from "../../editor/sync/session";
import { windowsOf } from "../../editor/sync/windows";
import { projectQuery } from "../../shared/api/projects";
import { useMe } from "../../shared/api/session";
import { Failure, Page, Waiting } from "../../shared/ui/parts";
import { serverOf } from "./server";
import { Workbench } from "./workbench";

const RENEW_MS = 4 * 60_000; // leases last a quarter of an hour

/** The labeling screen of one project. */
export function LabelPage() {
  const { i18n } = useLingui();
  const me = useMe();
  const projectId = Number(useParams().projectId);
  const [search] = useSearchParams();
  const linked = Number(search.get("task")) || 0;
  const project = useQuery({
    ...projectQuery(projectId),
  });
  const [session, setSession] = useState<Session | null>(null);
  const [failure, setFailure] = useState<unknown>(null);

  useEffect(() => {
    let made: Session | null = null;
    let gone = false;
    void (async () => {
      try {
        const journal = await Journal.open();
        if (gone) return;
        made = new Session(
          serverOf(projectId),
          journal,
          me.user_id,
          projectId,
          (task) => {
            const { image, width, height } = task.item;
            if (image) picture(image, width && height ? { width, height } : null).catch(() => {});
          },
          Date.now,
          () => crypto.randomUUID(),
          windowsOf(me.user_id),
        );
        await made.start();
        if (linked > 0) await made.open(linked);
        if (!gone) setSession(made);
      } catch (error) {
        setFailure(error);
      }
    })();
    const online = () => void made?.flush();
    window.addEventListener("online", online);
    const hold = setInterval(() => void made?.renew(), RENEW_MS);
    return () => {
      gone = true;
      made?.close();
      clearInterval(hold);
      window.removeEventListener("online", online);
    };
  }, [me.user_id, projectId, linked]);

  const view = project.data?.project_type.editor_view;
  useEffect(() => {
    if (view) preloadStage(view); // while the first items are on their way
  }, [view]);

  const error = failure ?? project.error;
  if (error) {
    return (
      <Page title={i18n._("Label")}>
        <Failure error={error} again={() => window.location.reload()} />
        <Link to="/label">{i18n._("Back to my tasks")}</Link>
      </Page>
    );
  }
  if (!project.data || !session) {
    return (
      <main className="page" id="main">
        <Waiting what={i18n._("Fetching the next items…")} />
      </main>
    );
  }
  return <Workbench project={project.data} session={session} />;
}
