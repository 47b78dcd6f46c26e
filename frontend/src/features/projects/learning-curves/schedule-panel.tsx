import { useLingui } from "@lingui/react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ifMatch, type Schemas, unwrap } from "../../../shared/api/client";
import { count, percent } from "../../../shared/ui/numbers";
import { Failure, Field } from "../../../shared/ui/parts";
import { useLearningCurveSchedule } from "../../../shared/ui/schedule-line";

/** When the curve gets its next point by itself. */
export function SchedulePanel({ projectId }: { projectId: number }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const schedule = useLearningCurveSchedule(projectId);
  const [draft, setDraft] = useState<Schemas["LearningCurveScheduleIn"] | null>(null);
  const value = draft ??
    schedule.data?.schedule ?? {
      recipe: "image_probe",
      every_labels: 200,
      every_hours: null,
      enabled: false,
    };
  const save = useMutation({
    mutationFn: ({
      row,
      body,
    }: {
      row: Schemas["LearningCurveScheduleOut"];
      body: Schemas["LearningCurveScheduleIn"];
    }) =>
      unwrap(
        api.PUT("/api/v1/projects/{project_id}/learning-curve-schedule/", {
          params: { path: { project_id: projectId }, header: ifMatch(row) },
          body,
        }),
      ),
    onSuccess: () => {
      setDraft(null);
      void queries.invalidateQueries({ queryKey: ["learning-curve-schedule", projectId] });
    },
  });
  const current = schedule.data?.schedule;
  const state = current?.enabled
    ? i18n._("Measures by itself after every {labels} labels.", {
        labels: count(current.every_labels, i18n.locale),
      })
    : i18n._("Measures only when asked.");
  return (
    <details>
      <summary>
        {i18n._("Live curve")} <span className="muted">{state}</span>
      </summary>
      {schedule.data?.last_error && <p className="warn">{schedule.data.last_error}</p>}
      <form
        className="grid-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (schedule.data) save.mutate({ row: schedule.data, body: value });
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
      {schedule.data?.last_gain && (
        <p className="muted">
          {i18n._("The last {labels} labels brought {value} (80 % interval {low} to {high}).", {
            labels: count(schedule.data.last_gain.labels, i18n.locale),
            value: percent(schedule.data.last_gain.value, i18n.locale),
            low: percent(schedule.data.last_gain.low, i18n.locale),
            high: percent(schedule.data.last_gain.high, i18n.locale),
          })}
        </p>
      )}
    </details>
  );
}
