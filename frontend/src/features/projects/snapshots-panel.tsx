import { useLingui } from "@lingui/react";
import { Button, Code, Menu, Text } from "@mantine/core";
import { IconCamera, IconChevronDown, IconDownload } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { EmptyState, ErrorAlert, toast } from "../../shared/ui/feedback";
import { type Column, DataTable } from "../../shared/ui/list/data-table";
import { wholeList } from "../../shared/ui/list/use-list";
import { count, moment } from "../../shared/ui/numbers";
import { JobLine, State } from "../../shared/ui/parts";
import { Section } from "../../shared/ui/section";
import { interval } from "./use-cancel";

type Snapshot = Schemas["SnapshotOut"];

/** The snapshots of a project, as export and training use them too. */
export function useSnapshots(projectId: number) {
  return useQuery({
    queryKey: ["snapshots", projectId],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/snapshots/", { params: { path: { project_id: projectId } } }),
      ),
    refetchInterval: (query) => interval(query.state.data?.results.map((row) => row.state) ?? []),
  });
}

/** Versions of the labeled data: how each is split, and what can be downloaded of it. */
export function SnapshotsPanel({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const mayCreate = useMay("snapshots.write");
  const snapshots = useSnapshots(project.id);
  const create = useMutation({
    mutationFn: () =>
      unwrap(
        api.POST("/api/v1/projects/{project_id}/snapshots/", {
          params: { path: { project_id: project.id } },
        }),
      ),
    onSuccess: (row) => {
      toast(i18n, i18n._("Snapshot v{version} is being created.", { version: row.version }));
      return queries.invalidateQueries({ queryKey: ["snapshots", project.id] });
    },
  });
  const hasLabels = project.tasks.done > 0;
  const button = mayCreate && (
    <Button
      leftSection={<IconCamera size={16} aria-hidden />}
      onClick={() => create.mutate()}
      loading={create.isPending}
      disabled={!hasLabels}
    >
      {i18n._("Create snapshot")}
    </Button>
  );
  const columns: Column<Snapshot>[] = [
    {
      id: "version",
      header: i18n._("Version"),
      isRowHeader: true,
      cell: (row) => `v${row.version}`,
    },
    {
      id: "state",
      header: i18n._("State"),
      cell: (row) =>
        row.job && row.state !== "ready" ? <JobLine job={row.job} /> : <State state={row.state} />,
    },
    {
      id: "train",
      header: i18n._("Train"),
      isNumeric: true,
      cell: (row) => <Part value={row.train_count} total={row.item_count} />,
    },
    {
      id: "test",
      header: i18n._("Held-out test"),
      isNumeric: true,
      cell: (row) => <Part value={row.test_count} total={row.item_count} />,
    },
    {
      id: "excluded",
      header: i18n._("Excluded"),
      isNumeric: true,
      cell: (row) => <Part value={row.excluded_count} total={row.item_count} />,
    },
    {
      id: "labels",
      header: i18n._("Labels"),
      isHiddenAtFirst: true,
      cell: (row) => row.labels.map((label) => label.name).join(", "),
    },
    {
      id: "hash",
      header: i18n._("Content hash"),
      cell: (row) => (
        <>
          <Code title={row.content_hash}>{row.content_hash.slice(0, 12) || "–"}</Code>
          {row.erased_count > 0 && (
            <Text size="xs" className="warn">
              {i18n._("{count, plural, one {# item} other {# items}} erased since", {
                count: row.erased_count,
              })}
            </Text>
          )}
        </>
      ),
    },
    { id: "created", header: i18n._("Created"), cell: (row) => moment(row.created_at, i18n.locale) },
    {
      id: "actions",
      header: i18n._("Actions"),
      cell: (row) => (row.state === "ready" ? <Downloads project={project} snapshot={row} /> : "–"),
    },
  ];
  return (
    <Section
      title={i18n._("Snapshots")}
      note={i18n._(
        "A snapshot is a dataset version: the labels as they are now, split into training data and a held-out test set that is never trained on.",
      )}
      actions={button}
    >
      {create.error && <ErrorAlert error={create.error} />}
      <DataTable
        id="snapshots"
        name={i18n._("Snapshots")}
        list={wholeList(snapshots.data?.results, {
          isPending: snapshots.isPending,
          error: snapshots.error,
          reload: () => void snapshots.refetch(),
        })}
        columns={columns}
        rowId={(row) => String(row.id)}
        rowName={(row) => `v${row.version}`}
        empty={
          <EmptyState title={i18n._("No snapshots yet")} Icon={IconCamera} action={hasLabels && button}>
            {hasLabels
              ? i18n._("Create one to train models and export fixed versions.")
              : i18n._("Label at least one item first.")}
          </EmptyState>
        }
      />
    </Section>
  );
}

function Part({ value, total }: { value: number; total: number }) {
  const { i18n } = useLingui();
  const share = new Intl.NumberFormat(i18n.locale, { style: "percent", maximumFractionDigits: 0 });
  return (
    <>
      {count(value, i18n.locale)}{" "}
      {total > 0 && (
        <Text span size="xs" c="dimmed">
          {share.format(value / total)}
        </Text>
      )}
    </>
  );
}

/** What can be downloaded of a snapshot, each named by what it is. */
function Downloads({ project, snapshot }: { project: Schemas["ProjectDetail"]; snapshot: Snapshot }) {
  const { i18n } = useLingui();
  const formats = useFormats(project.id);
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconDownload size={14} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
          aria-label={i18n._("Download snapshot v{version}", { version: snapshot.version })}
        >
          {i18n._("Download")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href={`/api/v1/snapshots/${snapshot.id}/manifest/`} download>
          {i18n._("Download manifest (Parquet)")}
        </Menu.Item>
        {formats.data?.results.map((format) => (
          <Menu.Item
            key={format.key}
            component="a"
            href={exportAddress(project.id, format.key, snapshot.id)}
            download
          >
            {i18n._("Export labels as {format}", { format: format.title })}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** The formats that can hold a project. */
export function useFormats(projectId: number) {
  return useQuery({
    queryKey: ["formats", projectId],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/formats/", { params: { path: { project_id: projectId } } }),
      ),
    staleTime: 60_000,
  });
}

/** The file of a project's labels in a format: as a snapshot has them, or as they are now. */
export function exportAddress(projectId: number, format: string, snapshotId?: number): string {
  const query = new URLSearchParams({ format, ...(snapshotId && { snapshot_id: String(snapshotId) }) });
  return `/api/v1/projects/${projectId}/export/?${query}`;
}
