import { useLingui } from "@lingui/react";
import { Anchor, Button, PasswordInput, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { ApiError, api, unwrap } from "../../shared/api/client";
import { ME } from "../../shared/api/session";
import { ErrorAlert } from "../../shared/ui/feedback";
import { Entrance } from "./entrance";

/** Where an invitation or a password reset link leads: a person chooses the password for signing in from now on. */
export function InvitationPage() {
  const { i18n } = useLingui();
  const { uid = "", token = "" } = useParams();
  const navigate = useNavigate();
  const queries = useQueryClient();
  useEffect(() => {
    void api.GET("/api/v1/session/");
  }, []);
  const choose = useMutation({
    mutationFn: (password: string) =>
      unwrap(api.POST("/api/v1/password-reset/confirm/", { body: { uid, token, password } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["me"] });
      navigate("/", { replace: true });
    },
  });
  const me = useQuery({ ...ME, retry: false });
  const accept = useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/me/invitations/accept/", { body: { uid, token } })),
    onSuccess: () => {
      queries.clear(); // what is there is of the organization before
      window.location.assign("/");
    },
  });
  const hasAccount = choose.error instanceof ApiError && choose.error.code === "account_exists";
  const isExpired = choose.error instanceof ApiError && choose.error.code === "invitation_invalid";
  return (
    <Entrance title={i18n._("Set password")} lead={i18n._("Then sign in with your e-mail address.")}>
      {me.data && (
        <Stack gap="sm" mb="lg">
          <Text size="sm">{i18n._("You are signed in as {email}.", { email: me.data.email })}</Text>
          {accept.error && <ErrorAlert error={accept.error} />}
          <Button variant="default" fullWidth loading={accept.isPending} onClick={() => accept.mutate()}>
            {i18n._("Accept invitation with this account")}
          </Button>
        </Stack>
      )}
      <form
        onSubmit={(event: FormEvent<HTMLFormElement>) => {
          event.preventDefault();
          choose.mutate(String(new FormData(event.currentTarget).get("password")));
        }}
      >
        <Stack gap="sm">
          <PasswordInput
            label={i18n._("New password")}
            description={i18n._("At least 12 characters. A sentence or a generated password works well.")}
            name="password"
            autoComplete="new-password"
            minLength={12}
            maxLength={256}
            required
            visibilityToggleButtonProps={{ "aria-label": i18n._("Show characters") }}
          />
          {choose.error && <ErrorAlert error={choose.error} />}
          <Button type="submit" fullWidth loading={choose.isPending}>
            {i18n._("Set password")}
          </Button>
          {hasAccount && (
            <Anchor component={Link} to="/" size="sm" ta="center">
              {i18n._("Sign in")}
            </Anchor>
          )}
          {isExpired && (
            <Anchor component={Link} to="/password-reset" size="sm" ta="center">
              {i18n._("Request a new link")}
            </Anchor>
          )}
        </Stack>
      </form>
    </Entrance>
  );
}
