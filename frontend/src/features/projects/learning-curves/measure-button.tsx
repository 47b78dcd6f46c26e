import { useLingui } from "@lingui/react";
import { Button, Modal, NumberInput, Select, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, type Schemas, unwrap } from "../../../shared/api/client";
import { DialogButtons } from "../../../shared/ui/dialog-buttons";
import { ErrorAlert, toast } from "../../../shared/ui/feedback";

/** Orders a learning curve: by which recipe, and for how much compute. */
export function MeasureButton({
  projectId,
  snapshot,
  recipes,
}: {
  projectId: number;
  snapshot: Schemas["SnapshotOut"];
  recipes: Schemas["RecipeOut"][];
}) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const [isOpen, dialog] = useDisclosure(false);
  const [recipe, setRecipe] = useState(recipes[0]?.key ?? "");
  const [budget, setBudget] = useState<number | "">("");
  const measure = useMutation({
    mutationFn: () =>
      unwrap(
        api.POST("/api/v1/projects/{project_id}/learning-curves/", {
          params: { path: { project_id: projectId } },
          body: {
            snapshot_id: snapshot.id,
            recipe: recipe || (recipes[0]?.key ?? ""),
            compute_budget: budget === "" ? null : budget,
          },
        }),
      ),
    onSuccess: () => {
      dialog.close();
      toast(i18n, i18n._("Learning curve started."));
      void queries.invalidateQueries({ queryKey: ["learning-curves", projectId] });
    },
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    measure.mutate();
  };
  return (
    <>
      <Button onClick={dialog.open}>{i18n._("Measure learning curve")}</Button>
      <Modal opened={isOpen} onClose={dialog.close} title={i18n._("Measure learning curve")}>
        <form onSubmit={send}>
          <Stack>
            <Text size="sm">
              {i18n._("Trains on growing parts of snapshot version {version}.", {
                version: snapshot.version,
              })}
            </Text>
            <Select
              label={i18n._("Recipe")}
              allowDeselect={false}
              data={recipes.map((row) => ({ value: row.key, label: row.title }))}
              value={recipe || (recipes[0]?.key ?? null)}
              onChange={(value) => setRecipe(value ?? "")}
            />
            <NumberInput
              label={i18n._("Compute budget (trainings on all labels)")}
              description={i18n._("Empty: 4 trainings.")}
              min={1}
              max={200}
              value={budget}
              onChange={(value) => setBudget(value === "" ? "" : Number(value))}
            />
            {measure.error && <ErrorAlert error={measure.error} />}
            <DialogButtons close={dialog.close} isPending={measure.isPending}>
              {i18n._("Measure learning curve")}
            </DialogButtons>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
