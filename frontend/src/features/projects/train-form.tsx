import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { Failure, Field } from "../../shared/ui/parts";

type Param = Schemas["ParamOut"];

/** Recipes that take a project type. */
export function useRecipes(kind: string) {
  const recipes = useQuery({
    queryKey: ["recipes"],
    queryFn: () => unwrap(api.GET("/api/v1/recipes/")),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return recipes.data?.results.filter((row) => row.project_types.includes(kind)) ?? [];
}

/** Whether a recipe learns a project type better than by repeating what is frequent; undefined: not known yet. */
export function useIsTrainable(kind: string): boolean | undefined {
  const recipes = useQuery({
    queryKey: ["recipes"],
    queryFn: () => unwrap(api.GET("/api/v1/recipes/")),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return recipes.data?.results.some((row) => row.baseline !== "" && row.project_types.includes(kind));
}

/** Snapshots that are ready, the newest first. */
export function useReadySnapshots(projectId: number) {
  const path = { path: { project_id: projectId } };
  const snapshots = useQuery({
    queryKey: ["snapshots", projectId],
    queryFn: () => unwrap(api.GET("/api/v1/projects/{project_id}/snapshots/", { params: path })),
  });
  return snapshots.data?.results.filter((row) => row.state === "ready") ?? [];
}

/** Orders a training; drawn from the recipe's spec. */
export function TrainForm({ project }: { project: Schemas["ProjectDetail"] }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const [key, setKey] = useState("");
  const fitting = useRecipes(project.kind);
  const ready = useReadySnapshots(project.id);
  const order = useMutation({
    mutationFn: (body: Schemas["RunIn"]) =>
      unwrap(
        api.POST("/api/v1/projects/{project_id}/runs/", {
          params: { path: { project_id: project.id } },
          body,
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["runs", project.id] }),
  });
  const recipe = fitting.find((row) => row.key === key) ?? fitting[0];
  if (ready.length === 0 || !recipe) {
    return <p className="muted">{i18n._("To train, freeze a snapshot first.")}</p>;
  }
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const value = (one: Param) =>
      one.options?.length ? String(form.get(one.key)) : Number(form.get(one.key));
    order.mutate({
      snapshot_id: Number(form.get("snapshot")),
      recipe: recipe.key,
      seed: Number(form.get("seed")),
      params: Object.fromEntries(recipe.params.map((one) => [one.key, value(one)])),
    });
  };
  return (
    <details>
      <summary>{i18n._("Train a model")}</summary>
      <form className="form row" onSubmit={send} key={recipe.key}>
        <Field label={i18n._("Recipe")} hint={recipe.description}>
          <select value={recipe.key} onChange={(event) => setKey(event.target.value)}>
            {fitting.map((row) => (
              <option key={row.key} value={row.key}>
                {row.title}
              </option>
            ))}
          </select>
        </Field>
        <Field label={i18n._("Snapshot")}>
          <select name="snapshot">
            {ready.map((row) => (
              <option key={row.id} value={row.id}>
                {row.version}
              </option>
            ))}
          </select>
        </Field>
        {recipe.params.map((one) => (
          <Field key={one.key} label={one.title}>
            {paramInput(one)}
          </Field>
        ))}
        <Field label={i18n._("Seed")}>
          <input name="seed" type="number" min={0} step={1} defaultValue={0} required />
        </Field>
        {order.error && <Failure error={order.error} />}
        <button type="submit" className="primary" disabled={order.isPending}>
          {i18n._("Train")}
        </button>
      </form>
    </details>
  );
}

function paramInput(param: Param) {
  if (param.options?.length)
    return (
      <select name={param.key} defaultValue={String(param.default)}>
        {param.options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    );
  return (
    <input
      name={param.key}
      type="number"
      step={param.is_integer ? 1 : "any"}
      min={param.min ?? undefined}
      max={param.max ?? undefined}
      defaultValue={param.default}
      required
    />
  );
}
