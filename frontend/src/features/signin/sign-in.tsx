import { useLingui } from "@lingui/react";
import { Alert, Anchor, Button, Divider, PasswordInput, Stack, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconBuilding, IconFingerprint } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { Link } from "react-router";
import { canUsePasskeys, showPasskey } from "../../shared/api/auth-flows";
import { ApiError, api, unwrap } from "../../shared/api/client";
import { ErrorAlert } from "../../shared/ui/feedback";
import { Entrance } from "./entrance";
import { SingleSignOn } from "./single-sign-on";
import { TwoFactor } from "./two-factor";

/** The way in: password, then perhaps a two-factor code; or a passkey; or the organization's single sign-on. */
export function SignIn() {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const [factors, setFactors] = useState<string[] | null>(null);
  const [isSingleSignOn, setSingleSignOn] = useState(false);
  useEffect(() => {
    void api.GET("/api/v1/session/"); // sets the CSRF cookie
  }, []);
  const inside = () => queries.invalidateQueries({ queryKey: ["me"] });
  const enter = useMutation({
    mutationFn: (input: { email: string; password: string }) =>
      unwrap(api.POST("/api/v1/session/", { body: input })),
    onSuccess: inside,
    onError: (error) => {
      if (error instanceof ApiError && error.code === "second_factor_required")
        setFactors((error.extra.factors as string[] | undefined) ?? ["totp"]);
    },
  });
  const passkey = useMutation({ mutationFn: () => showPasskey("passkey"), onSuccess: inside });
  if (factors !== null) {
    const restart = () => {
      setFactors(null);
      enter.reset();
    };
    return <TwoFactor factors={factors} onSignedIn={inside} onRestart={restart} />;
  }
  if (isSingleSignOn) return <SingleSignOn onBack={() => setSingleSignOn(false)} />;
  const reasons: Record<string, string> = {
    unknown: i18n._("Your account is not a member of this organization. Ask an admin to invite you."),
    unverified: i18n._("Your identity provider has not verified your e-mail address."),
    failed: i18n._("Single sign-on failed. Try again."),
  };
  const reason = reasons[new URLSearchParams(location.search).get("sign-in") ?? ""];
  return (
    <Entrance title={i18n._("Sign in")}>
      {reason && (
        <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />}>
          {reason}
        </Alert>
      )}
      <form
        onSubmit={(event: FormEvent<HTMLFormElement>) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          enter.mutate({ email: String(form.get("email")), password: String(form.get("password")) });
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
          <PasswordInput
            label={i18n._("Password")}
            name="password"
            autoComplete="current-password"
            required
            visibilityToggleButtonProps={{ "aria-label": i18n._("Show characters") }}
          />
          {enter.error && <ErrorAlert error={enter.error} />}
          <Button type="submit" fullWidth loading={enter.isPending}>
            {i18n._("Sign in")}
          </Button>
          <Anchor component={Link} to="/password-reset" size="sm" ta="center">
            {i18n._("Forgot password?")}
          </Anchor>
        </Stack>
      </form>
      <Divider label={i18n._("or")} labelPosition="center" />
      {canUsePasskeys() && (
        <Button
          variant="default"
          fullWidth
          leftSection={<IconFingerprint size={18} aria-hidden />}
          onClick={() => passkey.mutate()}
          loading={passkey.isPending}
        >
          {i18n._("Sign in with a passkey")}
        </Button>
      )}
      {passkey.error && <ErrorAlert error={passkey.error} />}
      <Button
        variant="default"
        fullWidth
        leftSection={<IconBuilding size={18} aria-hidden />}
        onClick={() => setSingleSignOn(true)}
      >
        {i18n._("Sign in with SSO")}
      </Button>
    </Entrance>
  );
}
