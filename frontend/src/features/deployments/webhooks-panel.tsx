import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { moment } from "../../shared/ui/numbers";
import { Confirm, Failure, Field } from "../../shared/ui/parts";

type Event = Schemas["WebhookIn"]["events"][number];

/** Who is told when a version is registered, an alias moves or a contract has its verdict. */
export function WebhooksPanel() {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const may = useMay("models.approve");
  const [open, setOpen] = useState(0);
  const hooks = useQuery({
    queryKey: ["webhooks"],
    enabled: may,
    queryFn: () => unwrap(api.GET("/api/v1/webhooks/")),
  });
  const refresh = () => queries.invalidateQueries({ queryKey: ["webhooks"] });
  const add = useMutation({
    mutationFn: (body: Schemas["WebhookIn"]) => unwrap(api.POST("/api/v1/webhooks/", { body })),
    onSuccess: refresh,
  });
  const remove = useMutation({
    mutationFn: (id: number) =>
      unwrap(api.DELETE("/api/v1/webhooks/{webhook_id}/", { params: { path: { webhook_id: id } } })),
    onSuccess: refresh,
  });
  if (!may) return null;
  const events: [Event, string][] = [
    ["version.registered", i18n._("a version is registered")],
    ["alias.moved", i18n._("an alias is pointed somewhere")],
    ["alias.removed", i18n._("an alias is taken away")],
    ["contract.verdict", i18n._("a contract has its verdict")],
  ];
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    add.mutate({ url: String(form.get("url")), events: form.getAll("events").map(String) as Event[] });
  };
  return (
    <section className="panel">
      <h2>{i18n._("Webhooks")}</h2>
      {hooks.error && <Failure error={hooks.error} />}
      {hooks.data?.results.length === 0 && <p className="muted">{i18n._("Nobody is told yet.")}</p>}
      {hooks.data?.results.map((row) => (
        <div key={row.id} className="job">
          <code>{row.url}</code>
          <span className="muted">{row.events.join(", ")}</span>
          <button type="button" className="small" onClick={() => setOpen(open === row.id ? 0 : row.id)}>
            {open === row.id ? i18n._("Hide messages") : i18n._("Messages")}
          </button>
          <Confirm
            ask={i18n._("Remove it? What waits for it is dropped.")}
            yes={i18n._("Remove")}
            onYes={() => remove.mutate(row.id)}
          >
            {i18n._("Remove…")}
          </Confirm>
        </div>
      ))}
      {open > 0 && <Deliveries id={open} />}
      {add.data && (
        <p role="status">
          {i18n._("Signed with this secret; it is shown this once:")}{" "}
          <code className="secret">{add.data.secret}</code>
        </p>
      )}
      <details>
        <summary>{i18n._("Add a webhook")}</summary>
        <form className="form" onSubmit={submit}>
          <Field label={i18n._("Address")} hint={i18n._("Public addresses only.")}>
            <input name="url" type="url" required maxLength={500} placeholder="https://" />
          </Field>
          <fieldset>
            <legend>{i18n._("Tell when")}</legend>
            {events.map(([key, text]) => (
              <label key={key}>
                <input type="checkbox" name="events" value={key} defaultChecked /> {text}
              </label>
            ))}
          </fieldset>
          {add.error && <Failure error={add.error} />}
          <button type="submit" disabled={add.isPending}>
            {i18n._("Add")}
          </button>
        </form>
      </details>
    </section>
  );
}

function Deliveries({ id }: { id: number }) {
  const { i18n } = useLingui();
  const deliveries = useQuery({
    queryKey: ["deliveries", id],
    queryFn: () =>
      unwrap(api.GET("/api/v1/webhooks/{webhook_id}/deliveries/", { params: { path: { webhook_id: id } } })),
    refetchInterval: 3000,
  });
  const words: Record<string, string> = {
    pending: `◐ ${i18n._("waiting")}`,
    delivered: `● ${i18n._("taken")}`,
    failed: `✕ ${i18n._("given up")}`,
  };
  if (deliveries.data?.results.length === 0) return <p className="muted">{i18n._("No message yet.")}</p>;
  return (
    <div className="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">{i18n._("Message")}</th>
            <th scope="col">{i18n._("State")}</th>
            <th scope="col">{i18n._("Tries")}</th>
            <th scope="col">{i18n._("Answer")}</th>
            <th scope="col">{i18n._("When")}</th>
          </tr>
        </thead>
        <tbody>
          {deliveries.data?.results.map((row) => (
            <tr key={row.id}>
              <th scope="row">{row.event}</th>
              <td>{words[row.state] ?? row.state}</td>
              <td className="num">{row.attempts}</td>
              <td>{row.response}</td>
              <td>{moment(row.created_at, i18n.locale)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
