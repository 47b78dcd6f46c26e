import { useLingui } from "@lingui/react";
import { Button, Code, Group, Modal, Text } from "@mantine/core";
import { CopyButton } from "../../shared/ui/copy-button";

export interface InvitationShown {
  name: string;
  url: string;
  isEmailed: boolean;
  isReset: boolean;
}

/** The link by which a member sets a password, shown this once. */
export function InvitationLink({ invitation, close }: { invitation: InvitationShown; close: () => void }) {
  const { i18n } = useLingui();
  const { name, url, isEmailed, isReset } = invitation;
  return (
    <Modal
      opened
      onClose={close}
      title={
        isReset
          ? i18n._("Password reset link for {name} (single use, expires in 3 days)", { name })
          : i18n._("Invitation link for {name} (single use, expires in 3 days)", { name })
      }
      withCloseButton={false}
      size="lg"
    >
      <Text size="sm" mb="sm" role="status">
        {isEmailed
          ? i18n._("It was also sent to {name} by e-mail.", { name })
          : i18n._("Copy it and send it to {name}: this server sends no e-mail. It is not shown again.", {
              name,
            })}
      </Text>
      <Code
        block
        tabIndex={0}
        style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}
        data-testid="invitation"
      >
        {url}
      </Code>
      <Group justify="flex-end" mt="lg">
        <CopyButton text={url} label={i18n._("Copy link")} size="sm" />
        <Button onClick={close}>{i18n._("Done")}</Button>
      </Group>
    </Modal>
  );
}
