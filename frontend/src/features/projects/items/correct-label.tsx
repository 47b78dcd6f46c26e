import { useLingui } from "@lingui/react";
import { Select } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "../../../shared/api/client";
import { ErrorAlert, toast } from "../../../shared/ui/feedback";
import type { Project } from "../project-frame";

/** The class of an annotated item, to be corrected where one sees that it is wrong; Undo puts the former one back. */
export function CorrectLabel({
  project,
  taskId,
  current,
}: {
  project: Project;
  taskId: number;
  /** The id of the label that it has. */
  current: string;
}) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const path = { path: { task_id: taskId } };
  const refresh = () =>
    Promise.all(
      ["tasks", "task", "task-history"].map((key) => queries.invalidateQueries({ queryKey: [key] })),
    );
  const correct = useMutation({
    mutationFn: async (label: string) => {
      const held = await unwrap(api.GET("/api/v1/tasks/{task_id}/review/", { params: path }));
      const body: Schemas["ReviewIn"] = {
        annotation_id: held.annotation_id,
        verdict: "corrected",
        value: { ...held.task.annotation, label }, // with its attributes
      };
      await unwrap(
        api.POST("/api/v1/tasks/{task_id}/review/", {
          params: { ...path, header: { "Idempotency-Key": crypto.randomUUID() } },
          body,
        }),
      );
    },
    onSuccess: (_, label) => {
      const name = project.labels.find(({ id }) => id === label)?.name ?? label;
      // An Undo is a correction as well, and stands in the history.
      const undo = current === label ? undefined : () => correct.mutate(current);
      toast(i18n, i18n._("Label corrected to {label}.", { label: name }), undo);
      return refresh();
    },
  });
  return (
    <>
      <Select
        mb="sm"
        maw={280}
        label={i18n._("Correct the label")}
        allowDeselect={false}
        searchable={project.labels.length > 8}
        value={current}
        data={project.labels.map(({ id, name }) => ({ value: id, label: name }))}
        disabled={correct.isPending}
        onChange={(label) => label && label !== current && correct.mutate(label)}
      />
      {correct.error && <ErrorAlert error={correct.error} />}
    </>
  );
}
