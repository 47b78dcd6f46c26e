import { useLingui } from "@lingui/react";
import { Avatar, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import type { FormEvent } from "react";
import { useChangeMe } from "../../shared/api/change-me";
import { useMe } from "../../shared/api/session";
import { ErrorAlert, toast } from "../../shared/ui/feedback";
import { Section } from "../../shared/ui/section";

/** Who the person is here. Address and role are an admin's to change. */
export function ProfileTab() {
  const { i18n } = useLingui();
  const me = useMe();
  const change = useChangeMe();
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name")).trim();
    change.mutate({ name }, { onSuccess: () => toast(i18n, i18n._("Profile saved.")) });
  };
  return (
    <Section title={i18n._("Profile")}>
      <form onSubmit={send}>
        <Stack gap="md" maw={420}>
          <Group>
            <Avatar name={me.name} size={56} color="blue" aria-hidden />
            <div>
              <Text fw={600}>{me.name}</Text>
              <Text size="sm" c="dimmed">
                {me.email}
              </Text>
            </div>
          </Group>
          <TextInput label={i18n._("Name")} name="name" defaultValue={me.name} required maxLength={120} />
          <TextInput
            label={i18n._("E-mail address")}
            value={me.email}
            readOnly
            description={i18n._("Your sign-in name. It cannot be changed.")}
          />
          <TextInput label={i18n._("Organization")} value={me.organization} readOnly />
          {change.error && <ErrorAlert error={change.error} />}
          <Group>
            <Button type="submit" loading={change.isPending}>
              {i18n._("Save profile")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
