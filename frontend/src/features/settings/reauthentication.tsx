import { useLingui } from "@lingui/react";
import { Button, Group, Modal, PasswordInput, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import {
  callAuthFlow,
  canUsePasskeys,
  ReauthenticationRequired,
  showPasskey,
} from "../../shared/api/auth-flows";
import { ErrorAlert } from "../../shared/ui/feedback";

/** Runs `work`; where the server asks who is there, a dialog asks for the password and `work` runs again. */
export function useReauthenticated<Given>(work: (input: Given) => Promise<unknown>, onDone: () => unknown) {
  const [waiting, setWaiting] = useState<{ input: Given } | null>(null);
  const run = useMutation({
    mutationFn: work,
    onSuccess: () => {
      setWaiting(null);
      return onDone();
    },
    onError: (error, input) => {
      if (error instanceof ReauthenticationRequired) setWaiting({ input: input });
    },
  });
  const dialog: ReactNode = waiting && (
    <Reauthentication onConfirmed={() => run.mutate(waiting.input)} close={() => setWaiting(null)} />
  );
  const error = run.error && !(run.error instanceof ReauthenticationRequired) ? run.error : null;
  return { run: run.mutate, isPending: run.isPending, dialog, error };
}

function Reauthentication({ onConfirmed, close }: { onConfirmed: () => void; close: () => void }) {
  const { i18n } = useLingui();
  const password = useMutation({
    mutationFn: (password: string) => callAuthFlow("POST", "reauthenticate", { password }),
    onSuccess: onConfirmed,
  });
  const passkey = useMutation({
    mutationFn: () => showPasskey("reauthenticate/passkey"),
    onSuccess: onConfirmed,
  });
  const error = password.error ?? passkey.error;
  return (
    <Modal opened onClose={close} title={i18n._("Confirm your password")} withCloseButton={false}>
      <form
        onSubmit={(event: FormEvent<HTMLFormElement>) => {
          event.preventDefault();
          event.stopPropagation();
          password.mutate(String(new FormData(event.currentTarget).get("confirmed-password")));
        }}
      >
        <Stack gap="sm">
          <Text size="sm">{i18n._("This change needs your password once more.")}</Text>
          <PasswordInput
            label={i18n._("Current password")}
            name="confirmed-password"
            autoComplete="current-password"
            required
            data-autofocus
            visibilityToggleButtonProps={{ "aria-label": i18n._("Show characters") }}
          />
          {error && <ErrorAlert error={error} />}
          <Group justify="flex-end">
            {canUsePasskeys() && (
              <Button variant="subtle" onClick={() => passkey.mutate()} loading={passkey.isPending}>
                {i18n._("Use a passkey")}
              </Button>
            )}
            <Button variant="default" onClick={close}>
              {i18n._("Cancel")}
            </Button>
            <Button type="submit" loading={password.isPending}>
              {i18n._("Continue")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
