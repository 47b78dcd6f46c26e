import { useLingui } from "@lingui/react";
import type { AttributeValue } from "../core/regions";
import type { AttributeLook, Bench } from "./use-bench";

/** What can be said of the selected region, or of the item where regions are not drawn. */
export function Attributes({ bench }: { bench: Bench }) {
  const { i18n } = useLingui();
  const { editor, kind, project } = bench;
  const region = editor.selected;
  if (project.attributes.length === 0 || region?.shape === "relation") return null;
  if (kind.classes === "none" && region === null) return null;
  const label = region?.label ?? editor.doc.labels[0] ?? "";
  const meant = project.attributes.filter(
    (attribute) => attribute.labels.length === 0 || attribute.labels.includes(label),
  );
  if (meant.length === 0) return null;
  const values = region ? (region.attributes ?? {}) : editor.doc.attributes;
  return (
    <fieldset className="attributes">
      <legend>{region ? i18n._("Region attributes") : i18n._("Item attributes")}</legend>
      {meant.map((look) => (
        <AttributeField
          key={`${region?.id ?? ""}:${look.id}`}
          attribute={look}
          value={values[look.id]}
          set={(value) => editor.setAttribute(look.id, value, look.labels)}
        />
      ))}
    </fieldset>
  );
}

function AttributeField({
  attribute,
  value,
  set,
}: {
  attribute: AttributeLook;
  value: AttributeValue | undefined;
  set: (value: AttributeValue | null) => void;
}) {
  const { i18n } = useLingui();
  const name = attribute.required ? `${attribute.name} *` : attribute.name;
  if (attribute.type === "flag")
    return (
      <label className="inline">
        <input type="checkbox" checked={value === true} onChange={(event) => set(event.target.checked)} />{" "}
        {name}
      </label>
    );
  if (attribute.type === "choice")
    return (
      <label className="field">
        <span>{name}</span>
        <select value={String(value ?? "")} onChange={(event) => set(event.target.value || null)}>
          <option value="">{i18n._("Not set")}</option>
          {attribute.options.map((option) => (
            <option key={option}>{option}</option>
          ))}
        </select>
      </label>
    );
  if (attribute.type === "choices") {
    const chosen = Array.isArray(value) ? value : [];
    return (
      <fieldset className="choices">
        <legend>{name}</legend>
        {attribute.options.map((option) => (
          <label className="inline" key={option}>
            <input
              type="checkbox"
              checked={chosen.includes(option)}
              onChange={(event) =>
                set(event.target.checked ? [...chosen, option] : chosen.filter((item) => item !== option))
              }
            />{" "}
            {option}
          </label>
        ))}
      </fieldset>
    );
  }
  const number = attribute.type === "number";
  return (
    <label className="field">
      <span>{name}</span>
      <input
        type={number ? "number" : "text"}
        step="any"
        maxLength={2000}
        defaultValue={value === undefined ? "" : String(value)}
        onBlur={(event) => {
          const text = event.target.value.trim();
          const next = text === "" ? null : number ? Number(text) : text;
          if (next !== (value ?? null) && !(number && Number.isNaN(next))) set(next);
        }}
        onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
      />
    </label>
  );
}
