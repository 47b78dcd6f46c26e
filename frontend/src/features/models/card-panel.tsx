import { useLingui } from "@lingui/react";
import { Button, Group, Stack, Textarea } from "@mantine/core";
import { IconFileDescription } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ifMatch, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { EmptyState, ErrorAlert, toast } from "../../shared/ui/feedback";
import { Prose } from "../../shared/ui/prose";
import { Section } from "../../shared/ui/section";
import type { VersionDetail } from "./version-page";

/** What the model is for, and what not, in its author's words. */
export function CardPanel({ version }: { version: VersionDetail }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const may = useMay("models.write") && version.state !== "deleted";
  const [isEditing, setEditing] = useState(false);
  const write = useMutation({
    mutationFn: (description: string) =>
      unwrap(
        api.PATCH("/api/v1/model-versions/{version_id}/", {
          params: { path: { version_id: version.id }, header: ifMatch(version) },
          body: { description },
        }),
      ),
    onSuccess: (data) => {
      queries.setQueryData(["version", version.id], data);
      toast(i18n, i18n._("Model card saved."));
      setEditing(false);
    },
  });
  const edit = may && (
    <Button variant="default" onClick={() => setEditing(true)}>
      {i18n._("Edit model card")}
    </Button>
  );
  if (isEditing) {
    return (
      <Section title={i18n._("Model card")}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            write.mutate(String(new FormData(event.currentTarget).get("description")));
          }}
        >
          <Stack gap="sm">
            <Textarea
              name="description"
              label={i18n._("Description (Markdown)")}
              minRows={10}
              maxLength={5000}
              defaultValue={version.description}
              data-autofocus
            />
            {write.error && <ErrorAlert error={write.error} />}
            <Group>
              <Button type="submit" loading={write.isPending}>
                {i18n._("Save changes")}
              </Button>
              <Button variant="default" onClick={() => setEditing(false)}>
                {i18n._("Cancel")}
              </Button>
            </Group>
          </Stack>
        </form>
      </Section>
    );
  }
  if (!version.description) {
    return (
      <EmptyState
        title={i18n._("No model card yet. Describe intended use and limitations.")}
        Icon={IconFileDescription}
        action={edit}
      />
    );
  }
  return (
    <Section title={i18n._("Model card")} actions={edit}>
      <Prose>{version.description}</Prose>
    </Section>
  );
}
