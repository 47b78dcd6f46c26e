import { useLingui } from "@lingui/react";
import { Alert, Button, Group, Skeleton, Text } from "@mantine/core";
import { IconTrash, IconUpload } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link, useLocation, useParams } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { ErrorAlert, toast } from "../../shared/ui/feedback";
import { moment } from "../../shared/ui/numbers";
import { PageTabs } from "../../shared/ui/page-tabs";
import { Page } from "../../shared/ui/parts";

export type Dataset = Schemas["DatasetOut"];

/** Restore a deleted dataset. */
export function useRestoreDataset() {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: number) =>
      unwrap(api.POST("/api/v1/datasets/{dataset_id}/restore/", { params: { path: { dataset_id: id } } })),
    onSuccess: (row) => {
      queries.setQueryData(["dataset", row.id], row);
      toast(i18n, i18n._("Dataset “{name}” restored.", { name: row.name }));
      return queries.invalidateQueries();
    },
  });
}

function DeletedNotice({ dataset }: { dataset: Dataset }) {
  const { i18n } = useLingui();
  const mayErase = useMay("data.erase");
  const restore = useRestoreDataset();
  return (
    <Alert color="yellow" variant="light" mb="md" icon={<IconTrash aria-hidden />}>
      <Group justify="space-between" gap="sm">
        <Text size="sm" flex="1 1 20rem">
          {i18n._("This dataset is deleted. Its items are erased for good on {date}.", {
            date: moment(dataset.erased_at ?? "", i18n.locale),
          })}
        </Text>
        {mayErase && (
          <Button size="compact-md" loading={restore.isPending} onClick={() => restore.mutate(dataset.id)}>
            {i18n._("Restore")}
          </Button>
        )}
      </Group>
      {restore.error && <ErrorAlert error={restore.error} />}
    </Alert>
  );
}

/** Name and tabs of the dataset in the address, around the part that is open. */
export function DatasetFrame({ children }: { children: (dataset: Dataset) => ReactNode }) {
  const { i18n } = useLingui();
  const mayWrite = useMay("data.write");
  const maySeeProjects = useMay("runs.read");
  const id = Number(useParams().datasetId);
  const { pathname } = useLocation();
  const result = useQuery({
    queryKey: ["dataset", id],
    queryFn: () =>
      unwrap(api.GET("/api/v1/datasets/{dataset_id}/", { params: { path: { dataset_id: id } } })),
  });
  const crumbs: [string, string][] = [["/datasets", i18n._("Datasets")]];
  const address = `/datasets/${id}`;
  if (result.error && !result.data) {
    return (
      <Page title={i18n._("Dataset")} crumbs={crumbs}>
        <ErrorAlert error={result.error} retry={() => void result.refetch()} />
      </Page>
    );
  }
  const row = result.data;
  const tabs: [string, string][] = [
    [address, i18n._("Items")],
    [`${address}/imports`, i18n._("Imports")],
    ...(maySeeProjects ? ([[`${address}/usage`, i18n._("Used by")]] as [string, string][]) : []),
    ...(mayWrite ? ([[`${address}/settings`, i18n._("Settings")]] as [string, string][]) : []),
  ];
  return (
    <Page
      title={row?.name ?? i18n._("Dataset")}
      crumbs={crumbs}
      lead={
        row && (
          <>
            {i18n._("{count, plural, one {# item} other {# items}}", { count: row.items })}
            {row.note && ` · ${row.note}`}
          </>
        )
      }
      actions={
        mayWrite &&
        !row?.deleted_at &&
        !pathname.endsWith("/imports") && (
          <Button
            component={Link}
            to={`${address}/imports`}
            leftSection={<IconUpload size={16} aria-hidden />}
          >
            {i18n._("Import data")}
          </Button>
        )
      }
    >
      {row?.deleted_at && <DeletedNotice dataset={row} />}
      <PageTabs label={i18n._("Parts of the dataset")} tabs={tabs} />
      {row ? children(row) : <Skeleton height={240} role="status" aria-label={i18n._("Loading…")} />}
    </Page>
  );
}
