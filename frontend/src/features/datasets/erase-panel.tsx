import { useLingui } from "@lingui/react";
import { Button, Group, List, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { ErrorAlert } from "../../shared/ui/feedback";

/** Where something named leads: a snapshot to its project, a model to its version. */
export function AffectedResources({ resources }: { resources: Schemas["AffectedResourceOut"][] }) {
  const { i18n } = useLingui();
  const words: Record<string, string> = {
    snapshot: i18n._("Snapshot"),
    model: i18n._("Model"),
    predictions: i18n._("Predictions"),
  };
  const addresses: Record<string, (resource: Schemas["AffectedResourceOut"]) => string> = {
    model: (entry) => `/versions/${entry.id}`,
    snapshot: (entry) => `/projects/${entry.project_id}/snapshots`,
  };
  return (
    <List size="sm">
      {resources.map((resource) => (
        <List.Item key={`${resource.kind} ${resource.id}`}>
          {words[resource.kind] ?? resource.kind}{" "}
          <Link to={addresses[resource.kind]?.(resource) ?? `/projects/${resource.project_id}`}>
            {resource.title}
          </Link>{" "}
          <Text span c="dimmed" size="sm">
            {i18n._("{count, plural, one {# item} other {# items}}", { count: resource.items })}
          </Text>
        </List.Item>
      ))}
    </List>
  );
}

/** What erasing the selected items would touch, and the button that does it. */
export function ErasePanel({
  datasetId,
  itemIds,
  cancel,
  onDone,
}: {
  datasetId: number;
  itemIds: number[];
  cancel: () => void;
  onDone: () => void;
}) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const path = { dataset_id: datasetId };
  const preview = useQuery({
    queryKey: ["erasure", datasetId, ...itemIds],
    queryFn: () =>
      unwrap(
        api.POST("/api/v1/datasets/{dataset_id}/erasures/preview/", {
          params: { path },
          body: { item_ids: itemIds },
        }),
      ),
  });
  const erase = useMutation({
    mutationFn: () =>
      unwrap(
        api.POST("/api/v1/datasets/{dataset_id}/erasures/", {
          params: { path },
          body: { item_ids: itemIds, reason: reason.trim() },
        }),
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["erasures"] });
      onDone();
    },
  });
  const data = preview.data;
  return (
    <Stack gap="sm">
      {preview.isPending && <Skeleton height={60} role="status" aria-label={i18n._("Loading…")} />}
      {preview.error && <ErrorAlert error={preview.error} retry={() => void preview.refetch()} />}
      {data && (
        <>
          <Text size="sm" role="status">
            {i18n._(
              "{count, plural, one {# item is} other {# items are}} erased for good, with {tasks} and {annotations}. Copies of the same files in other datasets are included. This cannot be undone.",
              {
                count: data.items,
                tasks: i18n._("{count, plural, one {# task} other {# tasks}}", {
                  count: data.counts.tasks ?? 0,
                }),
                annotations: i18n._("{count, plural, one {# annotation} other {# annotations}}", {
                  count: data.counts.labels ?? 0,
                }),
              },
            )}
          </Text>
          {data.resources.length > 0 && (
            <>
              <Text size="sm">
                {i18n._(
                  "These lose the items. Models keep what they learned and are flagged: retrain them if they must forget.",
                )}
              </Text>
              <AffectedResources resources={data.resources} />
            </>
          )}
          <TextInput
            label={i18n._("Reason")}
            description={i18n._("Kept in the audit log.")}
            required
            maxLength={300}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        </>
      )}
      {erase.error && <ErrorAlert error={erase.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={cancel}>
          {i18n._("Cancel")}
        </Button>
        <Button
          color="red"
          disabled={!data || reason.trim() === ""}
          loading={erase.isPending}
          onClick={() => erase.mutate()}
        >
          {i18n._("Erase for good")}
        </Button>
      </Group>
    </Stack>
  );
}
