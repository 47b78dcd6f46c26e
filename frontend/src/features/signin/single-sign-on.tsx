import { useLingui } from "@lingui/react";
import { Anchor, Button, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { api, unwrap } from "../../shared/api/client";
import { ErrorAlert } from "../../shared/ui/feedback";
import { Entrance } from "./entrance";

/** Names the organization whose identity provider signs the person in. */
export function SingleSignOn({ onBack }: { onBack: () => void }) {
  const { i18n } = useLingui();
  const start = useMutation({
    mutationFn: (organization: string) =>
      unwrap(api.POST("/api/v1/session/sso/", { body: { organization } })),
    onSuccess: ({ url }) => window.location.assign(url),
  });
  return (
    <Entrance title={i18n._("Sign in with SSO")}>
      <form
        onSubmit={(event: FormEvent<HTMLFormElement>) => {
          event.preventDefault();
          start.mutate(String(new FormData(event.currentTarget).get("organization")).trim().toLowerCase());
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={i18n._("Organization ID")}
            description={i18n._("Letters, digits and hyphens. Your admin knows it.")}
            name="organization"
            required
            pattern="[A-Za-z0-9\-]+"
            maxLength={60}
            data-autofocus
          />
          {start.error && <ErrorAlert error={start.error} />}
          <Button type="submit" fullWidth loading={start.isPending}>
            {i18n._("Continue")}
          </Button>
        </Stack>
      </form>
      <Anchor component="button" type="button" size="sm" onClick={onBack}>
        {i18n._("Back to sign-in")}
      </Anchor>
    </Entrance>
  );
}
