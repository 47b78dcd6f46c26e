import { useLingui } from "@lingui/react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { callAuthFlow, canUsePasskeys, showPasskey } from "../../shared/api/auth-flows";
import { ApiError, api, unwrap } from "../../shared/api/client";
import { activate } from "../../shared/i18n";
import { useFirstFocus } from "../../shared/ui/first-focus";
import { Failure, Field } from "../../shared/ui/parts";

/** The way in: password, then perhaps a second factor; or a passkey; or the organization's own sign-in. */
export function SignIn() {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const [factors, setFactors] = useState<string[] | null>(null);
  useEffect(() => {
    document.title = `${i18n._("Sign in")} · Plateau`;
    void api.GET("/api/v1/session/"); // sets the CSRF cookie
  }, [i18n]);
  const inside = () => queries.invalidateQueries({ queryKey: ["me"] });
  const enter = useMutation({
    mutationFn: (given: { email: string; password: string }) =>
      unwrap(api.POST("/api/v1/session/", { body: given })),
    onSuccess: inside,
    onError: (error) => {
      if (error instanceof ApiError && error.code === "second_factor_required")
        setFactors((error.extra.factors as string[] | undefined) ?? ["totp"]);
    },
  });
  const passkey = useMutation({ mutationFn: () => showPasskey("passkey"), onSuccess: inside });
  const elsewhere = useMutation({
    mutationFn: (organization: string) =>
      unwrap(api.POST("/api/v1/session/sso/", { body: { organization } })),
    onSuccess: ({ url }) => window.location.assign(url),
  });
  if (factors !== null)
    return <SecondFactor factors={factors} onIn={inside} onBack={() => setFactors(null)} />;
  const reasons: Record<string, string> = {
    unknown: i18n._("Your organization's sign-in knows you, but you are no member here. Ask an admin."),
    unverified: i18n._("Your organization's sign-in has not verified your e-mail address."),
    failed: i18n._("Your organization's sign-in did not work. Try again."),
  };
  const reason = reasons[new URLSearchParams(location.search).get("sign-in") ?? ""];
  return (
    <Frame>
      <form
        onSubmit={(event: FormEvent<HTMLFormElement>) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          enter.mutate({ email: String(form.get("email")), password: String(form.get("password")) });
        }}
      >
        {reason && (
          <p className="failure" role="alert">
            {reason}
          </p>
        )}
        <Field label={i18n._("E-mail address")}>
          <input name="email" type="email" autoComplete="username" required />
        </Field>
        <Field label={i18n._("Password")}>
          <input name="password" type="password" autoComplete="current-password" required />
        </Field>
        {enter.error && <Failure error={enter.error} />}
        <button type="submit" className="primary" disabled={enter.isPending}>
          {enter.isPending ? i18n._("Signing in…") : i18n._("Sign in")}
        </button>
      </form>
      {canUsePasskeys() && (
        <button type="button" onClick={() => passkey.mutate()} disabled={passkey.isPending}>
          {i18n._("Sign in with a passkey")}
        </button>
      )}
      {passkey.error && <Failure error={passkey.error} />}
      <details>
        <summary>{i18n._("By my organization's own sign-in")}</summary>
        <form
          onSubmit={(event: FormEvent<HTMLFormElement>) => {
            event.preventDefault();
            elsewhere.mutate(
              String(new FormData(event.currentTarget).get("organization")).trim().toLowerCase(),
            );
          }}
        >
          <Field
            label={i18n._("Its short name")}
            hint={i18n._("Your admin knows it: letters, digits and hyphens.")}
          >
            <input name="organization" required pattern="[A-Za-z0-9\-]+" maxLength={60} />
          </Field>
          {elsewhere.error && <Failure error={elsewhere.error} />}
          <button type="submit" disabled={elsewhere.isPending}>
            {i18n._("Go on there")}
          </button>
        </form>
      </details>
      <p className="languages">
        <button type="button" className="link" lang="en" onClick={() => void activate("en")}>
          English
        </button>
        <button type="button" className="link" lang="ja" onClick={() => void activate("ja")}>
          日本語
        </button>
      </p>
    </Frame>
  );
}

export function Frame({ children }: { children: ReactNode }) {
  const { i18n } = useLingui();
  return (
    <main className="sign-in" id="main">
      <div className="card">
        <h1>
          <img src="/icon.svg" alt="" width="32" height="32" /> Plateau
        </h1>
        <p className="muted">{i18n._("Labels, budgets and models in one place.")}</p>
        {children}
      </div>
    </main>
  );
}

function SecondFactor({
  factors,
  onIn,
  onBack,
}: {
  factors: string[];
  onIn: () => void;
  onBack: () => void;
}) {
  const { i18n } = useLingui();
  const code = useMutation({
    mutationFn: (code: string) => callAuthFlow("POST", "2fa", { code }),
    onSuccess: onIn,
  });
  const passkey = useMutation({ mutationFn: () => showPasskey("2fa/passkey"), onSuccess: onIn });
  const field = useRef<HTMLInputElement>(null);
  useFirstFocus(field);
  const codes = factors.includes("totp") || factors.includes("recovery_codes");
  return (
    <Frame>
      <h2>{i18n._("Your second factor")}</h2>
      {codes && (
        <form
          onSubmit={(event: FormEvent<HTMLFormElement>) => {
            event.preventDefault();
            code.mutate(String(new FormData(event.currentTarget).get("code")).replaceAll(" ", ""));
          }}
        >
          <Field
            label={i18n._("Code")}
            hint={i18n._("Six digits of your authenticator app, or one of your recovery codes.")}
          >
            <input
              name="code"
              ref={field}
              inputMode="numeric"
              autoComplete="one-time-code"
              required
              maxLength={16}
            />
          </Field>
          {code.error && <Failure error={code.error} />}
          <button type="submit" className="primary" disabled={code.isPending}>
            {i18n._("Sign in")}
          </button>
        </form>
      )}
      {factors.includes("webauthn") && canUsePasskeys() && (
        <button type="button" onClick={() => passkey.mutate()} disabled={passkey.isPending}>
          {i18n._("Use a passkey")}
        </button>
      )}
      {passkey.error && <Failure error={passkey.error} />}
      <button type="button" className="link" onClick={onBack}>
        {i18n._("Start again")}
      </button>
      <p className="muted">
        {i18n._(
          "Device lost, and no recovery code left? An admin of your organization can take the factor away.",
        )}
      </p>
    </Frame>
  );
}
