import { useLingui } from "@lingui/react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ifMatch, type Schemas, unwrap } from "../../../shared/api/client";
import { useLive } from "../../../shared/ui/live-line";
import { count, percent } from "../../../shared/ui/numbers";
import { Failure, Field } from "../../../shared/ui/parts";

/** When the curve gets its next point by itself. */
export function LivePanel({ projectId }: { projectId: number }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const live = useLive(projectId);
  const [draft, setDraft] = useState<Schemas["LiveIn"] | null>(null);
  const value = draft ??
    live.data?.plan ?? { recipe: "image_probe", every_labels: 200, every_hours: null, enabled: false };
  const save = useMutation({
    mutationFn: (body: Schemas["LiveIn"]) =>
      unwrap(
        api.PUT("/api/v1/projects/{project_id}/live/", {
          params: { path: { project_id: projectId }, ...(live.data ? { header: ifMatch(live.data) } : {}) },
          body,
        }),
      ),
    onSuccess: () => {
      setDraft(null);
      void queries.invalidateQueries({ queryKey: ["live", projectId] });
    },
  });
  const plan = live.data?.plan;
  const state = plan?.enabled
    ? i18n._("Measures by itself after every {labels} labels.", {
        labels: count(plan.every_labels, i18n.locale),
      })
    : i18n._("Measures only when asked.");
  return (
    <details>
      <summary>
        {i18n._("Live curve")} <span className="muted">{state}</span>
      </summary>
      {live.data?.problem && <p className="warn">{live.data.problem}</p>}
      <form
        className="grid-form"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(value);
        }}
      >
        <label className="check">
          <input
            type="checkbox"
            checked={value.enabled}
            onChange={(event) => setDraft({ ...value, enabled: event.target.checked })}
          />{" "}
          {i18n._("Measure by itself")}
        </label>
        <Field label={i18n._("After so many new labels")}>
          <input
            type="number"
            min={10}
            required
            value={value.every_labels}
            onChange={(event) => setDraft({ ...value, every_labels: Number(event.target.value) })}
          />
        </Field>
        <Field
          label={i18n._("Or after so many hours, if there are new labels")}
          hint={i18n._("empty: no schedule")}
        >
          <input
            type="number"
            min={1}
            max={2160}
            value={value.every_hours ?? ""}
            onChange={(event) =>
              setDraft({
                ...value,
                every_hours: event.target.value === "" ? null : Number(event.target.value),
              })
            }
          />
        </Field>
        <button type="submit" disabled={save.isPending}>
          {i18n._("Save")}
        </button>
      </form>
      {save.error && <Failure error={save.error} />}
      {live.data?.gain && (
        <p className="muted">
          {i18n._("The last {labels} labels brought {value} (80 % interval {low} to {high}).", {
            labels: count(live.data.gain.labels, i18n.locale),
            value: percent(live.data.gain.value, i18n.locale),
            low: percent(live.data.gain.low, i18n.locale),
            high: percent(live.data.gain.high, i18n.locale),
          })}
        </p>
      )}
    </details>
  );
}
