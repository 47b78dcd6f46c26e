import { useLingui } from "@lingui/react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { Failure, Field } from "../../shared/ui/parts";

/** How long a dataset's items are kept. */
export function KeepPanel({ dataset }: { dataset: Schemas["DatasetOut"] }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: (days: number | null) =>
      unwrap(
        api.PATCH("/api/v1/datasets/{dataset_id}/", {
          params: { path: { dataset_id: dataset.id } },
          body: { keep_days: days },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["dataset", dataset.id] }),
  });
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const days = String(new FormData(event.currentTarget).get("days")).trim();
    change.mutate(days === "" ? null : Number(days));
  };
  return (
    <form className="form inline" onSubmit={send} key={dataset.keep_days}>
      <Field
        label={i18n._("Keep items for so many days")}
        hint={i18n._("Counted from when each came in; then it is erased everywhere. Empty: for good.")}
      >
        <input
          name="days"
          type="number"
          min={1}
          max={36500}
          defaultValue={dataset.keep_days ?? ""}
          inputMode="numeric"
        />
      </Field>
      <button type="submit" disabled={change.isPending}>
        {i18n._("Save")}
      </button>
      {change.isSuccess && <span role="status">{i18n._("Saved.")}</span>}
      {change.error && <Failure error={change.error} />}
    </form>
  );
}
