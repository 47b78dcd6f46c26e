import { useLingui } from "@lingui/react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { api, ifMatch, type Schemas, unwrap } from "../../shared/api/client";
import { Failure, Field } from "../../shared/ui/parts";

type QueueSettings = Schemas["QueueSettings"];

/** How tasks are handed out, reviewed and checked. */
export function QueueSettingsEdit({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const { queue_settings: settings } = project;
  const save = useMutation({
    mutationFn: (body: QueueSettings) =>
      unwrap(
        api.PATCH("/api/v1/projects/{project_id}/queue-settings/", {
          params: { path: { project_id: project.id }, header: ifMatch(project) },
          body,
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["project", project.id] }),
  });
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const number = (name: string) => Number(form.get(name));
    const maybe = (name: string, scale = 1) => (form.get(name) ? number(name) / scale : null);
    save.mutate({
      ...settings,
      order: form.get("order") as NonNullable<QueueSettings["order"]>,
      overlap: number("overlap"),
      overlap_fraction: number("overlap_fraction") / 100,
      max_annotations_per_task: number("max_annotations_per_task"),
      min_agreement: number("min_agreement") / 100,
      review_fraction: number("review_fraction") / 100,
      second_review: form.get("second_review") === "on",
      gold_fraction: number("gold_fraction") / 100,
      qualification_tasks: number("qualification_tasks"),
      min_gold_accuracy: maybe("min_gold_accuracy", 100),
      max_annotations_per_person: maybe("max_annotations_per_person"),
      is_open_to_everyone: form.get("is_open_to_everyone") === "on",
      hourly_cost: number("hourly_cost"),
    });
  };
  const whole = (name: keyof QueueSettings, title: string, low: number, high: number, hint = "") => (
    <Field label={title} {...(hint ? { hint } : {})}>
      <input
        name={name}
        type="number"
        min={low}
        max={high}
        defaultValue={(settings[name] as number | null) ?? ""}
      />
    </Field>
  );
  const share = (name: keyof QueueSettings, title: string, hint = "") => (
    <Field label={title} {...(hint ? { hint } : {})}>
      <input
        name={name}
        type="number"
        min="0"
        max="100"
        step="any"
        defaultValue={settings[name] === null ? "" : Math.round((settings[name] as number) * 1000) / 10}
      />
    </Field>
  );
  return (
    <details>
      <summary>{i18n._("Queue, review and checks")}</summary>
      <form className="form rules" onSubmit={send} key={JSON.stringify(settings)}>
        <Field label={i18n._("Order")}>
          <select name="order" defaultValue={settings.order}>
            <option value="random">{i18n._("random")}</option>
            <option value="priority">{i18n._("by priority")}</option>
            <option value="uncertainty">{i18n._("least confident first")}</option>
            <option value="margin">{i18n._("smallest margin first")}</option>
            <option value="entropy">{i18n._("greatest entropy first")}</option>
            <option value="k_center">{i18n._("far from what is labeled (k-center)")}</option>
            <option value="mix">{i18n._("mix of uncertain, far and random")}</option>
          </select>
        </Field>
        {whole("overlap", i18n._("Answers for each overlapping task"), 1, 20)}
        {share("overlap_fraction", i18n._("Share of tasks that overlap, in percent"))}
        {whole("max_annotations_per_task", i18n._("Answers at most where they differ"), 1, 20)}
        {share("min_agreement", i18n._("Answers differ below this likeness, in percent"))}
        {share("review_fraction", i18n._("Share of answers that are reviewed, in percent"))}
        <label className="inline">
          <input name="second_review" type="checkbox" defaultChecked={settings.second_review ?? false} />{" "}
          {i18n._("A second reviewer who does not see the first verdict")}
        </label>
        {share("gold_fraction", i18n._("Share of gold items among what is handed out, in percent"))}
        {whole("qualification_tasks", i18n._("Practice items before a newcomer's first task"), 0, 1000)}
        {share(
          "min_gold_accuracy",
          i18n._("Pause who is surely below, in percent of gold items"),
          i18n._("Only when the whole 95 % interval lies below. Empty: nobody is paused."),
        )}
        {whole(
          "max_annotations_per_person",
          i18n._("Answers a person may give"),
          1,
          100_000_000,
          i18n._("Empty: no limit."),
        )}
        <label className="inline">
          <input
            name="is_open_to_everyone"
            type="checkbox"
            defaultChecked={settings.is_open_to_everyone ?? true}
          />{" "}
          {i18n._("Everybody in the organization may label here")}
        </label>
        <Field label={i18n._("Cost of one hour of one person")}>
          <input name="hourly_cost" type="number" min="0" step="any" defaultValue={settings.hourly_cost} />
        </Field>
        {save.error && <Failure error={save.error} />}
        <button type="submit" className="primary" disabled={save.isPending}>
          {i18n._("Save")}
        </button>
      </form>
    </details>
  );
}
