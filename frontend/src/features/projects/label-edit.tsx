import { useLingui } from "@lingui/react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { Failure, Field } from "../../shared/ui/parts";
import { COLORS, type LabelRow, labelsOf } from "./label-rows";

/** Names, colours and keys of the labels; saving makes the next version, answers keep theirs. */
export function LabelEdit({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const [rows, setRows] = useState<LabelRow[]>(project.labels as LabelRow[]);
  const save = useMutation({
    mutationFn: () =>
      unwrap(
        api.PUT("/api/v1/projects/{project_id}/labels/", {
          params: { path: { project_id: project.id } },
          body: { labels: rows, attributes: project.attributes },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["project", project.id] }),
  });
  const change = (id: string, part: Partial<LabelRow>) =>
    setRows(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  const add = (name: string) => {
    const made = labelsOf(name)[0];
    if (!made) return;
    let id = made.id;
    for (let number = 2; rows.some((row) => row.id === id); number += 1) id = `${made.id}-${number}`;
    setRows([...rows, { ...made, id, key: "", color: COLORS[rows.length % COLORS.length] ?? made.color }]);
  };
  return (
    <details>
      <summary>{i18n._("Change the labels")}</summary>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        {rows.map((row) => (
          <div key={row.id} className="label-row">
            <input
              value={row.name}
              maxLength={80}
              required
              aria-label={i18n._("Name of {id}", { id: row.id })}
              onChange={(event) => change(row.id, { name: event.target.value })}
            />
            <input
              type="color"
              value={row.color}
              aria-label={i18n._("Colour of {id}", { id: row.id })}
              onChange={(event) => change(row.id, { color: event.target.value })}
            />
            <input
              value={row.key}
              maxLength={1}
              pattern="[0-9a-z]?"
              aria-label={i18n._("Key of {id}", { id: row.id })}
              onChange={(event) => change(row.id, { key: event.target.value.toLowerCase() })}
            />
            <button
              type="button"
              className="small"
              onClick={() => setRows(rows.filter((one) => one.id !== row.id))}
            >
              {i18n._("Remove")}
            </button>
          </div>
        ))}
        <Field label={i18n._("Another label, then Enter")}>
          <input
            onKeyDown={(event) => {
              if (event.key !== "Enter") return;
              event.preventDefault();
              add(event.currentTarget.value);
              event.currentTarget.value = "";
            }}
          />
        </Field>
        {save.error && <Failure error={save.error} />}
        <button type="submit" className="primary" disabled={save.isPending || rows.length === 0}>
          {i18n._("Save as version {version}", { version: project.schema_version + 1 })}
        </button>
      </form>
    </details>
  );
}
