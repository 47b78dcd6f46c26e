import { useLingui } from "@lingui/react";
import { NumberInput, Select, SimpleGrid, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { DialogButtons } from "../../shared/ui/dialog-buttons";
import { ErrorAlert, toast } from "../../shared/ui/feedback";
import { useReadySnapshots, useRecipes } from "./use-recipes";

type Param = Schemas["ParamOut"];

/** Drawn from the recipe's spec. */
export function TrainForm({
  project,
  from,
  close,
}: {
  project: Pick<Schemas["ProjectDetail"], "id" | "kind">;
  from: Schemas["RunOut"] | undefined;
  close: () => void;
}) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const recipes = useRecipes(project.kind);
  const snapshots = useReadySnapshots(project.id);
  const [key, setKey] = useState(from?.recipe ?? "");
  const [snapshotId, setSnapshotId] = useState<string | null>(from ? String(from.snapshot_id) : null);
  const [seed, setSeed] = useState<number>(from?.seed ?? 0);
  const [entered, setEntered] = useState(() => valuesOf(from?.params ?? {}));
  const recipe = recipes.find((row) => row.key === key) ?? recipes[0];
  const snapshot = snapshotId ?? (snapshots[0] ? String(snapshots[0].id) : null);
  const entryOf = (param: Param) => entered[param.key] ?? param.default;
  const start = useMutation({
    mutationFn: (body: Schemas["RunIn"]) =>
      unwrap(
        api.POST("/api/v1/projects/{project_id}/runs/", {
          params: { path: { project_id: project.id } },
          body,
        }),
      ),
    onSuccess: (run) => {
      void queries.invalidateQueries({ queryKey: ["runs", project.id] });
      toast(i18n, i18n._("Training run {id} started.", { id: run.id }));
      close();
      navigate(`/runs/${run.id}`);
    },
  });
  if (!recipe || snapshot === null)
    return <Text size="sm">{i18n._("Create a snapshot before training.")}</Text>;
  const send = (event: FormEvent) => {
    event.preventDefault();
    start.mutate({
      snapshot_id: Number(snapshot),
      recipe: recipe.key,
      seed,
      params: Object.fromEntries(recipe.params.map((param) => [param.key, entryOf(param)])),
    });
  };
  return (
    <form onSubmit={send}>
      <Stack>
        <Select
          label={i18n._("Recipe")}
          description={recipe.description}
          allowDeselect={false}
          data={recipes.map((row) => ({ value: row.key, label: row.title }))}
          value={recipe.key}
          onChange={(value) => {
            setKey(value ?? "");
            setEntered({});
          }}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <Select
            label={i18n._("Snapshot")}
            allowDeselect={false}
            data={snapshots.map((row) => ({
              value: String(row.id),
              label: i18n._("Version {version}, {items, plural, one {# item} other {# items}}", {
                version: row.version,
                items: row.item_count,
              }),
            }))}
            value={snapshot}
            onChange={setSnapshotId}
          />
          <NumberInput
            label={i18n._("Seed")}
            required
            min={0}
            max={2 ** 31 - 1}
            allowDecimal={false}
            value={seed}
            onChange={(value) => setSeed(Number(value))}
          />
          {recipe.params.map((param) => (
            <ParamInput
              key={`${recipe.key}-${param.key}`}
              param={param}
              value={entryOf(param)}
              onChange={(value) => setEntered({ ...entered, [param.key]: value })}
            />
          ))}
        </SimpleGrid>
        <Text size="xs" c="dimmed">
          {i18n._("The model is registered as {name}. Its first version gets the alias champion.", {
            name: recipe.key,
          })}
        </Text>
        {start.error && <ErrorAlert error={start.error} />}
        <DialogButtons close={close} isPending={start.isPending}>
          {i18n._("Start training")}
        </DialogButtons>
      </Stack>
    </form>
  );
}

/** Values of a run that the form can hold. */
function valuesOf(params: Record<string, unknown>): Record<string, number | string> {
  const known = Object.entries(params).filter(([, value]) => ["number", "string"].includes(typeof value));
  return Object.fromEntries(known) as Record<string, number | string>;
}

function ParamInput({
  param,
  value,
  onChange,
}: {
  param: Param;
  value: number | string;
  onChange: (value: number | string) => void;
}) {
  if (param.options?.length)
    return (
      <Select
        label={param.title}
        allowDeselect={false}
        data={param.options}
        value={String(value)}
        onChange={(choice) => choice !== null && onChange(choice)}
      />
    );
  return (
    <NumberInput
      label={param.title}
      required
      allowDecimal={!param.is_integer}
      decimalScale={8}
      {...(param.min === null || param.min === undefined ? {} : { min: param.min })}
      {...(param.max === null || param.max === undefined ? {} : { max: param.max })}
      value={value}
      onChange={(number) => onChange(Number(number))}
    />
  );
}
