import { useLingui } from "@lingui/react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect } from "react";
import { api, unwrap } from "../../shared/api/client";
import { activate } from "../../shared/i18n";
import { Failure, Field } from "../../shared/ui/parts";

export function SignIn() {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  useEffect(() => {
    document.title = `${i18n._("Sign in")} · Plateau`;
    void api.GET("/api/v1/session/"); // sets the CSRF cookie
  }, [i18n]);
  const enter = useMutation({
    mutationFn: (given: { email: string; password: string }) =>
      unwrap(api.POST("/api/v1/session/", { body: given })),
    onSuccess: (me) => queries.setQueryData(["me"], me),
  });
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    enter.mutate({ email: String(form.get("email")), password: String(form.get("password")) });
  };
  return (
    <main className="sign-in" id="main">
      <form onSubmit={send} className="card">
        <h1>
          <img src="/icon.svg" alt="" width="32" height="32" /> Plateau
        </h1>
        <p className="muted">{i18n._("Labels, budgets and models in one place.")}</p>
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
        <p className="languages">
          <button type="button" className="link" lang="en" onClick={() => void activate("en")}>
            English
          </button>
          <button type="button" className="link" lang="ja" onClick={() => void activate("ja")}>
            日本語
          </button>
        </p>
      </form>
    </main>
  );
}
