import { useLingui } from "@lingui/react";
import {
  Alert,
  Button,
  Checkbox,
  Code,
  Fieldset,
  Group,
  Modal,
  NumberInput,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMe } from "../../shared/api/session";
import { CopyButton } from "../../shared/ui/copy-button";
import { ErrorAlert } from "../../shared/ui/feedback";
import { scopeGroups } from "./scopes";

const DAYS = 90;

/** Asks for name, scopes and lifetime of a new token, then shows its secret this once. */
export function CreateToken({ close }: { close: () => void }) {
  const { i18n } = useLingui();
  const me = useMe();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [days, setDays] = useState<number | string>(DAYS);
  const [scopes, setScopes] = useState<string[]>([]);
  const create = useMutation({
    mutationFn: (body: Schemas["TokenIn"]) => unwrap(api.POST("/api/v1/tokens/", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["tokens"] }),
  });
  const groups = scopeGroups(i18n)
    .map((group) => ({ ...group, scopes: group.scopes.filter(({ scope }) => me.scopes.includes(scope)) }))
    .filter((group) => group.scopes.length > 0);
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    create.mutate({ name, scopes, days: Number(days) });
  };
  if (create.data)
    return (
      <Modal opened onClose={close} title={i18n._("Token created")} withCloseButton={false} size="lg">
        <Alert color="yellow" variant="light" role="status" mb="md">
          {i18n._("Copy the token now. It is not shown again.")}
        </Alert>
        <Group gap="xs" wrap="nowrap">
          <Code
            block
            style={{ flex: 1, overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}
            data-testid="token"
          >
            {create.data.secret}
          </Code>
          <CopyButton text={create.data.secret} label={i18n._("Copy token")} size="sm" />
        </Group>
        <Group justify="flex-end" mt="lg">
          <Button onClick={close}>{i18n._("Done")}</Button>
        </Group>
      </Modal>
    );
  return (
    <Modal opened onClose={close} title={i18n._("Create token")} size="xl">
      <form onSubmit={send}>
        <Stack gap="md">
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput
              label={i18n._("Description")}
              description={i18n._("Where the token is used, such as “Nightly export”.")}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              required
              maxLength={80}
              data-autofocus
            />
            <NumberInput
              label={i18n._("Expires after (days)")}
              description={i18n._("1 to 3,650. Your organization may set a shorter limit.")}
              value={days}
              onChange={setDays}
              min={1}
              max={3650}
              allowDecimal={false}
              required
            />
          </SimpleGrid>
          <Checkbox.Group
            label={i18n._("Scopes")}
            description={i18n._("Select only what the script needs.")}
            value={scopes}
            onChange={setScopes}
          >
            <Stack gap="sm" mt="xs">
              {groups.map((group) => (
                <Fieldset key={group.title} legend={group.title}>
                  <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="sm">
                    {group.scopes.map(({ scope, title, description }) => (
                      <Checkbox
                        key={scope}
                        value={scope}
                        label={title}
                        description={
                          <>
                            {description} <Code fz={11}>{scope}</Code>
                          </>
                        }
                      />
                    ))}
                  </SimpleGrid>
                </Fieldset>
              ))}
            </Stack>
          </Checkbox.Group>
          {create.error && <ErrorAlert error={create.error} />}
          <Group justify="flex-end">
            <Text size="sm" c="dimmed" mr="auto" role="status">
              {i18n._(
                "{count, plural, =0 {No scopes selected} one {# scope selected} other {# scopes selected}}",
                {
                  count: scopes.length,
                },
              )}
            </Text>
            <Button variant="default" onClick={close}>
              {i18n._("Cancel")}
            </Button>
            <Button type="submit" loading={create.isPending} disabled={scopes.length === 0}>
              {i18n._("Create token")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
