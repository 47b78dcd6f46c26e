import { useLingui } from "@lingui/react";
import { Button, Group, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { bytes } from "../../shared/ui/amounts";
import { ErrorAlert } from "../../shared/ui/feedback";
import { type Column, DataTable } from "../../shared/ui/list/data-table";
import { wholeList } from "../../shared/ui/list/use-list";
import { pointsOf, useMetrics } from "../../shared/ui/metrics";
import { percent } from "../../shared/ui/numbers";
import { JobLine } from "../../shared/ui/parts";
import { Section } from "../../shared/ui/section";

/** A version made ready for the browser: what each number format weighs and costs, a page to try it, a folder to take. */
export function ExportsPanel({ versionId }: { versionId: number }) {
  const { i18n } = useLingui();
  const metrics = useMetrics();
  const queries = useQueryClient();
  const may = useMay("runs.write");
  const path = { params: { path: { version_id: versionId } } };
  const result = useQuery({
    queryKey: ["exports", versionId],
    queryFn: () => unwrap(api.GET("/api/v1/model-versions/{version_id}/exports/", path)),
    refetchInterval: (query) =>
      ["queued", "running"].includes(query.state.data?.job?.state ?? "") ? 1000 : false,
  });
  const make = useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/model-versions/{version_id}/exports/", path)),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["exports", versionId] }),
  });
  const rows = result.data?.results ?? [];
  const isActive = ["queued", "running"].includes(result.data?.job?.state ?? "");
  const columns: Column<Schemas["BrowserExportOut"]>[] = [
    { id: "format", header: i18n._("Format"), isRowHeader: true, cell: (row) => row.variant },
    {
      id: "size",
      header: i18n._("Size"),
      isNumeric: true,
      cell: (row) => (row.error ? "–" : bytes(row.size_bytes, i18n.locale)),
    },
    {
      id: "accuracy",
      header: i18n._("Test accuracy (held-out)"),
      cell: (row) =>
        row.value === null || row.error
          ? "–"
          : `${percent(row.value, i18n.locale)}${row.metric ? ` (${metrics.title(row.metric)}, ${i18n._("{count, plural, one {# item} other {# items}}", { count: row.items })})` : ""}`,
    },
    {
      id: "loss",
      header: i18n._("Accuracy loss (pp, 95% CI)"),
      isNumeric: true,
      cell: (row) => (row.difference && !row.error ? pointsOf(row.difference, i18n.locale) : "–"),
    },
    {
      id: "difference",
      header: i18n._("Max output difference"),
      isNumeric: true,
      cell: (row) =>
        row.max_abs_difference === null || row.error ? "–" : row.max_abs_difference.toExponential(1),
    },
    {
      id: "actions",
      header: i18n._("Actions"),
      cell: (row) =>
        row.error ? (
          <Text size="sm" c="red">
            {row.error}
          </Text>
        ) : (
          <Group gap="xs" wrap="nowrap">
            <Button
              size="compact-sm"
              variant="default"
              component="a"
              href={`/runner/index.html?manifest=/api/v1/model-versions/${versionId}/exports/${row.variant}/`}
            >
              {i18n._("Open test page")}
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              component="a"
              href={`/api/v1/model-versions/${versionId}/exports/${row.variant}/folder.zip`}
              download
            >
              {i18n._("Download folder (ZIP)")}
            </Button>
          </Group>
        ),
    },
  ];
  const button = may && (
    <Button variant="default" disabled={isActive} loading={make.isPending} onClick={() => make.mutate()}>
      {rows.length ? i18n._("Export again") : i18n._("Export for browser")}
    </Button>
  );
  return (
    <Section
      title={i18n._("Browser export")}
      note={i18n._("Runs in the browser: no installation, and images stay on the device.")}
      actions={button}
    >
      {make.error && <ErrorAlert error={make.error} />}
      {result.data?.job && result.data.job.state !== "done" && <JobLine job={result.data.job} />}
      <DataTable
        id="browser-exports"
        name={i18n._("Browser export")}
        list={wholeList(rows, {
          isPending: result.isPending,
          error: result.error,
          reload: () => void result.refetch(),
        })}
        columns={columns}
        rowId={(row) => row.variant}
        rowName={(row) => row.variant}
        empty={
          <Text size="sm" c="dimmed">
            {i18n._("Not exported yet.")}
          </Text>
        }
      />
    </Section>
  );
}
