import { useLingui } from "@lingui/react";
import { Button, Code, Group, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { encode } from "uqr";
import { callAuthFlow } from "../../shared/api/auth-flows";
import { ConfirmButton } from "../../shared/ui/confirm-button";
import { CopyButton } from "../../shared/ui/copy-button";
import { ErrorAlert, toast } from "../../shared/ui/feedback";
import { moment } from "../../shared/ui/numbers";
import { Factors } from "./factors";
import { useReauthenticated } from "./reauthentication";
import type { Factor } from "./security-tab";

interface Setup {
  secret: string;
  totp_url: string;
}

/** Codes from an app on the person's phone. */
export function AuthenticatorApp({
  factor,
  onChange,
}: {
  factor: Factor | undefined;
  onChange: () => unknown;
}) {
  const { i18n } = useLingui();
  const [setup, setSetup] = useState<Setup | null>(null);
  const begin = useReauthenticated(
    async () => {
      const answer = await callAuthFlow("GET", "factors/totp", undefined, [404]);
      setSetup(answer.meta as unknown as Setup);
    },
    () => undefined,
  );
  const confirm = useReauthenticated(
    (code: string) => callAuthFlow("POST", "factors/totp", { code }),
    () => {
      setSetup(null);
      toast(i18n, i18n._("Authenticator app added."));
      return onChange();
    },
  );
  const remove = useReauthenticated(
    () => callAuthFlow("DELETE", "factors/totp", {}),
    () => {
      toast(i18n, i18n._("Authenticator app removed."));
      return onChange();
    },
  );
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    confirm.run(String(new FormData(event.currentTarget).get("code")).replaceAll(" ", ""));
  };
  return (
    <Factors
      title={i18n._("Authenticator app")}
      note={
        factor
          ? i18n._("Active since {when}.", {
              when: moment(new Date(factor.created_at * 1000).toISOString(), i18n.locale),
            })
          : i18n._("Shows a new six-digit code every 30 seconds.")
      }
      actions={
        factor ? (
          <ConfirmButton
            title={i18n._("Remove the authenticator app?")}
            consequence={i18n._("Sign-in no longer asks for a code from the app.")}
            confirm={i18n._("Remove")}
            onConfirm={() => remove.run()}
          >
            {i18n._("Remove…")}
          </ConfirmButton>
        ) : (
          !setup && (
            <Button variant="default" onClick={() => begin.run()} loading={begin.isPending}>
              {i18n._("Set up authenticator app")}
            </Button>
          )
        )
      }
    >
      {setup && !factor && (
        <form onSubmit={send}>
          <Stack gap="sm" maw={420}>
            <Text size="sm">
              {i18n._("Scan the QR code with your authenticator app, then enter the code that it shows.")}
            </Text>
            <QrCode text={setup.totp_url} />
            <Group gap="xs">
              <Text size="sm">{i18n._("Setup key")}</Text>
              <Code data-testid="setup-key">{setup.secret}</Code>
              <CopyButton text={setup.secret} label={i18n._("Copy setup key")} />
            </Group>
            <TextInput
              label={i18n._("Two-factor code")}
              name="code"
              inputMode="numeric"
              autoComplete="one-time-code"
              maxLength={7}
              required
            />
            {confirm.error && <ErrorAlert error={confirm.error} />}
            <Group>
              <Button type="submit" loading={confirm.isPending}>
                {i18n._("Turn on 2FA")}
              </Button>
              <Button variant="default" onClick={() => setSetup(null)}>
                {i18n._("Cancel")}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
      {(begin.error ?? remove.error) && <ErrorAlert error={begin.error ?? remove.error} />}
      {begin.dialog ?? confirm.dialog ?? remove.dialog}
    </Factors>
  );
}

/** A QR code, dark on light in both themes: cameras expect that. */
function QrCode({ text }: { text: string }) {
  const { i18n } = useLingui();
  const { data, size } = encode(text, { border: 2 });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return (
    <svg
      width={180}
      height={180}
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={i18n._("QR code of the setup key")}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
