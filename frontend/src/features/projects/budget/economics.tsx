import { useLingui } from "@lingui/react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, ifMatch, type Schemas, unwrap } from "../../../shared/api/client";
import { count, percent, rough } from "../../../shared/ui/numbers";
import { Done, Failure, Field } from "../../../shared/ui/parts";

type Entered = Schemas["EconomicsOut"];
type Economics = Omit<Entered, "etag">;

/** At what accuracy the system pays, whether the forecast gets there, and when to stop labeling. */
export function Worth({ budget }: { budget: Schemas["BudgetOut"] }) {
  const { i18n } = useLingui();
  const { worth, forecast } = budget;
  if (!worth || !forecast) return null;
  const even = worth.break_even;
  const pays =
    even === null
      ? i18n._("No accuracy pays: the system costs more a month than today's way.")
      : worth.pays_now
        ? i18n._("The system pays from {even} accuracy on, and it is there: {now}.", {
            even: percent(even, i18n.locale),
            now: percent(forecast.score_now, i18n.locale),
          })
        : i18n._("The system pays from {even} accuracy on; the chance to get there is {chance}.", {
            even: percent(even, i18n.locale),
            chance: percent(worth.chance_to_pay, i18n.locale, 0),
          });
  const stop =
    worth.stop_at <= forecast.labels_now
      ? i18n._("More labels cost more than they bring: stop labeling.")
      : i18n._("Label up to {stop} in all; that brings {gain} more than it costs.", {
          stop: rough(worth.stop_at, i18n.locale),
          gain: rough(worth.gain_at_stop, i18n.locale),
        });
  return (
    <div className="worth">
      <h3>{i18n._("Does it pay?")}</h3>
      <p>
        {pays} {stop}
      </p>
      <p className="muted">
        {i18n._("The next 100 labels bring {value} and cost {cost}.", {
          value: rough(worth.next_hundred_value, i18n.locale),
          cost: rough(worth.next_hundred_cost, i18n.locale),
        })}
      </p>
    </div>
  );
}

/** What labels and mistakes cost, entered by people. */
export function EconomicsEdit({ projectId, value }: { projectId: number; value: Entered }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const [start] = useState(value);
  const [draft, setDraft] = useState<Economics>(() => {
    const { etag: _, ...entered } = value;
    return entered;
  });
  const save = useMutation({
    mutationFn: () =>
      unwrap(
        api.PATCH("/api/v1/projects/{project_id}/economics/", {
          params: { path: { project_id: projectId }, header: ifMatch(start) },
          body: draft,
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["budget"] }),
  });
  const fields: [keyof Economics, string, string?][] = [
    ["price", i18n._("Price of an accepted label"), i18n._("empty: from the queue's records")],
    ["miss", i18n._("Cost of a miss")],
    ["false_alarm", i18n._("Cost of a false alarm")],
    ["miss_share", i18n._("Share of mistakes that are misses"), i18n._("0 to 1")],
    ["decisions", i18n._("Decisions a month")],
    ["months", i18n._("Months that it will run")],
    ["today", i18n._("Today's way costs a month"), i18n._("its mistakes included")],
    ["running", i18n._("Running the system costs a month")],
  ];
  const send = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <details>
      <summary>{i18n._("What labels and mistakes cost")}</summary>
      <form className="grid-form" onSubmit={send}>
        {fields.map(([key, label, hint]) => (
          <Field key={key} label={label} {...(hint ? { hint } : {})}>
            <input
              type="number"
              min={0}
              step="any"
              value={draft[key] ?? ""}
              required={["miss_share", "months", "running"].includes(key)}
              onChange={(event) =>
                setDraft({ ...draft, [key]: event.target.value === "" ? null : Number(event.target.value) })
              }
            />
          </Field>
        ))}
        <button type="submit" className="primary" disabled={save.isPending}>
          {i18n._("Save")}
        </button>
        <Done when={save.isSuccess} />
      </form>
      {draft.decisions && draft.today !== null && (
        <p className="muted">
          {i18n._("{decisions} decisions a month over {months} months.", {
            decisions: count(draft.decisions, i18n.locale),
            months: count(draft.months, i18n.locale),
          })}
        </p>
      )}
      {save.error && <Failure error={save.error} />}
    </details>
  );
}
