import { useLingui } from "@lingui/react";
import { Button, Group, PasswordInput, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { callAuthFlow } from "../../shared/api/auth-flows";
import { ErrorAlert, toast } from "../../shared/ui/feedback";
import { Section } from "../../shared/ui/section";

/** A new password, given the current one. */
export function PasswordSection() {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: (body: { current_password: string; new_password: string }) =>
      callAuthFlow("POST", "password", body),
  });
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    change.mutate(
      { current_password: String(data.get("current")), new_password: String(data.get("new")) },
      {
        onSuccess: () => {
          form.reset();
          toast(i18n, i18n._("Password changed. Other sessions are signed out."));
          void queries.invalidateQueries({ queryKey: ["sessions"] });
        },
      },
    );
  };
  const toggle = { "aria-label": i18n._("Show characters") };
  return (
    <Section title={i18n._("Password")} note={i18n._("Changing it signs out all other sessions.")}>
      <form onSubmit={send}>
        <Stack gap="sm" maw={420}>
          <PasswordInput
            label={i18n._("Current password")}
            name="current"
            autoComplete="current-password"
            required
            visibilityToggleButtonProps={toggle}
          />
          <PasswordInput
            label={i18n._("New password")}
            description={i18n._("At least 12 characters.")}
            name="new"
            autoComplete="new-password"
            minLength={12}
            maxLength={256}
            required
            visibilityToggleButtonProps={toggle}
          />
          {change.error && <ErrorAlert error={change.error} />}
          <Group>
            <Button type="submit" loading={change.isPending}>
              {i18n._("Change password")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
