import { useLingui } from "@lingui/react";
import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, api, ifMatch, type Schemas, unwrap } from "../shared/api/client";
import { useMay } from "../shared/api/session";
import { ErrorAlert, toast } from "../shared/ui/feedback";
import { Prose } from "../shared/ui/prose";
import { Section } from "../shared/ui/section";

/** What people wrote about a run, in Markdown. MLflow's client sees the same text. */
export function RunNote({ run }: { run: Schemas["TrackedRunDetail"] }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const may = useMay("models.write");
  const [draft, setDraft] = useState<string | null>(null);
  const refresh = () => queries.invalidateQueries({ queryKey: ["tracked-run", run.id] });
  const write = useMutation({
    mutationFn: (text: string) =>
      unwrap(
        api.PUT("/api/v1/tracked-runs/{tracked_run_id}/note/", {
          params: { path: { tracked_run_id: run.id }, header: ifMatch(run.note) },
          body: { text },
        }),
      ),
    onSuccess: () => {
      toast(i18n, i18n._("Note saved."));
      setDraft(null);
    },
    onSettled: refresh,
  });
  const isStale = write.error instanceof ApiError && write.error.code === "stale_state";
  if (draft !== null)
    return (
      <Section title={i18n._("Notes")}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            write.mutate(draft);
          }}
        >
          <Stack gap="sm">
            <Textarea
              label={i18n._("Note (Markdown)")}
              autosize
              minRows={5}
              maxLength={5000}
              value={draft}
              onChange={(event) => setDraft(event.currentTarget.value)}
            />
            {write.error && <ErrorAlert error={write.error} />}
            {isStale && (
              <Text size="sm">
                {i18n._("Somebody else changed this note. Your text is kept here; save again to replace it.")}
              </Text>
            )}
            <Group>
              <Button type="submit" loading={write.isPending}>
                {i18n._("Save note")}
              </Button>
              <Button variant="default" onClick={() => setDraft(null)}>
                {i18n._("Cancel")}
              </Button>
            </Group>
          </Stack>
        </form>
      </Section>
    );
  return (
    <Section
      title={i18n._("Notes")}
      actions={
        may && (
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPencil size={14} aria-hidden />}
            onClick={() => setDraft(run.note.text)}
          >
            {run.note.text ? i18n._("Edit note") : i18n._("Write note")}
          </Button>
        )
      }
    >
      {run.note.text ? (
        <Prose>{run.note.text}</Prose>
      ) : (
        <Text size="sm" c="dimmed">
          {i18n._("No notes yet.")}
        </Text>
      )}
    </Section>
  );
}
