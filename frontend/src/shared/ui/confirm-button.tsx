import { useLingui } from "@lingui/react";
import { Button, type ButtonProps, Group, Modal, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";

/**
 * A button that asks before something is lost. The dialog names what happens; Cancel has the focus, and is Escape's.
 * @param title what is asked, such as "Delete team “Night shift”?"
 * @param confirm the verb of the button that does it, such as "Delete team"
 */
export function ConfirmButton({
  title,
  consequence,
  confirm,
  onConfirm,
  isDestructive = true,
  children,
  ...button
}: {
  title: string;
  consequence?: ReactNode;
  confirm: string;
  onConfirm: () => void;
  isDestructive?: boolean;
  children: ReactNode;
} & ButtonProps) {
  const [isOpen, dialog] = useDisclosure(false);
  return (
    <>
      <Button variant="default" {...button} onClick={dialog.open}>
        {children}
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        close={dialog.close}
        title={title}
        consequence={consequence}
        confirm={confirm}
        onConfirm={onConfirm}
        isDestructive={isDestructive}
      />
    </>
  );
}

export function ConfirmDialog({
  isOpen,
  close,
  title,
  consequence,
  confirm,
  onConfirm,
  isDestructive = true,
}: {
  isOpen: boolean;
  close: () => void;
  title: string;
  consequence?: ReactNode;
  confirm: string;
  onConfirm: () => void;
  isDestructive?: boolean;
}) {
  const { i18n } = useLingui();
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={title}
      role={isOpen ? "alertdialog" : undefined}
      aria-label={title}
      withCloseButton={false}
    >
      {consequence && <Text size="sm">{consequence}</Text>}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" data-autofocus onClick={close}>
          {i18n._("Cancel")}
        </Button>
        <Button
          color={isDestructive ? "red" : undefined}
          onClick={() => {
            close();
            onConfirm();
          }}
        >
          {confirm}
        </Button>
      </Group>
    </Modal>
  );
}
