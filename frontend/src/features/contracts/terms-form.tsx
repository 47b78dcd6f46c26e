import { useLingui } from "@lingui/react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { count, percent } from "../../shared/ui/numbers";
import { Failure, Field } from "../../shared/ui/parts";
import { SampleSizeChart } from "./sample-size-chart";

/** The server fills in what is left out, so what it sends is complete. */
export type Terms = Required<Schemas["TermsIn"]>;
export interface Draft {
  title: string;
  note: string;
  terms: Terms;
}

export const EMPTY: Draft = {
  title: "",
  note: "",
  terms: {
    metric: "accuracy",
    target: 0.9,
    expected: 0.95,
    false_accept_risk: 0.05,
    false_reject_risk: 0.1,
    method: "anytime",
    max_submissions: 1,
    new_labels_only: false,
    slices: [],
  },
};

/** Terms, with what they take beside them while they are being set. */
export function TermsForm({
  project,
  initial,
  save,
  saving,
  error,
  onSave,
}: {
  project: Schemas["ProjectDetail"] | undefined;
  initial: Draft;
  save: string;
  saving: boolean;
  error: unknown;
  onSave: (draft: Draft) => void;
}) {
  const { i18n } = useLingui();
  const [draft, setDraft] = useState(initial);
  const { terms } = draft;
  const set = (change: Partial<Terms>) => setDraft({ ...draft, terms: { ...terms, ...change } });
  const sound = terms.target > 0 && terms.target < terms.expected && terms.expected < 1;
  const sampleSize = useQuery({
    queryKey: ["contract-sample-size", terms, project?.id],
    enabled: sound,
    placeholderData: keepPreviousData,
    queryFn: () =>
      unwrap(
        api.POST("/api/v1/contracts/sample-size/", { body: { terms, project_id: project?.id ?? null } }),
      ),
  });
  const rate = (
    key: "target" | "expected" | "false_accept_risk" | "false_reject_risk",
    label: string,
    hint: string,
  ) => (
    <Field label={label} hint={hint}>
      <input
        type="number"
        required
        min={0.1}
        max={99.99}
        step="any"
        value={Number((terms[key] * 100).toPrecision(6))}
        onChange={(event) => set({ [key]: Number(event.target.value) / 100 })}
      />
    </Field>
  );
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (sound) onSave(draft);
  };
  const free = (project?.labels ?? []).filter(
    (label) => !terms.slices.some((one) => one.key === `class:${label.id}`),
  );
  return (
    <div className="terms">
      <form onSubmit={send}>
        <Field label={i18n._("Title")}>
          <input
            required
            maxLength={120}
            value={draft.title}
            onChange={(event) => setDraft({ ...draft, title: event.target.value })}
          />
        </Field>
        <Field label={i18n._("Note")}>
          <textarea
            rows={3}
            maxLength={4000}
            value={draft.note}
            onChange={(event) => setDraft({ ...draft, note: event.target.value })}
          />
        </Field>
        <div className="grid-form">
          {rate("target", i18n._("Target, %"), i18n._("acceptance claims that the accuracy is above this"))}
          {rate("expected", i18n._("Good, %"), i18n._("a model of this accuracy should pass"))}
          {rate(
            "false_accept_risk",
            i18n._("Accept risk, %"),
            i18n._("of passing a model at the target or below"),
          )}
          {rate("false_reject_risk", i18n._("Refuse risk, %"), i18n._("of refusing a model that is good"))}
          <Field label={i18n._("Method")}>
            <select
              value={terms.method}
              onChange={(event) => set({ method: event.target.value === "fixed" ? "fixed" : "anytime" })}
            >
              <option value="anytime">{i18n._("anytime: looking early is safe")}</option>
              <option value="fixed">{i18n._("fixed: judged once, at a set number")}</option>
            </select>
          </Field>
          <Field label={i18n._("Models that may be offered")} hint={i18n._("they share the accept risk")}>
            <input
              type="number"
              required
              min={1}
              max={20}
              value={terms.max_submissions}
              onChange={(event) =>
                set({ max_submissions: Math.max(1, Math.round(Number(event.target.value))) })
              }
            />
          </Field>
          <label className="check">
            <input
              type="checkbox"
              checked={terms.new_labels_only}
              onChange={(event) => set({ new_labels_only: event.target.checked })}
            />{" "}
            {i18n._("Count only sealed labels made after the signing")}
          </label>
        </div>
        {!sound && (
          <p className="bad">{i18n._("Good must lie above the target, and both between 0 and 100 %.")}</p>
        )}
        <fieldset>
          <legend>{i18n._("Slices with their own floors")}</legend>
          {terms.slices.map((one, index) => (
            <div key={one.key} className="row">
              <span>
                {one.title} <code className="muted">{one.key}</code>
              </span>
              <input
                type="number"
                aria-label={i18n._("Floor of {name}, %", { name: one.title })}
                min={1}
                max={99.9}
                step="any"
                value={Number((one.target * 100).toPrecision(6))}
                onChange={(event) =>
                  set({
                    slices: terms.slices.map((other, place) =>
                      place === index ? { ...other, target: Number(event.target.value) / 100 } : other,
                    ),
                  })
                }
              />
              <button
                type="button"
                className="small"
                aria-label={i18n._("Remove {name}", { name: one.title })}
                onClick={() => set({ slices: terms.slices.filter((other) => other !== one) })}
              >
                ✕
              </button>
            </div>
          ))}
          <SliceAdd
            labels={free}
            onAdd={(key, title) =>
              set({ slices: [...terms.slices, { key, title, target: Math.max(0.05, terms.target - 0.1) }] })
            }
          />
        </fieldset>
        <p>
          <button type="submit" className="primary" disabled={saving || !sound}>
            {save}
          </button>
        </p>
        {error ? <Failure error={error} /> : null}
      </form>
      <div>
        {sampleSize.error && <Failure error={sampleSize.error} />}
        {sound && sampleSize.data && (
          <>
            <SampleSizeTable sampleSize={sampleSize.data} method={terms.method} />
            <SampleSizeChart sampleSize={sampleSize.data} terms={terms} />
          </>
        )}
      </div>
    </div>
  );
}

function SliceAdd({
  labels,
  onAdd,
}: {
  labels: Schemas["ProjectDetail"]["labels"];
  onAdd: (key: string, title: string) => void;
}) {
  const { i18n } = useLingui();
  const [meta, setMeta] = useState("");
  const found = /^([^=:]+)=(.+)$/.exec(meta.trim());
  return (
    <div className="row">
      <select
        aria-label={i18n._("Add a class")}
        value=""
        onChange={(event) => {
          const label = labels.find((one) => one.id === event.target.value);
          if (label) onAdd(`class:${label.id}`, label.name);
        }}
      >
        <option value="">{i18n._("add a class…")}</option>
        {labels.map((label) => (
          <option key={label.id} value={label.id}>
            {label.name}
          </option>
        ))}
      </select>
      <input
        aria-label={i18n._("Metadata of a slice, as field=value")}
        placeholder={i18n._("field=value")}
        value={meta}
        onChange={(event) => setMeta(event.target.value)}
      />
      <button
        type="button"
        className="small"
        disabled={!found}
        onClick={() => {
          if (found) onAdd(`meta:${found[1]?.trim()}=${found[2]?.trim()}`, meta.trim());
          setMeta("");
        }}
      >
        {i18n._("Add a slice")}
      </button>
    </div>
  );
}

/** For each part: items that the agreement takes, and sealed labels that are there. */
export function SampleSizeTable({
  sampleSize,
  method,
}: {
  sampleSize: Schemas["SampleSizeOut"];
  method: string;
}) {
  const { i18n } = useLingui();
  const many = i18n._("more than a million");
  return (
    <div className="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">{i18n._("Part")}</th>
            <th scope="col">{i18n._("Target")}</th>
            <th scope="col">{i18n._("Test items, fixed design")}</th>
            {method === "anytime" && <th scope="col">{i18n._("A good model typically passes after")}</th>}
            <th scope="col">{i18n._("Sealed labels now")}</th>
          </tr>
        </thead>
        <tbody>
          {sampleSize.parts.map((part) => (
            <tr key={part.key}>
              <th scope="row">{part.title || i18n._("All items")}</th>
              <td className="num">{percent(part.target, i18n.locale)}</td>
              <td className="num">
                {part.sampling_plan
                  ? i18n._("{items} with at most {errors} wrong", {
                      items: count(part.sampling_plan.sample_size, i18n.locale),
                      errors: part.sampling_plan.acceptance_number,
                    })
                  : many}
              </td>
              {method === "anytime" && (
                <td className="num">
                  {part.median_sample_size === null ? many : count(part.median_sample_size, i18n.locale)}
                </td>
              )}
              <td className="num">
                {part.held_out_items === null ? "–" : count(part.held_out_items, i18n.locale)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
