import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { Link } from "react-router";
import { api, ifMatch, type Schemas, unwrap } from "../../shared/api/client";
import { count } from "../../shared/ui/numbers";
import { Confirm, Done, Failure, Field, Page, Waiting } from "../../shared/ui/parts";
import { useRoles } from "./roles";

/** Who gets in: an organization's rules of signing in, and its own provider. */
export function SecurityPage() {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const rules = useQuery({
    queryKey: ["security"],
    queryFn: () => unwrap(api.GET("/api/v1/organization/security/")),
  });
  const keep = (fresh: Schemas["SecurityOut"]) => queries.setQueryData(["security"], fresh);
  const save = useMutation({
    mutationFn: ({ row, body }: { row: Schemas["SecurityOut"]; body: Schemas["SecurityIn"] }) =>
      unwrap(api.PUT("/api/v1/organization/security/", { params: { header: ifMatch(row) }, body })),
    onSuccess: keep,
  });
  const send = (row: Schemas["SecurityOut"]) => (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const networks = String(form.get("ip_allowlist"))
      .split(/[\s,]+/)
      .filter((network) => network !== "");
    const body = {
      require_second_factor: form.get("factor") !== null,
      ip_allowlist: networks,
      idle_hours: Number(form.get("idle")),
      max_token_days: Number(form.get("days")),
    };
    save.mutate({ row, body });
  };
  return (
    <Page
      title={i18n._("Signing in")}
      lead={
        <>
          {i18n._("Rules for everybody in your organization.")} <Link to="/members">{i18n._("People")}</Link>
        </>
      }
    >
      {rules.isPending && <Waiting />}
      {rules.error && <Failure error={rules.error} again={() => void rules.refetch()} />}
      {rules.data && (
        <>
          <form className="panel form" onSubmit={send(rules.data)}>
            <h2>{i18n._("Rules")}</h2>
            <label className="inline">
              <input type="checkbox" name="factor" defaultChecked={rules.data.require_second_factor} />{" "}
              {i18n._("A second factor is needed")}
            </label>
            <p className="muted">
              {i18n._(
                "Without one, a browser reaches only the page where one is set up. {count} people have none.",
                {
                  count: count(rules.data.members_without_second_factor, i18n.locale),
                },
              )}
            </p>
            <Field
              label={i18n._("Networks that may come in, one a line (CIDR); none: all")}
              hint={i18n._("For browsers, tokens and MLflow alike. You come from {address}.", {
                address: rules.data.your_ip_address,
              })}
            >
              <textarea
                name="ip_allowlist"
                rows={3}
                defaultValue={rules.data.ip_allowlist.join("\n")}
                spellCheck={false}
              />
            </Field>
            <Field label={i18n._("Hours after which an unused browser must sign in again")}>
              <input
                name="idle"
                type="number"
                min={1}
                max={168}
                defaultValue={rules.data.idle_hours}
                required
              />
            </Field>
            <Field label={i18n._("Days that a new token may live at most")}>
              <input
                name="days"
                type="number"
                min={1}
                max={3650}
                defaultValue={rules.data.max_token_days}
                required
              />
            </Field>
            {save.error && <Failure error={save.error} />}
            <div className="actions">
              <button type="submit" className="primary" disabled={save.isPending}>
                {i18n._("Save the rules")}
              </button>
              <Done when={save.isSuccess} />
            </div>
          </form>
          <SignOn rules={rules.data} onChange={keep} />
        </>
      )}
    </Page>
  );
}

function SignOn({
  rules,
  onChange,
}: {
  rules: Schemas["SecurityOut"];
  onChange: (fresh: Schemas["SecurityOut"]) => void;
}) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const { roles, titleOf } = useRoles();
  const save = useMutation({
    mutationFn: (body: Schemas["SingleSignOnIn"]) =>
      unwrap(api.PUT("/api/v1/organization/single-sign-on/", { params: { header: ifMatch(rules) }, body })),
    onSuccess: onChange,
  });
  const drop = useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/v1/organization/single-sign-on/")),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["security"] }),
  });
  const set = rules.single_sign_on;
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    save.mutate({
      issuer: String(form.get("issuer")),
      client_id: String(form.get("client")),
      secret: String(form.get("secret")),
      default_role: String(form.get("default_role")),
    });
  };
  return (
    <form className="panel form" onSubmit={send} key={set?.issuer ?? "none"}>
      <h2>{i18n._("Single sign-on (OpenID Connect)")}</h2>
      <p>
        {i18n._("People choose “By my organization's own sign-in” and type")} <code>{rules.slug}</code>.{" "}
        {i18n._("The provider must allow this redirect address:")} <code>{rules.callback_url}</code>
      </p>
      <Field
        label={i18n._("Issuer")}
        hint={i18n._("Its address without /.well-known/…; it is asked before it is saved.")}
      >
        <input name="issuer" type="url" required maxLength={300} defaultValue={set?.issuer ?? ""} />
      </Field>
      <Field label={i18n._("Client ID")}>
        <input
          name="client"
          required
          maxLength={200}
          defaultValue={set?.client_id ?? ""}
          autoComplete="off"
        />
      </Field>
      <Field
        label={i18n._("Client secret")}
        {...(set ? { hint: i18n._("Empty: the stored one stays.") } : {})}
      >
        <input name="secret" type="password" required={!set} maxLength={500} autoComplete="off" />
      </Field>
      <Field label={i18n._("People whom it vouches for and nobody added")}>
        <select name="default_role" key={roles.length} defaultValue={set?.default_role ?? ""}>
          <option value="">{i18n._("stay out")}</option>
          {roles.map((role) => (
            <option key={role.key} value={role.key}>
              {i18n._("join as {role}", { role: titleOf(role.key) })}
            </option>
          ))}
        </select>
      </Field>
      {(save.error ?? drop.error) && <Failure error={save.error ?? drop.error} />}
      <div className="actions">
        <button type="submit" className="primary" disabled={save.isPending}>
          {save.isPending ? i18n._("Asking the provider…") : i18n._("Save the provider")}
        </button>
        {set && (
          <Confirm
            ask={i18n._("Who came by it needs an entry link from then on.")}
            yes={i18n._("Take it away")}
            onYes={() => drop.mutate()}
          >
            {i18n._("Take it away…")}
          </Confirm>
        )}
        <Done when={save.isSuccess} />
      </div>
    </form>
  );
}
