import { useLingui } from "@lingui/react";
import { Button, Code, Group, PasswordInput, Select, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, ifMatch, type Schemas, unwrap } from "../../shared/api/client";
import { ConfirmButton } from "../../shared/ui/confirm-button";
import { CopyButton } from "../../shared/ui/copy-button";
import { ErrorAlert, toast } from "../../shared/ui/feedback";
import { Section } from "../../shared/ui/section";
import { useRoles } from "./roles";

type Rules = Schemas["SecurityOut"];

/** The organization's own OpenID Connect provider. */
export function SingleSignOnSection({ rules, onChange }: { rules: Rules; onChange: (fresh: Rules) => void }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const { roles, titleOf } = useRoles();
  const provider = rules.single_sign_on;
  const [defaultRole, setDefaultRole] = useState(provider?.default_role ?? "");
  const save = useMutation({
    mutationFn: (body: Schemas["SingleSignOnIn"]) =>
      unwrap(api.PUT("/api/v1/organization/single-sign-on/", { params: { header: ifMatch(rules) }, body })),
    onSuccess: (fresh) => {
      onChange(fresh);
      toast(i18n, i18n._("Identity provider saved."));
    },
  });
  const remove = useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/v1/organization/single-sign-on/")),
    onSuccess: () => {
      toast(i18n, i18n._("Identity provider removed."));
      return queries.invalidateQueries({ queryKey: ["security"] });
    },
  });
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    save.mutate({
      issuer: String(form.get("issuer")).trim(),
      client_id: String(form.get("client")).trim(),
      secret: String(form.get("secret")),
      default_role: defaultRole,
    });
  };
  const error = save.error ?? remove.error;
  return (
    <Section
      title={i18n._("Single sign-on (OpenID Connect)")}
      note={i18n._("Members choose “Sign in with SSO” and enter the organization ID.")}
    >
      <form onSubmit={send} key={provider?.issuer ?? "none"}>
        <Stack gap="md" maw={560}>
          <Fact title={i18n._("Organization ID")} text={rules.slug} />
          <Fact title={i18n._("Redirect URL to allow at the provider")} text={rules.callback_url} />
          <TextInput
            label={i18n._("Issuer")}
            description={i18n._("URL without /.well-known/…; it is checked before it is saved.")}
            name="issuer"
            type="url"
            required
            maxLength={300}
            defaultValue={provider?.issuer ?? ""}
          />
          <TextInput
            label={i18n._("Client ID")}
            name="client"
            required
            maxLength={200}
            defaultValue={provider?.client_id ?? ""}
            autoComplete="off"
          />
          <PasswordInput
            label={i18n._("Client secret")}
            description={provider ? i18n._("Leave empty to keep the stored secret.") : undefined}
            name="secret"
            required={!provider}
            maxLength={500}
            autoComplete="off"
            visibilityToggleButtonProps={{ "aria-label": i18n._("Show characters") }}
          />
          <Select
            label={i18n._("Users not yet invited")}
            data={[
              { value: "", label: i18n._("Deny access") },
              ...roles.map(({ key }) => ({
                value: key,
                label: i18n._("Auto-provision as {role}", { role: titleOf(key) }),
              })),
            ]}
            value={defaultRole}
            onChange={(role) => setDefaultRole(role ?? "")}
            allowDeselect={false}
          />
          {error && <ErrorAlert error={error} />}
          <Group>
            <Button type="submit" loading={save.isPending}>
              {i18n._("Save provider")}
            </Button>
            {provider && (
              <ConfirmButton
                title={i18n._("Remove the identity provider?")}
                consequence={i18n._("SSO users will need an invitation link.")}
                confirm={i18n._("Remove")}
                onConfirm={() => remove.mutate()}
              >
                {i18n._("Remove…")}
              </ConfirmButton>
            )}
          </Group>
        </Stack>
      </form>
    </Section>
  );
}

function Fact({ title, text }: { title: string; text: string }) {
  const { i18n } = useLingui();
  return (
    <div>
      <Text size="sm" fw={500}>
        {title}
      </Text>
      <Group gap="xs">
        <Code style={{ overflowWrap: "anywhere" }}>{text}</Code>
        <CopyButton text={text} label={i18n._("Copy")} />
      </Group>
    </div>
  );
}
