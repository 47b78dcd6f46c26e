import { useLingui } from "@lingui/react";
import { Button, Group, Skeleton, Switch, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { api, type Schemas, unwrap } from "../shared/api/client";
import { ErrorAlert, toastError } from "../shared/ui/feedback";
import styles from "./job-log.module.css";
import { useLive } from "./use-live";

const WHOLE = 1_000_000; // characters that the server keeps of a job

type Part = Schemas["JobOutputOut"];

function outputOf(jobId: number, query: { before?: number; limit?: number } = {}): Promise<Part> {
  return unwrap(api.GET("/api/v1/jobs/{job_id}/output/", { params: { path: { job_id: jobId }, query } }));
}

/** What a job writes: the newest part of it, followed while it runs; earlier parts and the whole on request. */
export function JobLog({ jobId, isLive }: { jobId: number; isLive: boolean }) {
  const { i18n } = useLingui();
  const [follows, setFollows] = useState(true);
  const [earlier, setEarlier] = useState<Part | null>(null);
  const box = useRef<HTMLPreElement>(null);
  const result = useLive(["job-output", jobId], () => outputOf(jobId), isLive);
  const newest = result.data;
  // The newest part moves on; what was loaded before it is shown as long as the two meet.
  const meets = earlier !== null && newest !== undefined && earlier.end >= newest.begin;
  const text = newest ? (meets ? earlier.text.slice(0, newest.begin - earlier.begin) : "") + newest.text : "";
  useEffect(() => {
    if (follows && text && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [follows, text]);
  if (result.error) return <ErrorAlert error={result.error} retry={() => void result.refetch()} />;
  if (!newest) return <Skeleton height={120} />;
  if (newest.size === 0)
    return (
      <Text size="sm" c="dimmed" role="status">
        {isLive ? i18n._("Nothing was written yet.") : i18n._("This job wrote no log.")}
      </Text>
    );
  const begin = meets ? earlier.begin : newest.begin;
  const load = async () => {
    try {
      setEarlier(await outputOf(jobId, { before: newest.end, limit: WHOLE }));
      setFollows(false);
    } catch (error) {
      toastError(error instanceof Error ? error.message : String(error));
    }
  };
  const download = async () => {
    try {
      const whole = await outputOf(jobId, { limit: WHOLE });
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([whole.text], { type: "text/plain" }));
      link.download = `job-${jobId}.log`;
      link.click();
      URL.revokeObjectURL(link.href);
    } catch (error) {
      toastError(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <>
      <Group gap="md" mb="xs">
        {isLive && (
          <Switch
            label={i18n._("Follow")}
            checked={follows}
            onChange={(event) => setFollows(event.currentTarget.checked)}
          />
        )}
        {begin > newest.oldest && (
          <Button variant="default" size="xs" onClick={() => void load()}>
            {i18n._("Load earlier lines")}
          </Button>
        )}
        <Button
          variant="default"
          size="xs"
          leftSection={<IconDownload size={14} aria-hidden />}
          onClick={() => void download()}
        >
          {i18n._("Download log")}
        </Button>
        {newest.oldest > 0 && (
          <Text size="xs" c="dimmed">
            {i18n._("The last 1,000,000 characters are kept.")}
          </Text>
        )}
      </Group>
      <pre
        ref={box}
        className={styles.log}
        role="log"
        aria-label={i18n._("Log")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keys too
        tabIndex={0}
        onWheel={(event) => event.deltaY < 0 && setFollows(false)}
      >
        {text}
      </pre>
    </>
  );
}
