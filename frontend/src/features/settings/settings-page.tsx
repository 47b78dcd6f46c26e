import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMe } from "../../shared/api/session";
import { activate, type Language } from "../../shared/i18n";
import { moment } from "../../shared/ui/numbers";
import { Confirm, Empty, Failure, Field, Page } from "../../shared/ui/parts";
import { applyTheme, type Theme, theme } from "../../shared/ui/theme";
import { SecurityPanels } from "./security-panels";

export function SettingsPage() {
  const { i18n } = useLingui();
  const me = useMe();
  const [look, setLook] = useState<Theme>(theme());
  const language = useMutation({
    mutationFn: async (chosen: Language) => {
      await activate(chosen);
      return unwrap(api.PATCH("/api/v1/me/", { body: { language: chosen } }));
    },
  });
  return (
    <Page title={i18n._("Settings")}>
      <section className="panel form row">
        <Field label={i18n._("Language")}>
          <select value={i18n.locale} onChange={(event) => language.mutate(event.target.value as Language)}>
            <option value="en">English</option>
            <option value="ja">日本語</option>
          </select>
        </Field>
        <Field label={i18n._("Look")}>
          <select
            value={look}
            onChange={(event) => {
              const next = event.target.value as Theme;
              applyTheme(next);
              setLook(next);
            }}
          >
            <option value="system">{i18n._("As the system")}</option>
            <option value="light">{i18n._("Light")}</option>
            <option value="dark">{i18n._("Dark")}</option>
          </select>
        </Field>
        {language.error && <Failure error={language.error} />}
      </section>
      {me.restriction_reason && (
        <p className="failure" role="alert">
          {i18n._("Your organization asks for a second factor. Set one up here; then everything opens.")}
        </p>
      )}
      <SecurityPanels />
      {!me.restriction_reason && <Tokens />}
    </Page>
  );
}

function Tokens() {
  const { i18n } = useLingui();
  const me = useMe();
  const queries = useQueryClient();
  const [made, setMade] = useState<Schemas["TokenCreated"] | null>(null);
  const tokens = useQuery({ queryKey: ["tokens"], queryFn: () => unwrap(api.GET("/api/v1/tokens/")) });
  const refresh = () => queries.invalidateQueries({ queryKey: ["tokens"] });
  const make = useMutation({
    mutationFn: (body: Schemas["TokenIn"]) => unwrap(api.POST("/api/v1/tokens/", { body })),
    onSuccess: (token) => {
      setMade(token);
      return refresh();
    },
  });
  const revoke = useMutation({
    mutationFn: (id: number) =>
      unwrap(api.DELETE("/api/v1/tokens/{token_id}/", { params: { path: { token_id: id } } })),
    onSuccess: refresh,
  });
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    make.mutate({
      name: String(form.get("name")),
      scopes: form.getAll("scopes").map(String),
      days: Number(form.get("days")),
    });
  };
  const live = tokens.data?.results.filter((row) => row.revoked_at === null) ?? [];
  return (
    <section className="panel">
      <h2>{i18n._("API tokens")}</h2>
      {made && (
        <div className="verdict" role="status">
          <p>{i18n._("Copy the token now; it is not shown again.")}</p>
          <code className="secret">{made.secret}</code>
        </div>
      )}
      {tokens.error && <Failure error={tokens.error} again={() => void tokens.refetch()} />}
      {tokens.data && live.length === 0 && (
        <Empty>{i18n._("No token yet. Scripts and the MLflow client sign in with one.")}</Empty>
      )}
      {live.length > 0 && (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{i18n._("Name")}</th>
                <th scope="col">{i18n._("Begins with")}</th>
                <th scope="col">{i18n._("Scopes")}</th>
                <th scope="col">{i18n._("Valid until")}</th>
                <th scope="col">{i18n._("Last used")}</th>
                <td />
              </tr>
            </thead>
            <tbody>
              {live.map((row) => (
                <tr key={row.id}>
                  <th scope="row">{row.name}</th>
                  <td>
                    <code>{row.prefix}…</code>
                  </td>
                  <td>{row.scopes.join(", ")}</td>
                  <td>{row.expires_at ? moment(row.expires_at, i18n.locale) : i18n._("without end")}</td>
                  <td>{row.last_used_at ? moment(row.last_used_at, i18n.locale) : "–"}</td>
                  <td>
                    <Confirm
                      ask={i18n._("Scripts with this token stop at once.")}
                      yes={i18n._("Revoke")}
                      onYes={() => revoke.mutate(row.id)}
                    >
                      {i18n._("Revoke")}
                    </Confirm>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <details>
        <summary>{i18n._("New token")}</summary>
        <form className="form" onSubmit={send}>
          <Field label={i18n._("What it is for")}>
            <input name="name" required maxLength={80} />
          </Field>
          <Field label={i18n._("Valid for days")}>
            <input name="days" type="number" min={1} max={3650} defaultValue={90} required />
          </Field>
          <fieldset>
            <legend>{i18n._("What it may do")}</legend>
            {me.scopes.map((scope) => (
              <label key={scope}>
                <input type="checkbox" name="scopes" value={scope} defaultChecked /> <code>{scope}</code>
              </label>
            ))}
          </fieldset>
          {make.error && <Failure error={make.error} />}
          <button type="submit" className="primary" disabled={make.isPending}>
            {i18n._("Make the token")}
          </button>
        </form>
      </details>
    </section>
  );
}
