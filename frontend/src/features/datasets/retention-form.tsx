import { useLingui } from "@lingui/react";
import { Button, NumberInput, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ifMatch, unwrap } from "../../shared/api/client";
import { ConfirmDialog } from "../../shared/ui/confirm-button";
import { ErrorAlert, toast } from "../../shared/ui/feedback";
import type { Dataset } from "./dataset-frame";

/** How long a dataset's items are kept. */
export function RetentionForm({ dataset }: { dataset: Dataset }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const path = { dataset_id: dataset.id };
  const [days, setDays] = useState<number | null>(dataset.retention_days);
  const change = useMutation({
    mutationFn: (retention_days: number | null) =>
      unwrap(
        api.PATCH("/api/v1/datasets/{dataset_id}/", {
          params: { path, header: ifMatch(dataset) },
          body: { retention_days },
        }),
      ),
    onSuccess: () => {
      toast(i18n, i18n._("Retention period saved."));
      return queries.invalidateQueries({ queryKey: ["dataset", dataset.id] });
    },
  });
  // What is older already would go within the hour: nobody sets a time without knowing that.
  const preview = useMutation({
    mutationFn: async (retention_days: number) => {
      const impact = await unwrap(
        api.POST("/api/v1/datasets/{dataset_id}/erasures/preview/", {
          params: { path },
          body: { retention_days },
        }),
      );
      return { retention_days, items: impact.items };
    },
    onSuccess: ({ retention_days, items }) => {
      if (items === 0) change.mutate(retention_days);
    },
  });
  const data = preview.data;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (days === null) change.mutate(null);
        else preview.mutate(days);
      }}
    >
      <Stack gap="sm" maw={520} align="flex-start">
        <NumberInput
          label={i18n._("Retention period (days)")}
          description={i18n._("Items are erased everywhere this many days after their import. Empty: never.")}
          min={1}
          max={36_500}
          allowDecimal={false}
          value={days ?? ""}
          onChange={(value) => setDays(value === "" ? null : Number(value))}
          w={260}
        />
        {preview.error && <ErrorAlert error={preview.error} />}
        {change.error && <ErrorAlert error={change.error} />}
        <Button type="submit" variant="default" loading={change.isPending || preview.isPending}>
          {i18n._("Save retention period")}
        </Button>
      </Stack>
      <ConfirmDialog
        isOpen={data !== undefined && data.items > 0}
        close={preview.reset}
        title={i18n._("Erase older items?")}
        consequence={i18n._(
          "{count, plural, one {# item is older than this. It is erased} other {# items are older than this. They are erased}} within the hour, also from other datasets with the same files. This cannot be undone.",
          { count: data?.items ?? 0 },
        )}
        confirm={i18n._("Erase items")}
        onConfirm={() => data && change.mutate(data.retention_days)}
      />
    </form>
  );
}
