import { useLingui } from "@lingui/react";
import {
  Button,
  FileInput,
  Group,
  List,
  Modal,
  NumberInput,
  Select,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDownload, IconUpload } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ApiError, api, ownHeaders, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { EmptyState, ErrorAlert } from "../../shared/ui/feedback";
import { type Column, DataTable } from "../../shared/ui/list/data-table";
import { wholeList } from "../../shared/ui/list/use-list";
import { JobLine } from "../../shared/ui/parts";
import { Section } from "../../shared/ui/section";
import { lossInWords } from "./losses";
import { exportAddress, useFormats, useSnapshots } from "./snapshots-panel";

type Format = Schemas["FormatOut"];

/** Labels out as a file, and in; each format says what it holds and loses. */
export function FormatsPanel({ project }: { project: Schemas["ProjectDetail"] }) {
  return (
    <>
      <ExportPanel project={project} />
      <ImportPanel project={project} />
    </>
  );
}

function ExportPanel({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  return (
    <Section title={i18n._("Export labels")}>
      <ExportFormats project={project} />
    </Section>
  );
}

/** Labels as a file, of a snapshot or as they are now. */
export function ExportFormats({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  const formats = useFormats(project.id);
  const snapshots = useSnapshots(project.id);
  const [snapshotId, setSnapshotId] = useState("");
  const ready = snapshots.data?.results.filter((row) => row.state === "ready") ?? [];
  const columns: Column<Format>[] = [
    { id: "format", header: i18n._("Format"), isRowHeader: true, cell: (row) => row.title },
    {
      id: "actions",
      header: i18n._("Actions"),
      cell: (row) => (
        <Button
          size="compact-sm"
          variant="default"
          component="a"
          href={exportAddress(project.id, row.key, Number(snapshotId) || undefined)}
          download
          leftSection={<IconDownload size={14} aria-hidden />}
          aria-label={i18n._("Export as {format}", { format: row.title })}
        >
          {i18n._("Export")}
        </Button>
      ),
    },
    { id: "file", header: i18n._("File"), cell: (row) => `.${row.suffix}` },
    {
      id: "loses",
      header: i18n._("Not included"),
      cell: (row) =>
        row.loses.length === 0
          ? i18n._("Nothing is lost")
          : row.loses.map((loss) => lossInWords(i18n, loss)).join("; "),
    },
  ];
  return (
    <>
      <Text size="sm" c="dimmed" mb="sm">
        {i18n._("Files hold labels and item names, without the images themselves.")}
      </Text>
      <Select
        label={i18n._("Labels of")}
        w={280}
        mb="sm"
        allowDeselect={false}
        value={snapshotId}
        onChange={(value) => setSnapshotId(value ?? "")}
        data={[
          { value: "", label: i18n._("Now (all labeled items)") },
          ...ready.map((row) => ({
            value: String(row.id),
            label: i18n._("Snapshot v{version} ({count, plural, one {# item} other {# items}})", {
              version: row.version,
              count: row.item_count,
            }),
          })),
        ]}
      />
      <DataTable
        id="formats"
        name={i18n._("Export formats")}
        list={wholeList(formats.data?.results, {
          isPending: formats.isPending,
          error: formats.error,
          reload: () => void formats.refetch(),
        })}
        columns={columns}
        rowId={(row) => row.key}
        rowName={(row) => row.title}
        empty={<EmptyState title={i18n._("No format can hold this project.")} />}
      />
    </>
  );
}

/** Labels of a file into the project, as annotations or as pre-annotations of a model. */
function ImportPanel({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  const may = useMay("projects.write");
  const formats = useFormats(project.id);
  const [isOpen, dialog] = useDisclosure(false);
  if (!may) return null;
  return (
    <Section
      title={i18n._("Import labels")}
      note={i18n._("Labels of another tool, or predictions of a model. Items are matched by name.")}
      actions={
        <Button variant="default" leftSection={<IconUpload size={16} aria-hidden />} onClick={dialog.open}>
          {i18n._("Import labels…")}
        </Button>
      }
    >
      <Modal opened={isOpen} onClose={dialog.close} title={i18n._("Import labels")}>
        <ImportForm project={project} formats={formats.data?.results ?? []} close={dialog.close} />
      </Modal>
    </Section>
  );
}

async function send(projectId: number, body: FormData): Promise<Schemas["JobOut"]> {
  const answer = await fetch(`/api/v1/projects/${projectId}/labels/import/`, {
    method: "POST",
    body,
    headers: ownHeaders(),
  });
  const data = await answer.json();
  if (!answer.ok) throw new ApiError(answer.status, data.code, data.detail, data.errors);
  return data;
}

function ImportForm({
  project,
  formats,
  close,
}: {
  project: Schemas["ProjectDetail"];
  formats: Format[];
  close: () => void;
}) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const [jobId, setJobId] = useState<number | null>(null);
  const order = useMutation({
    mutationFn: (body: FormData) => send(project.id, body),
    onSuccess: (job) => setJobId(job.id),
  });
  const job = useQuery({
    queryKey: ["job", jobId],
    queryFn: async () => {
      const path = { path: { job_id: jobId ?? 0 } };
      const data = await unwrap(api.GET("/api/v1/jobs/{job_id}/", { params: path }));
      if (data.state === "done") await queries.invalidateQueries({ queryKey: ["project", project.id] });
      return data;
    },
    enabled: jobId !== null,
    refetchInterval: (query) =>
      ["queued", "running"].includes(query.state.data?.state ?? "queued") ? 1000 : false,
  });
  const result = (job.data?.result ?? {}) as {
    annotation_count?: number;
    task_count?: number;
    already_labeled_count?: number;
    dropped_count?: number;
    notes?: string[];
  };
  const isDone = job.data?.state === "done";
  return (
    <form
      onSubmit={(event: FormEvent<HTMLFormElement>) => {
        event.preventDefault();
        order.mutate(new FormData(event.currentTarget));
      }}
    >
      <Stack gap="sm">
        <Select
          name="format"
          label={i18n._("Format")}
          required
          data={formats.map((format) => ({ value: format.key, label: format.title }))}
        />
        <FileInput
          name="file"
          label={i18n._("File")}
          description={i18n._("The whole file is imported, or nothing.")}
          placeholder={i18n._("Choose a file")}
          required
        />
        <TextInput
          name="pre_annotation_model"
          label={i18n._("Import as pre-annotations (model name)")}
          description={i18n._(
            "Empty: as annotations. Pre-annotations are shown to annotators, who accept or change them.",
          )}
          maxLength={200}
        />
        <NumberInput
          name="hidden_fraction"
          label={i18n._("Hold-out share without pre-labels (0-1)")}
          min={0}
          max={1}
          step={0.05}
          defaultValue={0}
        />
        {order.error && <ErrorAlert error={order.error} />}
        {job.data && <JobLine job={job.data} />}
        {isDone && (
          <div role="status">
            <Text size="sm">
              {i18n._(
                "{annotations, plural, one {# annotation} other {# annotations}} on {items, plural, one {# item} other {# items}} imported.",
                { annotations: result.annotation_count ?? 0, items: result.task_count ?? 0 },
              )}
            </Text>
            {(result.already_labeled_count ?? 0) > 0 && (
              <Text size="sm">
                {i18n._(
                  "{count, plural, one {# item was} other {# items were}} labeled already and left unchanged.",
                  { count: result.already_labeled_count ?? 0 },
                )}
              </Text>
            )}
            {(result.dropped_count ?? 0) > 0 && (
              <>
                <Text size="sm">
                  {i18n._("{count, plural, one {# entry} other {# entries}} could not be imported:", {
                    count: result.dropped_count ?? 0,
                  })}
                </Text>
                <List size="sm">
                  {(result.notes ?? []).slice(0, 10).map((note) => (
                    <List.Item key={note}>{note}</List.Item>
                  ))}
                </List>
              </>
            )}
          </div>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {isDone ? i18n._("Close") : i18n._("Cancel")}
          </Button>
          <Button type="submit" loading={order.isPending}>
            {i18n._("Import labels")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
