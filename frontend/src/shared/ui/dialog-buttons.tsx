import { useLingui } from "@lingui/react";
import { Button, Group } from "@mantine/core";

/** The end of a form in a dialog: Cancel, then what the form does. */
export function DialogButtons({
  close,
  isPending,
  isDisabled,
  mt,
  children,
}: {
  close: () => void;
  isPending: boolean;
  isDisabled?: boolean;
  /** Space above, where the form does not stack its parts. */
  mt?: string;
  /** A verb and its object, such as "Create team". */
  children: string;
}) {
  const { i18n } = useLingui();
  return (
    <Group justify="flex-end" mt={mt}>
      <Button variant="default" onClick={close}>
        {i18n._("Cancel")}
      </Button>
      <Button type="submit" loading={isPending} disabled={isDisabled}>
        {children}
      </Button>
    </Group>
  );
}
