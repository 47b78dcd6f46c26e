import { useLingui } from "@lingui/react";
import { Button, Skeleton } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link, useLocation, useParams } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { ErrorAlert } from "../../shared/ui/feedback";
import { PageTabs } from "../../shared/ui/page-tabs";
import { Page } from "../../shared/ui/parts";

export type Dataset = Schemas["DatasetOut"];

/** Name and tabs of the dataset in the address, around the part that is open. */
export function DatasetFrame({ children }: { children: (dataset: Dataset) => ReactNode }) {
  const { i18n } = useLingui();
  const mayWrite = useMay("data.write");
  const maySeeProjects = useMay("runs.read");
  const id = Number(useParams().datasetId);
  const { pathname } = useLocation();
  const found = useQuery({
    queryKey: ["dataset", id],
    queryFn: () =>
      unwrap(api.GET("/api/v1/datasets/{dataset_id}/", { params: { path: { dataset_id: id } } })),
  });
  const crumbs: [string, string][] = [["/datasets", i18n._("Datasets")]];
  const address = `/datasets/${id}`;
  if (found.error && !found.data) {
    return (
      <Page title={i18n._("Dataset")} crumbs={crumbs}>
        <ErrorAlert error={found.error} retry={() => void found.refetch()} />
      </Page>
    );
  }
  const row = found.data;
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
      <PageTabs label={i18n._("Parts of the dataset")} tabs={tabs} />
      {row ? children(row) : <Skeleton height={240} role="status" aria-label={i18n._("Loading…")} />}
    </Page>
  );
}
