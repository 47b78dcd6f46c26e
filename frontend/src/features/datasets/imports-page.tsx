import { useLingui } from "@lingui/react";
import { Alert, Button, Drawer, FileButton, Group, List, Progress, Table, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconDownload, IconFile, IconFolder, IconUpload } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay, useMe } from "../../shared/api/session";
import { EmptyState, ErrorAlert } from "../../shared/ui/feedback";
import { type Column, DataTable } from "../../shared/ui/list/data-table";
import { useList } from "../../shared/ui/list/use-list";
import { count, moment } from "../../shared/ui/numbers";
import { JobLine, State } from "../../shared/ui/parts";
import { Section } from "../../shared/ui/section";
import { type Dataset, DatasetFrame } from "./dataset-frame";
import styles from "./items.module.css";
import { dropped, type Picked, send, TAKEN } from "./upload";

type Upload = Schemas["BatchOut"];

/** Files into a dataset, and what became of those that were brought in before. */
export function DatasetImportsPage() {
  return <DatasetFrame>{(dataset) => <Imports dataset={dataset} />}</DatasetFrame>;
}

function Imports({ dataset }: { dataset: Dataset }) {
  const { i18n } = useLingui();
  const mayWrite = useMay("data.write");
  const queries = useQueryClient();
  const [address, setAddress] = useSearchParams();
  const [startedId, setStartedId] = useState<number | null>(null);
  const openId = Number(address.get("upload")) || null;
  const list = useList(["uploads", dataset.id], (cursor) =>
    unwrap(
      api.GET("/api/v1/datasets/{dataset_id}/uploads/", {
        params: { path: { dataset_id: dataset.id }, query: cursor },
      }),
    ),
  );
  const open = (id: number | null) =>
    setAddress(id === null ? {} : { upload: String(id) }, { replace: true, preventScrollReset: true });
  const columns: Column<Upload>[] = [
    {
      id: "started",
      header: i18n._("Started"),
      isRowHeader: true,
      cell: (row) => (
        <Button variant="transparent" size="compact-sm" px={0} onClick={() => open(row.id)}>
          {moment(row.created_at, i18n.locale)}
        </Button>
      ),
    },
    {
      id: "state",
      header: i18n._("State"),
      cell: (row) => (row.job ? <State state={row.job.state} /> : i18n._("Not started")),
    },
    { id: "by", header: i18n._("Imported by"), cell: (row) => row.created_by || "–" },
    { id: "files", header: i18n._("Files"), isNumeric: true, cell: (row) => count(row.files, i18n.locale) },
    {
      id: "added",
      header: i18n._("Imported"),
      isNumeric: true,
      cell: (row) => count(row.added, i18n.locale),
    },
    {
      id: "duplicates",
      header: i18n._("Duplicates skipped"),
      isNumeric: true,
      cell: (row) => count(row.duplicates, i18n.locale),
    },
    {
      id: "rejected",
      header: i18n._("Rejected files and rows"),
      isNumeric: true,
      cell: (row) =>
        row.rejected === 0 ? (
          count(0, i18n.locale)
        ) : (
          <Button variant="transparent" size="compact-sm" px={0} onClick={() => open(row.id)}>
            {count(row.rejected, i18n.locale)}
          </Button>
        ),
    },
  ];
  return (
    <>
      {mayWrite && (
        <DropZone
          datasetId={dataset.id}
          onStarted={(id) => {
            setStartedId(id);
            void queries.invalidateQueries({ queryKey: ["uploads", dataset.id] });
          }}
        />
      )}
      {startedId !== null && (
        <Section title={i18n._("This import")}>
          <UploadResult uploadId={startedId} dataset={dataset} />
        </Section>
      )}
      <Section title={i18n._("Import history")}>
        <DataTable
          id="uploads"
          name={i18n._("Import history")}
          list={list}
          columns={columns}
          rowId={(row) => String(row.id)}
          rowName={(row) => moment(row.created_at, i18n.locale)}
          empty={<EmptyState title={i18n._("No imports yet")} Icon={IconUpload} />}
        />
      </Section>
      <Drawer
        opened={openId !== null}
        onClose={() => open(null)}
        position="right"
        size="lg"
        title={i18n._("Import")}
      >
        {openId !== null && <UploadResult uploadId={openId} dataset={dataset} />}
      </Drawer>
    </>
  );
}

interface Sending {
  done: number;
  total: number;
}

function DropZone({ datasetId, onStarted }: { datasetId: number; onStarted: (uploadId: number) => void }) {
  const { i18n } = useLingui();
  const [isOver, setOver] = useState(false);
  const [sent, setSent] = useState<Sending | null>(null);
  const [failed, setFailed] = useState<{ error: unknown; uploadId?: number; files: Picked[] } | null>(null);
  const reset = useRef<() => void>(null);
  const resetFolder = useRef<() => void>(null);

  const go = async (files: Picked[], resumedId?: number) => {
    if (files.length === 0) return;
    setFailed(null);
    setSent({ done: 0, total: files.length });
    let uploadId = resumedId;
    try {
      if (uploadId === undefined) {
        const opened = await unwrap(
          api.POST("/api/v1/datasets/{dataset_id}/uploads/", { params: { path: { dataset_id: datasetId } } }),
        );
        uploadId = opened.id;
      }
      await send(uploadId, files, (done, total) => setSent({ done, total }));
      await unwrap(
        api.POST("/api/v1/uploads/{batch_id}/start/", { params: { path: { batch_id: uploadId } } }),
      );
      onStarted(uploadId);
    } catch (error) {
      setFailed({ error, files, ...(uploadId !== undefined && { uploadId }) });
    } finally {
      setSent(null);
    }
  };
  const choose = (files: File[]) => {
    void go(files.map((file) => ({ name: file.webkitRelativePath || file.name, file })));
    reset.current?.(); // the same file can be chosen again once it was changed
    resetFolder.current?.();
  };
  return (
    <section
      className={styles.drop}
      data-over={isOver || undefined}
      aria-label={i18n._("Import data")}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void dropped(event.dataTransfer.items).then((files) => go(files));
      }}
    >
      <Text fw={600}>
        {i18n._("Drag and drop images, texts, tables, folders or ZIP files, or a CSV/JSONL manifest of URLs")}
      </Text>
      <Group justify="center" gap="xs" my="sm">
        <FileButton multiple accept={TAKEN} onChange={choose} resetRef={reset} disabled={sent !== null}>
          {(props) => (
            <Button {...props} leftSection={<IconFile size={16} aria-hidden />} disabled={sent !== null}>
              {i18n._("Choose files")}
            </Button>
          )}
        </FileButton>
        <FileButton
          multiple
          onChange={choose}
          resetRef={resetFolder}
          disabled={sent !== null}
          inputProps={{ name: "folder", ...{ webkitdirectory: "" } }}
        >
          {(props) => (
            <Button
              {...props}
              variant="default"
              leftSection={<IconFolder size={16} aria-hidden />}
              disabled={sent !== null}
            >
              {i18n._("Choose a folder")}
            </Button>
          )}
        </FileButton>
      </Group>
      <Formats />
      {sent && (
        <>
          <Progress
            value={(100 * sent.done) / Math.max(1, sent.total)}
            animated
            aria-label={i18n._("Uploading")}
            mt="sm"
          />
          <Text size="sm" role="status">
            {i18n._("{done} of {total, plural, one {# file} other {# files}} uploaded", {
              done: count(sent.done, i18n.locale),
              total: sent.total,
            })}
          </Text>
        </>
      )}
      {failed && <ErrorAlert error={failed.error} retry={() => void go(failed.files, failed.uploadId)} />}
    </section>
  );
}

/** Which files are taken, and what becomes of each. */
function Formats() {
  const { i18n } = useLingui();
  const rows: [string, string][] = [
    ["JPEG, PNG, WebP, GIF, BMP, TIFF", i18n._("one image per file")],
    [".txt", i18n._("one text per file")],
    [
      ".csv, .tsv",
      i18n._(
        "one item per row: a column “text” makes texts, “uri” makes images by URL, anything else table rows",
      ),
    ],
    [
      ".jsonl",
      i18n._("one item per line: {texts}, {rows} or {urls}", {
        texts: '{"text": …}',
        rows: '{"row": {…}}',
        urls: '{"uri": …}',
      }),
    ],
    [".zip", i18n._("any of these, folders kept in the names")],
  ];
  return (
    <Table aria-label={i18n._("Supported files")} maw={760} mx="auto" ta="start" withRowBorders={false}>
      <Table.Tbody>
        {rows.map(([files, meaning]) => (
          <Table.Tr key={files}>
            <Table.Th scope="row" w={220}>
              {files}
            </Table.Th>
            <Table.Td>{meaning}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
      <Table.Caption>
        {i18n._(
          "Text files must be UTF-8. To import labels too, use Import labels in the settings of a project.",
        )}
      </Table.Caption>
    </Table>
  );
}

/** How far an import is; then what was imported, and of each rejected file why and what to do. */
function UploadResult({ uploadId, dataset }: { uploadId: number; dataset: Dataset }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const mayCreateProject = useMe().scopes.includes("projects.write");
  const result = useQuery({
    queryKey: ["upload", uploadId],
    queryFn: async () => {
      const row = await unwrap(
        api.GET("/api/v1/uploads/{batch_id}/", { params: { path: { batch_id: uploadId } } }),
      );
      if (isOver(row)) {
        for (const queryKey of [
          ["items", dataset.id],
          ["datasets"],
          ["dataset", dataset.id],
          ["uploads", dataset.id],
        ])
          void queries.invalidateQueries({ queryKey });
      }
      return row;
    },
    refetchInterval: (query) => (query.state.data && isOver(query.state.data) ? false : 700),
  });
  if (result.error) return <ErrorAlert error={result.error} retry={() => void result.refetch()} />;
  const row = result.data;
  if (!row) return null;
  const counts = i18n._(
    "{added} imported, {duplicates, plural, one {# duplicate} other {# duplicates}} skipped, {rejected} rejected",
    {
      added: count(row.added, i18n.locale),
      duplicates: row.duplicates,
      rejected: count(row.rejected, i18n.locale),
    },
  );
  const isRunning = !isOver(row);
  return (
    <section aria-label={i18n._("Import result")}>
      {row.job && <JobLine job={row.job} />}
      <Text role="status" my="xs">
        {isRunning && row.added + row.duplicates + row.rejected === 0 ? i18n._("Importing…") : counts}
      </Text>
      {!isRunning && row.added > 0 && (
        <Group gap="xs" mb="sm">
          <Button component={Link} to={`/datasets/${dataset.id}`} variant="default" size="compact-sm">
            {i18n._("View items")}
          </Button>
          {mayCreateProject && (
            <Button
              component={Link}
              to={`/projects/new?dataset=${dataset.id}`}
              variant="default"
              size="compact-sm"
            >
              {i18n._("Create project")}
            </Button>
          )}
        </Group>
      )}
      {row.findings.length > 0 && <Rejected row={row} />}
    </section>
  );
}

function isOver(row: Upload): boolean {
  return !["queued", "running"].includes(row.job?.state ?? "done");
}

function Rejected({ row }: { row: Schemas["BatchDetail"] }) {
  const { i18n } = useLingui();
  const isPart = row.rejected > row.findings.length;
  return (
    <Alert
      color={row.added + row.duplicates === 0 ? "red" : "yellow"}
      variant="light"
      icon={<IconAlertTriangle aria-hidden />}
    >
      <Group justify="space-between" align="flex-start">
        <Title order={3}>
          {i18n._("{count, plural, one {# file or row rejected} other {# files or rows rejected}}", {
            count: row.rejected,
          })}
        </Title>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconDownload size={14} aria-hidden />}
          component="a"
          href={rejectedAsCsv(row)}
          download={`rejected-${row.id}.csv`}
        >
          {i18n._("Download list (CSV)")}
        </Button>
      </Group>
      <Text size="sm">
        {i18n._("Nothing else was affected. Fix each file as its reason says, then import it again.")}{" "}
        {isPart &&
          i18n._("The first {number} are listed.", { number: count(row.findings.length, i18n.locale) })}
      </Text>
      <List size="sm" mt="xs" aria-label={i18n._("Rejected files")}>
        {row.findings.map((finding, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list only grows at its end, and names may be the same
          <List.Item key={index}>
            <code>{finding.name}</code> {finding.message}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

function rejectedAsCsv(row: Schemas["BatchDetail"]): string {
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const lines = row.findings.map((finding) =>
    [finding.name, finding.code, finding.message].map(quoted).join(","),
  );
  return `data:text/csv;charset=utf-8,${encodeURIComponent(["name,code,reason", ...lines].join("\n"))}`;
}
