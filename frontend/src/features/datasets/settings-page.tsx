import { useLingui } from "@lingui/react";
import { Button, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { Link, useNavigate } from "react-router";
import { api, ifMatch, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { ConfirmButton } from "../../shared/ui/confirm-button";
import { ErrorAlert, toast } from "../../shared/ui/feedback";
import { Section } from "../../shared/ui/section";
import { type Dataset, DatasetFrame } from "./dataset-frame";
import { RetentionForm } from "./retention-form";
import { useProjectsOf } from "./usage-page";

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
      {mayErase && !dataset.deleted_at && <Deletion dataset={dataset} />}
    </>
  );
}

/** Out of the lists; what that costs, who uses it, and until when it can be taken back. */
function Deletion({ dataset }: { dataset: Dataset }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const projects = useProjectsOf(dataset.id);
  const path = { params: { path: { dataset_id: dataset.id } } };
  const refresh = () => queries.invalidateQueries();
  const remove = useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/v1/datasets/{dataset_id}/", path)),
    onSuccess: () => {
      navigate("/datasets");
      toast(i18n, i18n._("Dataset “{name}” deleted.", { name: dataset.name }), () =>
        unwrap(api.POST("/api/v1/datasets/{dataset_id}/restore/", path)).then(refresh),
      );
      return refresh();
    },
  });
  const active = (projects.data?.results ?? []).filter((row) => !row.archived);
  const archived = (projects.data?.results ?? []).filter((row) => row.archived);
  const names = archived.map((row) => row.name).join(", ");
  return (
    <Section title={i18n._("Delete dataset")}>
      <Text size="sm" mb="xs">
        {i18n._(
          "A deleted dataset leaves the lists and takes no new data. It can be restored for 30 days; then its items are erased for good, with their annotations, everywhere.",
        )}
      </Text>
      {active.length > 0 && (
        <Text size="sm" mb="xs">
          {i18n._("Projects that use it must be archived first:")}{" "}
          {active.map((row, place) => (
            <span key={row.id}>
              {place > 0 && ", "}
              <Link to={`/projects/${row.id}/settings`}>{row.name}</Link>
            </span>
          ))}
        </Text>
      )}
      {remove.error && <ErrorAlert error={remove.error} />}
      {projects.error && <ErrorAlert error={projects.error} retry={() => void projects.refetch()} />}
      <ConfirmButton
        color="red"
        variant="light"
        disabled={!projects.data || active.length > 0}
        loading={remove.isPending}
        title={i18n._("Delete dataset “{name}”?", { name: dataset.name })}
        consequence={
          <>
            {i18n._(
              "{count, plural, one {# item leaves the lists now and is erased for good in 30 days.} other {# items leave the lists now and are erased for good in 30 days.}} Until then the dataset can be restored.",
              { count: dataset.items },
            )}
            {archived.length > 0 &&
              ` ${i18n._("Archived projects use it: {names}. Their annotations of these items are erased too.", { names })}`}
          </>
        }
        confirm={i18n._("Delete dataset")}
        onConfirm={() => remove.mutate()}
      >
        {i18n._("Delete dataset…")}
      </ConfirmButton>
    </Section>
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
