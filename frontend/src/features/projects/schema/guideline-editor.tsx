import { useLingui } from "@lingui/react";
import { Button, FileButton, SimpleGrid, Text, Textarea } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconPhotoPlus } from "@tabler/icons-react";
import { type ClipboardEvent, type DragEvent, useRef, useState } from "react";
import { ErrorAlert } from "../../../shared/ui/feedback";
import { Prose } from "../../../shared/ui/prose";
import styles from "./guideline-editor.module.css";

const PICTURES = "image/png,image/jpeg,image/webp,image/gif";

/**
 * Guidelines as Markdown, with what annotators will see beside it. With `upload`, pictures are added by choosing,
 * pasting or dropping them; it gives the address of each.
 */
export function GuidelineEditor({
  value,
  onChange,
  upload,
}: {
  value: string;
  onChange: (value: string) => void;
  upload?: (file: File) => Promise<string>;
}) {
  const { i18n } = useLingui();
  const [shown] = useDebouncedValue(value, 200);
  const [isSending, setSending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const text = useRef(value);
  text.current = value;
  const add = async (files: Iterable<File>) => {
    const pictures = [...files].filter((file) => file.type.startsWith("image/"));
    if (!upload || pictures.length === 0) return;
    const area = field.current;
    const at = area && document.activeElement === area ? area.selectionEnd : text.current.length;
    setSending(true);
    setError(null);
    try {
      const marks: string[] = [];
      for (const file of pictures) {
        const name = file.name.replace(/\.\w+$/, "").replace(/[[\]]/g, "") || i18n._("Picture");
        marks.push(`![${name}](${await upload(file)})`);
      }
      const before = text.current.slice(0, at);
      const gap = before === "" || before.endsWith("\n") ? "" : "\n\n";
      onChange(`${before}${gap}${marks.join("\n\n")}\n${text.current.slice(at)}`);
    } catch (reason) {
      setError(reason);
    } finally {
      setSending(false);
    }
  };
  const take = (event: ClipboardEvent | DragEvent, files: FileList | undefined) => {
    if (!upload || ![...(files ?? [])].some((file) => file.type.startsWith("image/"))) return;
    event.preventDefault();
    void add(files ?? []);
  };
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
      <div>
        <Textarea
          ref={field}
          label={i18n._("Guidelines (Markdown)")}
          description={
            upload
              ? i18n._("Paste or drop pictures into the text.")
              : i18n._("Pictures can be added after the project is created.")
          }
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
          onPaste={(event) => take(event, event.clipboardData.files)}
          onDrop={(event) => take(event, event.dataTransfer.files)}
          minRows={10}
          maxRows={30}
          maxLength={100_000}
        />
        {error !== null && <ErrorAlert error={error} />}
        {upload && (
          <FileButton multiple accept={PICTURES} onChange={(files) => void add(files)}>
            {(props) => (
              <Button
                {...props}
                variant="default"
                mt="xs"
                loading={isSending}
                leftSection={<IconPhotoPlus size={16} aria-hidden />}
              >
                {i18n._("Add pictures")}
              </Button>
            )}
          </FileButton>
        )}
      </div>
      <section aria-label={i18n._("Preview")} className={styles.preview}>
        <Text size="xs" c="dimmed" mb={4}>
          {i18n._("Preview")}
        </Text>
        {shown.trim() ? (
          <Prose>{shown}</Prose>
        ) : (
          <Text size="sm" c="dimmed">
            {i18n._("Write what to label, what to leave out, and what to do in doubt.")}
          </Text>
        )}
      </section>
    </SimpleGrid>
  );
}
