import { useLingui } from "@lingui/react";
import {
  ActionIcon,
  Box,
  Button,
  Code,
  Group,
  Modal,
  Skeleton,
  Text,
  Tooltip,
  UnstyledButton,
} from "@mantine/core";
import { IconChevronDown, IconChevronRight, IconDownload, IconFile, IconFolder } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Schemas, unwrap } from "../shared/api/client";
import { bytes } from "../shared/ui/amounts";
import { ErrorAlert } from "../shared/ui/feedback";
import styles from "./artifacts.module.css";

type Artifact = Schemas["ArtifactOut"];

const LARGEST_TEXT = 1_000_000; // bytes
const PICTURES = /\.(png|jpe?g|gif|webp)$/i;
const TEXTS =
  /\.(txt|md|json|ya?ml|csv|tsv|log|py|toml|ini|html?|xml|js|css|sh)$|(^|\/)(MLmodel|requirements)$/i;

const addressOf = (runId: string, path: string) =>
  `/api/v1/tracked-runs/${runId}/artifacts/content/?path=${encodeURIComponent(path)}`;

function previewOf({ path, size_bytes: size }: Artifact): "picture" | "text" | null {
  if (PICTURES.test(path)) return "picture";
  return TEXTS.test(path) && (size ?? 0) <= LARGEST_TEXT ? "text" : null;
}

/** Files that a run logged, folder by folder. */
export function RunArtifacts({ runId }: { runId: string }) {
  const [shown, show] = useState<Artifact | null>(null);
  return (
    <>
      <Folder runId={runId} path="" show={show} />
      <Modal opened={shown !== null} onClose={() => show(null)} title={shown?.name ?? ""} size="xl">
        {shown && <Preview runId={runId} file={shown} />}
      </Modal>
    </>
  );
}

function Folder({ runId, path, show }: { runId: string; path: string; show: (file: Artifact) => void }) {
  const { i18n } = useLingui();
  const result = useQuery({
    queryKey: ["artifacts", runId, path],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/tracked-runs/{tracked_run_id}/artifacts/", {
          params: { path: { tracked_run_id: runId }, query: { path } },
        }),
      ),
  });
  if (result.error) return <ErrorAlert error={result.error} retry={() => void result.refetch()} />;
  if (!result.data) return <Skeleton height={60} />;
  const { entries, has_more: hasMore } = result.data;
  if (entries.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {path ? i18n._("This folder is empty.") : i18n._("The MLflow run logged no files.")}
      </Text>
    );
  return (
    <>
      <ul className={styles.folder}>
        {entries.map((entry) => (
          <li key={entry.path}>
            {entry.is_folder ? (
              <Branch runId={runId} entry={entry} show={show} />
            ) : (
              <File runId={runId} entry={entry} show={show} />
            )}
          </li>
        ))}
      </ul>
      {hasMore && (
        <Text size="xs" c="dimmed">
          {i18n._("Only the first 1,000 entries are listed.")}
        </Text>
      )}
    </>
  );
}

function Branch({ runId, entry, show }: { runId: string; entry: Artifact; show: (file: Artifact) => void }) {
  const [isOpen, setOpen] = useState(false);
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <>
      <UnstyledButton className={styles.row} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Chevron size={14} aria-hidden />
        <IconFolder size={16} aria-hidden />
        <Text size="sm" component="span">
          {entry.name}
        </Text>
      </UnstyledButton>
      {isOpen && (
        <Box pl="lg">
          <Folder runId={runId} path={entry.path} show={show} />
        </Box>
      )}
    </>
  );
}

function File({ runId, entry, show }: { runId: string; entry: Artifact; show: (file: Artifact) => void }) {
  const { i18n } = useLingui();
  const size = entry.size_bytes === null ? "" : bytes(entry.size_bytes, i18n.locale);
  return (
    <Group gap="xs" wrap="nowrap" className={styles.row}>
      <IconFile size={16} aria-hidden />
      {previewOf(entry) ? (
        <Button variant="subtle" size="compact-sm" onClick={() => show(entry)}>
          {entry.name}
        </Button>
      ) : (
        <Text size="sm" component="span" className={styles.name}>
          {entry.name}
        </Text>
      )}
      <Text size="xs" c="dimmed" component="span" className="num">
        {size}
      </Text>
      <Tooltip label={i18n._("Download")}>
        <ActionIcon
          component="a"
          href={addressOf(runId, entry.path)}
          download={entry.name}
          variant="subtle"
          color="gray"
          aria-label={i18n._("Download {name}", { name: entry.name })}
        >
          <IconDownload size={16} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}

function Preview({ runId, file }: { runId: string; file: Artifact }) {
  const { i18n } = useLingui();
  const isPicture = previewOf(file) === "picture";
  const result = useQuery({
    queryKey: ["artifact", runId, file.path],
    enabled: !isPicture,
    queryFn: async () => {
      const text = await unwrap(
        api.GET("/api/v1/tracked-runs/{tracked_run_id}/artifacts/content/", {
          params: { path: { tracked_run_id: runId }, query: { path: file.path } },
          parseAs: "text",
        }),
      );
      return formatted(file.name, text);
    },
  });
  if (isPicture) return <img className={styles.picture} src={addressOf(runId, file.path)} alt={file.name} />;
  if (result.error) return <ErrorAlert error={result.error} retry={() => void result.refetch()} />;
  if (result.data === undefined) return <Skeleton height={200} />;
  return (
    <Code block tabIndex={0} aria-label={i18n._("Contents of {name}", { name: file.name })}>
      {result.data}
    </Code>
  );
}

/** JSON with one value a line; everything else as it is. */
export function formatted(name: string, text: string): string {
  if (!name.endsWith(".json")) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
