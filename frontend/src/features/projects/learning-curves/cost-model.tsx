import { useLingui } from "@lingui/react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, ifMatch, type Schemas, unwrap } from "../../../shared/api/client";
import { count, percent, rough } from "../../../shared/ui/numbers";
import { Done, Failure, Field } from "../../../shared/ui/parts";

type StoredCostModel = Schemas["CostModelOut"];
type CostModel = Omit<StoredCostModel, "etag">;

/** At what accuracy the system pays, whether the forecast gets there, and when to stop labeling. */
export function LabelingValue({ forecast: detail }: { forecast: Schemas["LearningCurveForecastOut"] }) {
  const { i18n } = useLingui();
  const { labeling_value: value, forecast } = detail;
  if (!value || !forecast) return null;
  const even = value.break_even_accuracy;
  const pays =
    even === null
      ? i18n._("No accuracy pays: the system costs more a month than today's way.")
      : value.is_profitable
        ? i18n._("The system pays from {even} accuracy on, and it is there: {now}.", {
            even: percent(even, i18n.locale),
            now: percent(forecast.current_score, i18n.locale),
          })
        : i18n._("The system pays from {even} accuracy on; the chance to get there is {chance}.", {
            even: percent(even, i18n.locale),
            chance: percent(value.break_even_probability, i18n.locale, 0),
          });
  const stop =
    value.optimal_labels <= forecast.current_labels
      ? i18n._("More labels cost more than they bring: stop labeling.")
      : i18n._("Label up to {stop} in all; that brings {gain} more than it costs.", {
          stop: rough(value.optimal_labels, i18n.locale),
          gain: rough(value.net_gain_at_optimum, i18n.locale),
        });
  return (
    <div className="worth">
      <h3>{i18n._("Does it pay?")}</h3>
      <p>
        {pays} {stop}
      </p>
      <p className="muted">
        {i18n._("The next 100 labels bring {value} and cost {cost}.", {
          value: rough(value.next_100_labels_value, i18n.locale),
          cost: rough(value.next_100_labels_cost, i18n.locale),
        })}
      </p>
    </div>
  );
}

/** What labels and mistakes cost, entered by people. */
export function CostModelEdit({ projectId, value }: { projectId: number; value: StoredCostModel }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const [start] = useState(value);
  const [draft, setDraft] = useState<CostModel>(() => {
    const { etag: _, ...entered } = value;
    return entered;
  });
  const save = useMutation({
    mutationFn: () =>
      unwrap(
        api.PATCH("/api/v1/projects/{project_id}/cost-model/", {
          params: { path: { project_id: projectId }, header: ifMatch(start) },
          body: draft,
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["curve-forecast"] }),
  });
  const fields: [keyof CostModel, string, string?][] = [
    ["cost_per_label", i18n._("Price of an accepted label"), i18n._("empty: from the queue's records")],
    ["fn_cost", i18n._("Cost of a miss")],
    ["fp_cost", i18n._("Cost of a false alarm")],
    ["fn_fraction", i18n._("Share of mistakes that are misses"), i18n._("0 to 1")],
    ["decisions_per_month", i18n._("Decisions a month")],
    ["months", i18n._("Months that it will run")],
    ["baseline_cost", i18n._("Today's way costs a month"), i18n._("its mistakes included")],
    ["operating_cost", i18n._("Running the system costs a month")],
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
              required={["fn_fraction", "months", "operating_cost"].includes(key)}
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
      {draft.decisions_per_month && draft.baseline_cost !== null && (
        <p className="muted">
          {i18n._("{decisions} decisions a month over {months} months.", {
            decisions: count(draft.decisions_per_month, i18n.locale),
            months: count(draft.months, i18n.locale),
          })}
        </p>
      )}
      {save.error && <Failure error={save.error} />}
    </details>
  );
}
