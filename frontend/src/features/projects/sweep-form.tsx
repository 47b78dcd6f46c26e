import { useLingui } from "@lingui/react";
import { Checkbox, Fieldset, Group, NumberInput, Select, SimpleGrid, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { DialogButtons } from "../../shared/ui/dialog-buttons";
import { ErrorAlert, toast } from "../../shared/ui/feedback";
import { useReadySnapshots, useRecipes } from "./use-recipes";

interface Searched {
  isSearched: boolean;
  min: number;
  max: number;
}

export function SweepForm({
  project,
  onStarted,
  close,
}: {
  project: Schemas["ProjectDetail"];
  onStarted: (id: number) => void;
  close: () => void;
}) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const recipes = useRecipes(project.kind).filter((row) => row.params.length > 0);
  const snapshot = useReadySnapshots(project.id)[0];
  const [key, setKey] = useState("");
  const [trials, setTrials] = useState(20);
  const [method, setMethod] = useState<"tpe" | "random">("tpe");
  const [isPruning, setPruning] = useState(true);
  const [changed, setChanged] = useState<Record<string, Searched>>({});
  const recipe = recipes.find((row) => row.key === key) ?? recipes[0];
  const start = useMutation({
    mutationFn: (body: Schemas["SweepIn"]) =>
      unwrap(
        api.POST("/api/v1/projects/{project_id}/sweeps/", {
          params: { path: { project_id: project.id } },
          body,
        }),
      ),
    onSuccess: (sweep) => {
      void queries.invalidateQueries({ queryKey: ["sweeps", project.id] });
      toast(i18n, i18n._("Sweep started."));
      onStarted(sweep.id);
    },
  });
  if (!snapshot || !recipe)
    return (
      <Text size="sm">
        <Link to={`/projects/${project.id}/snapshots`}>{i18n._("Create a snapshot before training.")}</Link>
      </Text>
    );
  const searched = (param: Schemas["ParamOut"]): Searched =>
    changed[param.key] ?? {
      isSearched: recipe.params.length < 5,
      min: param.min ?? 0,
      max: param.max ?? 0,
    };
  const isEmpty = !recipe.params.some((param) => searched(param).isSearched);
  const send = (event: FormEvent) => {
    event.preventDefault();
    const space: Record<string, Schemas["RangeIn"]> = {};
    for (const param of recipe.params) {
      const { isSearched, min, max } = searched(param);
      if (!isSearched) continue;
      space[param.key] = param.options?.length ? { options: param.options } : { min, max, options: [] };
    }
    start.mutate({
      snapshot_id: snapshot.id,
      recipe: recipe.key,
      method,
      trial_count: trials,
      pruning_enabled: isPruning,
      seed: 0,
      space,
      fixed: {},
    });
  };
  return (
    <form onSubmit={send}>
      <Stack>
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <Select
            label={i18n._("Recipe")}
            allowDeselect={false}
            data={recipes.map((row) => ({ value: row.key, label: row.title }))}
            value={recipe.key}
            onChange={(value) => {
              setKey(value ?? "");
              setChanged({});
            }}
          />
          <NumberInput
            label={i18n._("Number of trials")}
            required
            min={2}
            max={200}
            allowDecimal={false}
            value={trials}
            onChange={(value) => setTrials(Number(value))}
          />
          <Select
            label={i18n._("Search strategy")}
            allowDeselect={false}
            data={[
              { value: "tpe", label: i18n._("Bayesian (TPE)") },
              { value: "random", label: i18n._("Random search") },
            ]}
            value={method}
            onChange={(value) => setMethod(value === "random" ? "random" : "tpe")}
          />
        </SimpleGrid>
        <Checkbox
          label={i18n._("Early-stop weak trials (successive halving)")}
          checked={isPruning}
          onChange={(event) => setPruning(event.currentTarget.checked)}
        />
        <Fieldset legend={i18n._("Search space")}>
          <Stack gap="xs">
            {recipe.params.map((param) => {
              const value = searched(param);
              const set = (change: Partial<Searched>) =>
                setChanged({ ...changed, [param.key]: { ...value, ...change } });
              return (
                <Group key={param.key} justify="space-between">
                  <Checkbox
                    label={param.title}
                    checked={value.isSearched}
                    onChange={(event) => set({ isSearched: event.currentTarget.checked })}
                  />
                  {param.options?.length ? (
                    <Text size="sm" c="dimmed">
                      {param.options.join(", ")}
                    </Text>
                  ) : (
                    <Group gap={6} wrap="nowrap">
                      <RangeEnd
                        param={param}
                        label={i18n._("{name}: minimum", { name: param.title })}
                        value={value.min}
                        disabled={!value.isSearched}
                        onChange={(min) => set({ min })}
                      />
                      <span aria-hidden>–</span>
                      <RangeEnd
                        param={param}
                        label={i18n._("{name}: maximum", { name: param.title })}
                        value={value.max}
                        disabled={!value.isSearched}
                        onChange={(max) => set({ max })}
                      />
                    </Group>
                  )}
                </Group>
              );
            })}
          </Stack>
        </Fieldset>
        {start.error && <ErrorAlert error={start.error} />}
        <DialogButtons close={close} isPending={start.isPending} isDisabled={isEmpty}>
          {i18n._("Start sweep")}
        </DialogButtons>
      </Stack>
    </form>
  );
}

function RangeEnd({
  param,
  label,
  value,
  disabled,
  onChange,
}: {
  param: Schemas["ParamOut"];
  label: string;
  value: number;
  disabled: boolean;
  onChange: (value: number) => void;
}) {
  return (
    <NumberInput
      w={110}
      aria-label={label}
      disabled={disabled}
      allowDecimal={!param.is_integer}
      decimalScale={8}
      {...(param.min === null || param.min === undefined ? {} : { min: param.min })}
      {...(param.max === null || param.max === undefined ? {} : { max: param.max })}
      value={value}
      onChange={(number) => onChange(Number(number))}
    />
  );
}
