import { useLingui } from "@lingui/react";
import { SimpleGrid, Text, Textarea } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { Prose } from "../../../shared/ui/prose";
import styles from "./guideline-editor.module.css";

/** Guidelines as Markdown, with what annotators will see beside it. Pictures are given by their address. */
export function GuidelineEditor({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { i18n } = useLingui();
  const [shown] = useDebouncedValue(value, 200);
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
      <Textarea
        label={i18n._("Guidelines (Markdown)")}
        description={i18n._("Pictures: ![description](https://…), or an image of a dataset by its address.")}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        minRows={10}
        maxRows={30}
        maxLength={100_000}
      />
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
