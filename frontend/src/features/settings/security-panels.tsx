import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { encode } from "uqr";
import {
  addPasskey,
  callAuthFlow,
  canUsePasskeys,
  ReauthenticationRequired,
  showPasskey,
} from "../../shared/api/auth-flows";
import { api, unwrap } from "../../shared/api/client";
import { moment } from "../../shared/ui/numbers";
import { Confirm, Done, Failure, Field, Waiting } from "../../shared/ui/parts";

interface Factor {
  type: "totp" | "webauthn" | "recovery_codes";
  id?: number;
  name?: string;
  created_at: number;
  last_used_at: number | null;
  unused_code_count?: number;
}

/** Password, second factors and browsers of the caller. */
export function SecurityPanels() {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const factors = useQuery({
    queryKey: ["factors"],
    queryFn: async () => (await callAuthFlow("GET", "factors")).data as unknown as Factor[],
  });
  const refresh = async () => {
    await queries.invalidateQueries({ queryKey: ["factors"] });
    await queries.invalidateQueries({ queryKey: ["me"] });
  };
  return (
    <>
      <section className="panel">
        <h2>{i18n._("Second factors")}</h2>
        <p className="muted">
          {i18n._("With one, a stolen password opens nothing. A passkey also signs in without a password.")}
        </p>
        {factors.isPending && <Waiting />}
        {factors.error && <Failure error={factors.error} again={() => void factors.refetch()} />}
        {factors.data && (
          <>
            <App factor={factors.data.find((one) => one.type === "totp")} onChange={refresh} />
            <Passkeys rows={factors.data.filter((one) => one.type === "webauthn")} onChange={refresh} />
            {factors.data.some((one) => one.type !== "recovery_codes") && (
              <Codes
                left={factors.data.find((one) => one.type === "recovery_codes")?.unused_code_count ?? 0}
                onChange={refresh}
              />
            )}
          </>
        )}
      </section>
      <Password />
      <Browsers />
    </>
  );
}

/** Runs `work`; where the server wants to know once more who is there, asks, and runs it again. */
function useGuarded<Given>(work: (given: Given) => Promise<unknown>, onDone: () => unknown) {
  const [waiting, setWaiting] = useState<{ given: Given } | null>(null);
  const run = useMutation({
    mutationFn: work,
    onSuccess: () => {
      setWaiting(null);
      return onDone();
    },
    onError: (error, given) => {
      if (error instanceof ReauthenticationRequired) setWaiting({ given });
    },
  });
  const again: ReactNode = waiting && (
    <Reauthenticate onKnown={() => run.mutate(waiting.given)} onBack={() => setWaiting(null)} />
  );
  const failed =
    run.error && !(run.error instanceof ReauthenticationRequired) ? <Failure error={run.error} /> : null;
  return { go: run.mutate, busy: run.isPending, again, failed };
}

/** “It is really you?” in place. */
function Reauthenticate({ onKnown, onBack }: { onKnown: () => void; onBack: () => void }) {
  const { i18n } = useLingui();
  const password = useMutation({
    mutationFn: (password: string) => callAuthFlow("POST", "reauthenticate", { password }),
    onSuccess: onKnown,
  });
  const passkey = useMutation({
    mutationFn: () => showPasskey("reauthenticate/passkey"),
    onSuccess: onKnown,
  });
  return (
    <form
      className="form row verdict"
      onSubmit={(event: FormEvent<HTMLFormElement>) => {
        event.preventDefault();
        password.mutate(String(new FormData(event.currentTarget).get("again")));
      }}
    >
      <Field label={i18n._("Your password once more")}>
        <input name="again" type="password" autoComplete="current-password" required />
      </Field>
      {(password.error ?? passkey.error) && <Failure error={password.error ?? passkey.error} />}
      <button type="submit" className="primary" disabled={password.isPending}>
        {i18n._("Go on")}
      </button>
      {canUsePasskeys() && (
        <button type="button" onClick={() => passkey.mutate()}>
          {i18n._("Use a passkey")}
        </button>
      )}
      <button type="button" onClick={onBack}>
        {i18n._("Not now")}
      </button>
    </form>
  );
}

function App({ factor, onChange }: { factor: Factor | undefined; onChange: () => unknown }) {
  const { i18n } = useLingui();
  const [card, setCard] = useState<{ secret: string; totp_url: string } | null>(null);
  const begin = useGuarded(
    async () => {
      const answer = await callAuthFlow("GET", "factors/totp", undefined, [404]);
      setCard(answer.meta as { secret: string; totp_url: string });
    },
    () => undefined,
  );
  const confirm = useGuarded(
    (code: string) => callAuthFlow("POST", "factors/totp", { code }),
    () => {
      setCard(null);
      return onChange();
    },
  );
  const drop = useGuarded(() => callAuthFlow("DELETE", "factors/totp", {}), onChange);
  return (
    <div className="block">
      <h3>{i18n._("Authenticator app")}</h3>
      {factor ? (
        <p>
          {i18n._("On since {when}.", {
            when: moment(new Date(factor.created_at * 1000).toISOString(), i18n.locale),
          })}{" "}
          <Confirm
            ask={i18n._("Signing in then asks for no code of the app.")}
            yes={i18n._("Take it away")}
            onYes={() => drop.go()}
          >
            {i18n._("Take it away…")}
          </Confirm>
        </p>
      ) : card ? (
        <form
          className="form"
          onSubmit={(event: FormEvent<HTMLFormElement>) => {
            event.preventDefault();
            confirm.go(String(new FormData(event.currentTarget).get("code")).replaceAll(" ", ""));
          }}
        >
          <p>
            {i18n._("Scan this with the app, or type the key into it; then type the code that it shows.")}
          </p>
          <Qr text={card.totp_url} />
          <p>
            {i18n._("Key:")} <code className="secret">{card.secret}</code>
          </p>
          <Field label={i18n._("Code")}>
            <input name="code" inputMode="numeric" autoComplete="one-time-code" maxLength={7} required />
          </Field>
          {confirm.failed}
          <div className="actions">
            <button type="submit" className="primary" disabled={confirm.busy}>
              {i18n._("Turn it on")}
            </button>
            <button type="button" onClick={() => setCard(null)}>
              {i18n._("Not now")}
            </button>
          </div>
        </form>
      ) : (
        <button type="button" onClick={() => begin.go()} disabled={begin.busy}>
          {i18n._("Set up an authenticator app")}
        </button>
      )}
      {begin.again ?? confirm.again ?? drop.again}
      {begin.failed ?? drop.failed}
    </div>
  );
}

/** A QR code, dark on light whatever the look of the page: cameras expect that. */
function Qr({ text }: { text: string }) {
  const { i18n } = useLingui();
  const { data, size } = encode(text, { border: 2 });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return (
    <svg
      className="qr"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={i18n._("QR code of the key")}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

function Passkeys({ rows, onChange }: { rows: Factor[]; onChange: () => unknown }) {
  const { i18n } = useLingui();
  const add = useGuarded((name: string) => addPasskey(name), onChange);
  const drop = useGuarded(
    (id: number) => callAuthFlow("DELETE", "factors/passkeys", { authenticators: [id] }),
    onChange,
  );
  return (
    <div className="block">
      <h3>{i18n._("Passkeys")}</h3>
      {rows.length > 0 && (
        <ul>
          {rows.map((row) => (
            <li key={row.id}>
              <b>{row.name}</b>{" "}
              <span className="muted">
                {row.last_used_at
                  ? i18n._("last used {when}", {
                      when: moment(new Date(row.last_used_at * 1000).toISOString(), i18n.locale),
                    })
                  : i18n._("not used yet")}
              </span>{" "}
              <Confirm
                ask={i18n._("This passkey then signs in no more.")}
                yes={i18n._("Take it away")}
                onYes={() => drop.go(row.id ?? 0)}
              >
                {i18n._("Take it away…")}
              </Confirm>
            </li>
          ))}
        </ul>
      )}
      {canUsePasskeys() ? (
        <form
          className="form row"
          onSubmit={(event: FormEvent<HTMLFormElement>) => {
            event.preventDefault();
            const form = event.currentTarget;
            add.go(String(new FormData(form).get("name")));
          }}
        >
          <Field label={i18n._("Name of the device")}>
            <input name="name" required maxLength={100} />
          </Field>
          <button type="submit" disabled={add.busy}>
            {i18n._("Add a passkey")}
          </button>
        </form>
      ) : (
        <p className="muted">
          {i18n._("Browsers allow passkeys only at a named address with TLS, and at localhost.")}
        </p>
      )}
      {add.again ?? drop.again}
      {add.failed ?? drop.failed}
    </div>
  );
}

function Codes({ left, onChange }: { left: number; onChange: () => unknown }) {
  const { i18n } = useLingui();
  const [codes, setCodes] = useState<string[]>([]);
  const make = useGuarded(async () => {
    const answer = await callAuthFlow("POST", "factors/codes", {});
    setCodes((answer.data as Record<string, string[]>).unused_codes ?? []);
  }, onChange);
  return (
    <div className="block">
      <h3>{i18n._("Recovery codes")}</h3>
      <p>{i18n._("For when the device is lost; each works once. {left} are left.", { left })}</p>
      {codes.length > 0 && (
        <div className="verdict" role="status">
          <p>{i18n._("Keep these where the device is not; they are not shown again.")}</p>
          <pre className="secret">{codes.join("\n")}</pre>
        </div>
      )}
      <button type="button" onClick={() => make.go()} disabled={make.busy}>
        {left > 0 ? i18n._("Make new codes; the old ones end") : i18n._("Make recovery codes")}
      </button>
      {make.again}
      {make.failed}
    </div>
  );
}

function Password() {
  const { i18n } = useLingui();
  const change = useMutation({
    mutationFn: (body: { current_password: string; new_password: string }) =>
      callAuthFlow("POST", "password", body),
  });
  return (
    <section className="panel">
      <h2>{i18n._("Password")}</h2>
      <form
        className="form row"
        onSubmit={(event: FormEvent<HTMLFormElement>) => {
          event.preventDefault();
          const form = event.currentTarget;
          const data = new FormData(form);
          change.mutate(
            { current_password: String(data.get("current")), new_password: String(data.get("new")) },
            { onSuccess: () => form.reset() },
          );
        }}
      >
        <Field label={i18n._("The one until now")}>
          <input name="current" type="password" autoComplete="current-password" required />
        </Field>
        <Field label={i18n._("The new one")} hint={i18n._("At least 12 characters.")}>
          <input
            name="new"
            type="password"
            autoComplete="new-password"
            minLength={12}
            maxLength={256}
            required
          />
        </Field>
        {change.error && <Failure error={change.error} />}
        <button type="submit" disabled={change.isPending}>
          {i18n._("Change it")}
        </button>
        <Done when={change.isSuccess}>{i18n._("Changed. Other browsers are signed out.")}</Done>
      </form>
    </section>
  );
}

function Browsers() {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const rows = useQuery({ queryKey: ["sessions"], queryFn: () => unwrap(api.GET("/api/v1/sessions/")) });
  const end = useMutation({
    mutationFn: (id: string) =>
      unwrap(api.DELETE("/api/v1/sessions/{session_id}/", { params: { path: { session_id: id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["sessions"] }),
  });
  const others = useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/v1/sessions/")),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["sessions"] }),
  });
  return (
    <section className="panel">
      <h2>{i18n._("Where you are signed in")}</h2>
      {(rows.error ?? end.error ?? others.error) && (
        <Failure error={rows.error ?? end.error ?? others.error} />
      )}
      {rows.data && rows.data.results.length > 1 && (
        <Confirm
          ask={i18n._("All other browsers must sign in again.")}
          yes={i18n._("Sign them out")}
          onYes={() => others.mutate()}
        >
          {i18n._("Sign all others out…")}
        </Confirm>
      )}
      {rows.data && (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{i18n._("Browser")}</th>
                <th scope="col">{i18n._("Address")}</th>
                <th scope="col">{i18n._("Since")}</th>
                <th scope="col">{i18n._("Last used")}</th>
                <td />
              </tr>
            </thead>
            <tbody>
              {rows.data.results.map((row) => (
                <tr key={row.id}>
                  <th scope="row">{browserOf(row.user_agent) || i18n._("unknown")}</th>
                  <td>{row.ip_address || "–"}</td>
                  <td>{moment(row.created_at, i18n.locale)}</td>
                  <td>{moment(row.last_seen_at, i18n.locale)}</td>
                  <td>
                    {row.is_current ? (
                      i18n._("this one")
                    ) : (
                      <Confirm
                        ask={i18n._("That browser must sign in again.")}
                        yes={i18n._("Sign it out")}
                        onYes={() => end.mutate(row.id)}
                      >
                        {i18n._("Sign it out…")}
                      </Confirm>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

/** “Firefox, Linux” of a user agent; what it does not know it shows as it is. */
function browserOf(agent: string): string {
  const browser = /(Edg|OPR|Firefox|Chrome|Safari)\//.exec(agent)?.[1];
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|CrOS|Linux)/.exec(agent)?.[1];
  const names: Record<string, string> = { Edg: "Edge", OPR: "Opera", "Mac OS X": "macOS", CrOS: "ChromeOS" };
  const told = [browser, system].filter((one) => one !== undefined).map((one) => names[one] ?? one);
  return told.length > 0 ? told.join(", ") : agent.slice(0, 60);
}
