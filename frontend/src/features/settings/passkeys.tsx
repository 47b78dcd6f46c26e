import { useLingui } from "@lingui/react";
import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { addPasskey, callAuthFlow, canUsePasskeys } from "../../shared/api/auth-flows";
import { ConfirmButton } from "../../shared/ui/confirm-button";
import { ErrorAlert, toast } from "../../shared/ui/feedback";
import { moment } from "../../shared/ui/numbers";
import { Factors } from "./factors";
import { useReauthenticated } from "./reauthentication";
import type { Factor } from "./security-tab";

/** Devices that sign the person in without a password. */
export function Passkeys({ rows, onChange }: { rows: Factor[]; onChange: () => unknown }) {
  const { i18n } = useLingui();
  const [name, setName] = useState("");
  const add = useReauthenticated(
    (name: string) => addPasskey(name),
    () => {
      setName("");
      toast(i18n, i18n._("Passkey added."));
      return onChange();
    },
  );
  const remove = useReauthenticated(
    (id: number) => callAuthFlow("DELETE", "factors/passkeys", { authenticators: [id] }),
    () => {
      toast(i18n, i18n._("Passkey removed."));
      return onChange();
    },
  );
  return (
    <Factors
      title={i18n._("Passkeys")}
      note={
        canUsePasskeys()
          ? i18n._("Sign in with your fingerprint, face or device PIN.")
          : i18n._("Browsers allow passkeys only over HTTPS with a host name, and on localhost.")
      }
    >
      <Stack gap="xs">
        {rows.map((row) => (
          <Group key={row.id} justify="space-between">
            <div>
              <Text size="sm" fw={600}>
                {row.name}
              </Text>
              <Text size="sm" c="dimmed">
                {row.last_used_at
                  ? i18n._("Last used {when}", {
                      when: moment(new Date(row.last_used_at * 1000).toISOString(), i18n.locale),
                    })
                  : i18n._("Never used")}
              </Text>
            </div>
            <ConfirmButton
              title={i18n._("Remove passkey {name}?", { name: row.name ?? "" })}
              consequence={i18n._("You can no longer sign in with it.")}
              confirm={i18n._("Remove")}
              onConfirm={() => remove.run(row.id ?? 0)}
            >
              {i18n._("Remove…")}
            </ConfirmButton>
          </Group>
        ))}
        {canUsePasskeys() && (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              add.run(name);
            }}
          >
            <Group align="flex-end" gap="xs">
              <TextInput
                label={i18n._("Device name")}
                value={name}
                onChange={(event) => setName(event.currentTarget.value)}
                required
                maxLength={100}
              />
              <Button type="submit" variant="default" loading={add.isPending}>
                {i18n._("Add passkey")}
              </Button>
            </Group>
          </form>
        )}
        {(add.error ?? remove.error) && <ErrorAlert error={add.error ?? remove.error} />}
      </Stack>
      {add.dialog ?? remove.dialog}
    </Factors>
  );
}
