import { useLingui } from "@lingui/react";
import { Button, type ButtonProps } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";

/** Copies a text, and says so for two seconds. Where the browser refuses, the text is there to be selected. */
export function CopyButton({ text, label, ...button }: { text: string; label: string } & ButtonProps) {
  const { i18n } = useLingui();
  const clipboard = useClipboard({ timeout: 2000 });
  const Icon = clipboard.copied ? IconCheck : IconCopy;
  return (
    <Button
      variant="default"
      size="compact-sm"
      leftSection={<Icon size={14} aria-hidden />}
      {...button}
      onClick={() => clipboard.copy(text)}
    >
      {clipboard.copied ? i18n._("Copied") : label}
    </Button>
  );
}
