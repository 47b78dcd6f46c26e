import { useLingui } from "@lingui/react";
import { Anchor, Button, Stack, Text, TextInput } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useRef } from "react";
import { callAuthFlow, canUsePasskeys, showPasskey } from "../../shared/api/auth-flows";
import { ErrorAlert } from "../../shared/ui/feedback";
import { useFirstFocus } from "../../shared/ui/first-focus";
import { Entrance } from "./entrance";

/** The second step at sign-in: a code, or a passkey. */
export function TwoFactor({
  factors,
  onSignedIn,
  onRestart,
}: {
  factors: string[];
  onSignedIn: () => void;
  onRestart: () => void;
}) {
  const { i18n } = useLingui();
  const code = useMutation({
    mutationFn: (code: string) => callAuthFlow("POST", "2fa", { code }),
    onSuccess: onSignedIn,
  });
  const passkey = useMutation({ mutationFn: () => showPasskey("2fa/passkey"), onSuccess: onSignedIn });
  const field = useRef<HTMLInputElement>(null);
  useFirstFocus(field);
  return (
    <Entrance title={i18n._("Two-factor authentication (2FA)")}>
      {(factors.includes("totp") || factors.includes("recovery_codes")) && (
        <form
          onSubmit={(event: FormEvent<HTMLFormElement>) => {
            event.preventDefault();
            code.mutate(String(new FormData(event.currentTarget).get("code")).replaceAll(" ", ""));
          }}
        >
          <Stack gap="sm">
            <TextInput
              ref={field}
              label={i18n._("Two-factor code")}
              description={i18n._("Six digits from your authenticator app, or a recovery code.")}
              name="code"
              inputMode="numeric"
              autoComplete="one-time-code"
              required
              maxLength={16}
            />
            {code.error && <ErrorAlert error={code.error} />}
            <Button type="submit" fullWidth loading={code.isPending}>
              {i18n._("Sign in")}
            </Button>
          </Stack>
        </form>
      )}
      {factors.includes("webauthn") && canUsePasskeys() && (
        <Button
          variant="default"
          fullWidth
          leftSection={<IconFingerprint size={18} aria-hidden />}
          onClick={() => passkey.mutate()}
          loading={passkey.isPending}
        >
          {i18n._("Use a passkey")}
        </Button>
      )}
      {passkey.error && <ErrorAlert error={passkey.error} />}
      <Text size="sm" c="dimmed">
        {i18n._(
          "Lost your device and your recovery codes? An admin of your organization can reset your 2FA.",
        )}
      </Text>
      <Anchor component="button" type="button" size="sm" onClick={onRestart}>
        {i18n._("Back to sign-in")}
      </Anchor>
    </Entrance>
  );
}
