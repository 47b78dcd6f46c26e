import { useLingui } from "@lingui/react";
import { Button, Group, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";

/**
 * A field and a button below rows that have names: Enter or the button adds one.
 * @param add gets what was typed; false leaves it in the field.
 */
export function AddByName({
  label,
  button,
  add,
  isWide = false,
}: {
  label: string;
  button: string;
  add: (text: string) => boolean;
  isWide?: boolean;
}) {
  const { i18n } = useLingui();
  const [text, setText] = useState("");
  const submit = () => {
    if (add(text)) setText("");
  };
  return (
    <Group mt="xs" gap="xs" align="end">
      <TextInput
        flex={isWide ? "1 1 12rem" : undefined}
        maw={isWide ? 320 : undefined}
        label={label}
        placeholder={i18n._("Name, then Enter")}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          submit();
        }}
      />
      <Button
        variant="light"
        leftSection={<IconPlus size={16} aria-hidden />}
        onClick={submit}
        disabled={!text.trim()}
      >
        {button}
      </Button>
    </Group>
  );
}
