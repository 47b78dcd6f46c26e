import { useLingui } from "@lingui/react";
import { Badge, Button, Group, Text } from "@mantine/core";
import { IconArchive } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { ErrorAlert } from "../../shared/ui/feedback";

/** A word beside the name. */
export function ArchivedBadge() {
  const { i18n } = useLingui();
  return (
    <Badge variant="default" leftSection={<IconArchive size={12} aria-hidden />} tt="none">
      {i18n._("Archived")}
    </Badge>
  );
}

/** Whether it was restored while this screen is open. Whoever's button went with the change goes on at the top. */
function useRestored(archived: boolean): boolean {
  const before = useRef(archived);
  const [restored, setRestored] = useState(false);
  useEffect(() => {
    if (before.current === archived) return;
    before.current = archived;
    setRestored(!archived);
    if (document.activeElement === document.body) document.getElementById("main")?.focus();
  }, [archived]);
  return restored;
}

/** That a project is archived, what that means, and the way back; and that it is back. */
export function ArchivedNotice({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const may = useMay("projects.write");
  const restore = useMutation({
    mutationFn: () =>
      unwrap(
        api.POST("/api/v1/projects/{project_id}/restore/", { params: { path: { project_id: project.id } } }),
      ),
    onSuccess: (row) => {
      queries.setQueryData(["project", project.id], row);
      return queries.invalidateQueries();
    },
  });
  const restored = useRestored(project.archived);
  const text = project.archived
    ? i18n._(
        "This project is archived: it can be read and exported, but nobody can label it, change it or train on it. Nothing was deleted.",
      )
    : restored && i18n._("The project is restored and in the lists again.");
  return (
    <>
      <Group
        justify="space-between"
        gap="sm"
        {...(text && {
          p: "sm",
          mb: "sm",
          bg: `var(--mantine-color-${project.archived ? "yellow" : "green"}-light)`,
          bdrs: "sm",
        })}
      >
        <Text size="sm" flex="1 1 20rem" role="status">
          {text}
        </Text>
        {!project.archived ? null : may ? (
          <Button size="compact-md" onClick={() => restore.mutate()} loading={restore.isPending}>
            {i18n._("Restore")}
          </Button>
        ) : (
          <Text size="sm" c="dimmed">
            {i18n._("Managers and admins can restore it.")}
          </Text>
        )}
      </Group>
      {restore.error && <ErrorAlert error={restore.error} />}
    </>
  );
}
