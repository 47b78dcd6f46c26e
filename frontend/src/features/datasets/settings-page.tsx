import { useLingui } from "@lingui/react";
import { Button, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { Link } from "react-router";
import { api, ifMatch, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { ErrorAlert, toast } from "../../shared/ui/feedback";
import { Section } from "../../shared/ui/section";
import { type Dataset, DatasetFrame } from "./dataset-frame";
import { RetentionForm } from "./retention-form";

/** Name, retention and deletion of a dataset. */
export function DatasetSettingsPage() {
  return <DatasetFrame>{(dataset) => <Settings dataset={dataset} />}</DatasetFrame>;
}

function Settings({ dataset }: { dataset: Dataset }) {
  const { i18n } = useLingui();
  const mayErase = useMay("data.erase");
  return (
    <>
      <Section title={i18n._("General")}>
        <NameForm key={dataset.etag} dataset={dataset} />
      </Section>
      <Section
        title={i18n._("Retention & deletion")}
        {...(!mayErase && { note: i18n._("Only an admin can change the retention period or erase items.") })}
      >
        {mayErase ? (
          <>
            <RetentionForm key={dataset.etag} dataset={dataset} />
            <Text size="sm" mt="lg" mb="xs">
              {i18n._(
                "To erase single items for good, select them under Items. Erased items leave every dataset, task, snapshot and cache.",
              )}
            </Text>
            <Group gap="xs">
              <Button component={Link} to={`/datasets/${dataset.id}`} variant="default">
                {i18n._("Select items to erase")}
              </Button>
              <Button component={Link} to="/datasets/erased" variant="default">
                {i18n._("Erased items")}
              </Button>
            </Group>
          </>
        ) : (
          <Text size="sm">
            {dataset.retention_days === null
              ? i18n._("Items are kept until they are erased.")
              : i18n._(
                  "{count, plural, one {Items are erased # day after their import.} other {Items are erased # days after their import.}}",
                  { count: dataset.retention_days },
                )}
          </Text>
        )}
      </Section>
    </>
  );
}

function NameForm({ dataset }: { dataset: Dataset }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: (body: Schemas["PatchedDatasetChange"]) =>
      unwrap(
        api.PATCH("/api/v1/datasets/{dataset_id}/", {
          params: { path: { dataset_id: dataset.id }, header: ifMatch(dataset) },
          body,
        }),
      ),
    onSuccess: (row) => {
      toast(i18n, i18n._("Dataset saved."));
      queries.setQueryData(["dataset", dataset.id], row);
      return queries.invalidateQueries({ queryKey: ["datasets"] });
    },
  });
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    change.mutate({ name: String(form.get("name")), note: String(form.get("note")) });
  };
  return (
    <form onSubmit={send}>
      <Stack gap="sm" maw={520}>
        <TextInput name="name" label={i18n._("Name")} required maxLength={120} defaultValue={dataset.name} />
        <Textarea name="note" label={i18n._("Description")} maxLength={4000} defaultValue={dataset.note} />
        {change.error && <ErrorAlert error={change.error} />}
        <Group>
          <Button type="submit" loading={change.isPending}>
            {i18n._("Save changes")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
