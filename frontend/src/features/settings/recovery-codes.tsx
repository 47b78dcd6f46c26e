import { useLingui } from "@lingui/react";
import { Alert, Button, Code, Text } from "@mantine/core";
import { useState } from "react";
import { callAuthFlow } from "../../shared/api/auth-flows";
import { ConfirmButton } from "../../shared/ui/confirm-button";
import { CopyButton } from "../../shared/ui/copy-button";
import { ErrorAlert } from "../../shared/ui/feedback";
import { Factors } from "./factors";
import { useReauthenticated } from "./reauthentication";

/** Codes for when the device is lost; each works once. */
export function RecoveryCodes({ left, onChange }: { left: number; onChange: () => unknown }) {
  const { i18n } = useLingui();
  const [codes, setCodes] = useState<string[]>([]);
  const create = useReauthenticated(async () => {
    const answer = await callAuthFlow("POST", "factors/codes", {});
    setCodes((answer.data as Record<string, string[]>).unused_codes ?? []);
  }, onChange);
  return (
    <Factors
      title={i18n._("Recovery codes")}
      note={i18n._(
        "For sign-in without your device; each works once. {left, plural, =0 {None left.} one {# code left.} other {# codes left.}}",
        { left },
      )}
      actions={
        left > 0 ? (
          <ConfirmButton
            title={i18n._("Create new recovery codes?")}
            consequence={i18n._("Your current recovery codes stop working.")}
            confirm={i18n._("Create new codes")}
            onConfirm={() => create.run()}
          >
            {i18n._("Create new codes…")}
          </ConfirmButton>
        ) : (
          <Button variant="default" onClick={() => create.run()} loading={create.isPending}>
            {i18n._("Create recovery codes")}
          </Button>
        )
      }
    >
      {codes.length > 0 && (
        <Alert color="yellow" variant="light" role="status" title={i18n._("Save these codes now")}>
          <Text size="sm" mb="xs">
            {i18n._("They are not shown again. Store them apart from your device.")}
          </Text>
          <Code block tabIndex={0} mb="xs" data-testid="recovery-codes">
            {codes.join("\n")}
          </Code>
          <CopyButton text={codes.join("\n")} label={i18n._("Copy codes")} />
        </Alert>
      )}
      {create.error && <ErrorAlert error={create.error} />}
      {create.dialog}
    </Factors>
  );
}
