import { useLingui } from "@lingui/react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { api, ifMatch, type Schemas, unwrap } from "../../shared/api/client";
import { count } from "../../shared/ui/numbers";
import { Done, Failure, Field, Question } from "../../shared/ui/parts";

/** How long a dataset's items are kept. */
export function KeepPanel({ dataset }: { dataset: Schemas["DatasetOut"] }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const path = { dataset_id: dataset.id };
  const change = useMutation({
    mutationFn: (days: number | null) =>
      unwrap(
        api.PATCH("/api/v1/datasets/{dataset_id}/", {
          params: { path, header: ifMatch(dataset) },
          body: { retention_days: days },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["dataset", dataset.id] }),
  });
  // What is older already would go within the hour: nobody sets a time without knowing that.
  const ask = useMutation({
    mutationFn: async (days: number) => {
      const found = await unwrap(
        api.POST("/api/v1/datasets/{dataset_id}/erasures/preview/", {
          params: { path },
          body: { retention_days: days },
        }),
      );
      return { days, items: found.items };
    },
    onSuccess: ({ days, items }) => {
      if (items === 0) change.mutate(days);
    },
  });
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    change.reset();
    ask.reset();
    const days = String(new FormData(event.currentTarget).get("days")).trim();
    if (days === "") change.mutate(null);
    else ask.mutate(Number(days));
  };
  const lost = ask.data !== undefined && ask.data.items > 0 && !change.isPending && !change.isSuccess;
  return (
    <form className="form inline" onSubmit={send} key={dataset.retention_days}>
      <Field
        label={i18n._("Keep items for so many days")}
        hint={i18n._("Counted from when each came in; then it is erased everywhere. Empty: for good.")}
      >
        <input
          name="days"
          type="number"
          min={1}
          max={36500}
          defaultValue={dataset.retention_days ?? ""}
          inputMode="numeric"
        />
      </Field>
      <button type="submit" disabled={change.isPending || ask.isPending}>
        {i18n._("Save")}
      </button>
      <Done when={change.isSuccess} />
      {ask.data && lost && (
        <Question
          ask={i18n._(
            "{number} items came in longer ago: they go for good within the hour, and the same pictures in other datasets with them. This cannot be undone.",
            { number: count(ask.data.items, i18n.locale) },
          )}
          yes={i18n._("Erase for good")}
          onYes={() => change.mutate(ask.data.days)}
          onNo={() => ask.reset()}
        />
      )}
      {ask.error && <Failure error={ask.error} />}
      {change.error && <Failure error={change.error} />}
    </form>
  );
}
