import { useLingui } from "@lingui/react";
import { Alert, Anchor, Button, Stack, TextInput } from "@mantine/core";
import { IconMailCheck } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useEffect } from "react";
import { Link } from "react-router";
import { api, unwrap } from "../../shared/api/client";
import { ErrorAlert } from "../../shared/ui/feedback";
import { Entrance } from "./entrance";

/** Asks for a password reset link by e-mail. Whether there is such an account is not told. */
export function PasswordResetPage() {
  const { i18n } = useLingui();
  useEffect(() => {
    void api.GET("/api/v1/session/"); // sets the CSRF cookie
  }, []);
  const request = useMutation({
    mutationFn: (email: string) => unwrap(api.POST("/api/v1/password-reset/", { body: { email } })),
  });
  return (
    <Entrance
      title={i18n._("Reset password")}
      lead={i18n._("You will receive a link for setting a new password by e-mail.")}
    >
      {request.isSuccess ? (
        <Alert role="status" color="green" variant="light" icon={<IconMailCheck aria-hidden />}>
          {i18n._("If {email} has an account, a link is on its way. It works once and expires in 3 days.", {
            email: request.variables,
          })}
        </Alert>
      ) : (
        <form
          onSubmit={(event: FormEvent<HTMLFormElement>) => {
            event.preventDefault();
            request.mutate(String(new FormData(event.currentTarget).get("email")).trim());
          }}
        >
          <Stack gap="sm">
            <TextInput
              label={i18n._("E-mail address")}
              name="email"
              type="email"
              autoComplete="username"
              required
            />
            {request.error && <ErrorAlert error={request.error} />}
            <Button type="submit" fullWidth loading={request.isPending}>
              {i18n._("Send password reset link")}
            </Button>
          </Stack>
        </form>
      )}
      <Anchor component={Link} to="/" size="sm">
        {i18n._("Back to sign-in")}
      </Anchor>
    </Entrance>
  );
}
