import { useLingui } from "@lingui/react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ifMatch, type Schemas, unwrap } from "../../shared/api/client";
import { count } from "../../shared/ui/numbers";
import { Failure, Field } from "../../shared/ui/parts";
import { COLORS, type LabelRow, labelsOf } from "./label-rows";

/** Names, colours and keys of the labels. What a change does to existing labels is told before it is made. */
export function LabelEdit({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const [rows, setRows] = useState<LabelRow[]>(project.labels as LabelRow[]);
  const [start] = useState(project); // what the rows were made from; a newer one is not theirs
  const [moves, setMoves] = useState<Record<string, string>>({});
  const path = { path: { project_id: project.id } };
  const body = { labels: rows, attributes: project.attributes };
  const look = useMutation({
    mutationFn: () =>
      unwrap(api.POST("/api/v1/projects/{project_id}/label-schema/preview/", { params: path, body })),
  });
  const save = useMutation({
    mutationFn: () =>
      unwrap(
        api.PUT("/api/v1/projects/{project_id}/label-schema/", {
          params: { ...path, header: ifMatch(start) },
          body: { ...body, moves },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["project", project.id] }),
  });
  const put = (next: LabelRow[]) => {
    setRows(next);
    look.reset();
  };
  const change = (id: string, part: Partial<LabelRow>) =>
    put(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  const add = (name: string) => {
    const made = labelsOf(name)[0];
    if (!made) return;
    let id = made.id;
    for (let number = 2; rows.some((row) => row.id === id); number += 1) id = `${made.id}-${number}`;
    put([...rows, { ...made, id, key: "", color: COLORS[rows.length % COLORS.length] ?? made.color }]);
  };
  const open = look.data?.must_move.filter((id) => moves[id] === undefined) ?? [];
  return (
    <details>
      <summary>{i18n._("Change the labels")}</summary>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (look.data) save.mutate();
          else look.mutate();
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
              onClick={() => put(rows.filter((one) => one.id !== row.id))}
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
        {look.data && <Effects found={look.data} rows={rows} moves={moves} setMoves={setMoves} />}
        {(look.error ?? save.error) && <Failure error={look.error ?? save.error} />}
        <button
          type="submit"
          className="primary"
          disabled={save.isPending || look.isPending || rows.length === 0 || open.length > 0}
        >
          {look.data
            ? i18n._("Save as version {version}", { version: project.schema_version + 1 })
            : i18n._("See what changes")}
        </button>
      </form>
    </details>
  );
}

/** What the change does to the labels that are there, and where those go whose label is taken away. */
function Effects({
  found,
  rows,
  moves,
  setMoves,
}: {
  found: Schemas["SchemaPreview"];
  rows: LabelRow[];
  moves: Record<string, string>;
  setMoves: (moves: Record<string, string>) => void;
}) {
  const { i18n } = useLingui();
  const words: Record<string, string> = {
    added: i18n._("is new"),
    removed: i18n._("is taken away"),
    renamed: i18n._("gets this name"),
    reshaped: i18n._("changes its shape for what comes"),
  };
  if (found.effects.length === 0) return <p>{i18n._("Only colours and keys change.")}</p>;
  return (
    <ul className="effects">
      {found.effects.map((one) => (
        <li key={one.label}>
          <strong>{one.name}</strong> {words[one.effect]} ·{" "}
          {i18n._("{number} answers", { number: count(one.annotation_count, i18n.locale) })}
          {found.must_move.includes(one.label) && (
            <label className="inline">
              {i18n._("its place is taken by")}
              <select
                value={moves[one.label] ?? "?"}
                onChange={(event) => setMoves({ ...moves, [one.label]: event.target.value })}
              >
                <option value="?" disabled>
                  {i18n._("choose")}
                </option>
                <option value="">{i18n._("nothing: these regions go")}</option>
                {rows.map((row) => (
                  <option key={row.id} value={row.id}>
                    {row.name}
                  </option>
                ))}
              </select>
            </label>
          )}
        </li>
      ))}
    </ul>
  );
}
