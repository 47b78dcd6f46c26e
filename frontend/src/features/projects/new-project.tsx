import type { I18n } from "@lingui/core";
import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link, useNavigate } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { count } from "../../shared/ui/numbers";
import { Empty, Failure, Field, Page, Waiting } from "../../shared/ui/parts";
import { projectTypeTitle } from "../../shared/ui/project-type-titles";
import { attributesOf, labelsOf } from "./label-rows";

/** How labels are written that need more than a name. */
function labelHint(i18n: I18n, geometries: readonly string[]): string {
  if (geometries.includes("relation")) return i18n._("A relation needs its shape: works for [relation]");
  if (geometries.length > 2)
    return i18n._("With its shape: Car [box], Road [polygon], Lane [polyline], Sky [mask]");
  if (geometries.includes("polyline")) return i18n._("A line needs its shape: Lane [polyline]");
  if (geometries.includes("skeleton"))
    return i18n._("With its keypoints: Person: head, left hand, right hand / 1-2 1-3");
  return "";
}

/** Name, data, labels, rules, target: one page, no steps. */
export function NewProject() {
  const { i18n } = useLingui();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [lines, setLines] = useState("");
  const [key, setKey] = useState("");
  const types = useQuery({
    queryKey: ["project-types"],
    queryFn: () => unwrap(api.GET("/api/v1/project-types/")),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const type = types.data?.results.find((row) => row.key === key) ?? types.data?.results[0];
  const datasets = useQuery({ queryKey: ["datasets"], queryFn: () => unwrap(api.GET("/api/v1/datasets/")) });
  const make = useMutation({
    mutationFn: (body: Schemas["ProjectIn"]) => unwrap(api.POST("/api/v1/projects/", { body })),
    onSuccess: async (project) => {
      await queries.invalidateQueries({ queryKey: ["projects"] });
      navigate(`/projects/${project.id}`);
    },
  });
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    if (!type) return;
    make.mutate({
      name: String(form.get("name")),
      kind: type.key,
      attributes: attributesOf(String(form.get("attributes"))),
      dataset_id: Number(form.get("dataset")),
      labels: labelsOf(lines),
      guideline: String(form.get("guideline")),
      note: "",
      target: Number(form.get("target")) / 100,
    });
  };
  const labels = labelsOf(lines);
  return (
    <Page title={i18n._("New project")}>
      {datasets.isPending && <Waiting />}
      {datasets.error && <Failure error={datasets.error} />}
      {datasets.data?.results.length === 0 && (
        <Empty
          action={
            <Link className="button primary" to="/datasets">
              {i18n._("Bring data in")}
            </Link>
          }
        >
          {i18n._("A project needs a dataset, and there is none yet.")}
        </Empty>
      )}
      {datasets.data && datasets.data.results.length > 0 && (
        <form className="form" onSubmit={send}>
          <Field label={i18n._("Name")}>
            <input name="name" required maxLength={120} />
          </Field>
          <Field label={i18n._("Dataset")}>
            <select name="dataset">
              {datasets.data.results.map((row) => (
                <option key={row.id} value={row.id}>
                  {row.name} ({count(row.items, i18n.locale)})
                </option>
              ))}
            </select>
          </Field>
          <fieldset>
            <legend>{i18n._("What is asked of the annotator")}</legend>
            {types.error && <Failure error={types.error} />}
            {types.data?.results.map((row) => (
              <label key={row.key}>
                <input
                  type="radio"
                  name="kind"
                  value={row.key}
                  checked={row.key === type?.key}
                  onChange={() => setKey(row.key)}
                />{" "}
                {projectTypeTitle(i18n, row)}
              </label>
            ))}
          </fieldset>
          <Field
            label={i18n._("Labels, one on each line")}
            hint={`${i18n._("The first ten get the keys 1 to 9 and 0.")} ${labelHint(i18n, type?.geometries ?? [])}`}
          >
            <textarea rows={6} required value={lines} onChange={(event) => setLines(event.target.value)} />
          </Field>
          <p className="chips preview" aria-hidden="true">
            {labels.map((label) => (
              <span key={label.id} className="chip" style={{ "--chip": label.color } as React.CSSProperties}>
                <kbd>{label.key}</kbd> {label.name}
              </span>
            ))}
          </p>
          <Field
            label={i18n._("What else is said of each region or item, one on each line")}
            hint={i18n._(
              "Hidden? · Doors: number · Plate: text · Colour: red, blue · a star at the end: must be said",
            )}
          >
            <textarea name="attributes" rows={3} />
          </Field>
          <Field label={i18n._("Guidelines (Markdown)")}>
            <textarea name="guideline" rows={6} />
          </Field>
          <Field label={i18n._("Wanted accuracy, in percent")}>
            <input name="target" type="number" min="1" max="99.9" step="0.1" defaultValue="90" required />
          </Field>
          {make.error && <Failure error={make.error} />}
          <button type="submit" className="primary" disabled={make.isPending || labels.length === 0 || !type}>
            {make.isPending ? i18n._("Making it…") : i18n._("Make the project")}
          </button>
        </form>
      )}
    </Page>
  );
}
