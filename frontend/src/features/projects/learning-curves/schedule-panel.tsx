import { useLingui } from "@lingui/react";
import { Alert, Button, Checkbox, Modal, NumberInput, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ifMatch, type Schemas, unwrap } from "../../../shared/api/client";
import { DialogButtons } from "../../../shared/ui/dialog-buttons";
import { ErrorAlert, toast } from "../../../shared/ui/feedback";
import { percent } from "../../../shared/ui/numbers";
import { useLearningCurveSchedule } from "../../../shared/ui/schedule-line";

/** When the curve gets its next point without anybody asking. */
export function ScheduleButton({ projectId }: { projectId: number }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const [isOpen, dialog] = useDisclosure(false);
  const schedule = useLearningCurveSchedule(projectId);
  const [draft, setDraft] = useState<Schemas["LearningCurveScheduleIn"] | null>(null);
  const value = draft ??
    schedule.data?.schedule ?? {
      recipe: "image_probe",
      every_labels: 200,
      every_hours: null,
      enabled: false,
    };
  const save = useMutation({
    mutationFn: ({
      row,
      body,
    }: {
      row: Schemas["LearningCurveScheduleOut"];
      body: Schemas["LearningCurveScheduleIn"];
    }) =>
      unwrap(
        api.PUT("/api/v1/projects/{project_id}/learning-curve-schedule/", {
          params: { path: { project_id: projectId }, header: ifMatch(row) },
          body,
        }),
      ),
    onSuccess: () => {
      setDraft(null);
      dialog.close();
      toast(i18n, i18n._("Schedule saved."));
      void queries.invalidateQueries({ queryKey: ["learning-curve-schedule", projectId] });
    },
  });
  const current = schedule.data?.schedule;
  const gain = schedule.data?.last_gain;
  return (
    <>
      <Button variant="default" onClick={dialog.open}>
        {i18n._("Schedule…")}
      </Button>
      <Modal opened={isOpen} onClose={dialog.close} title={i18n._("Automatic measurement")}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (schedule.data) save.mutate({ row: schedule.data, body: value });
          }}
        >
          <Stack>
            <Text size="sm">
              {current?.enabled
                ? i18n._("Re-measured automatically every {labels, plural, one {label} other {# labels}}", {
                    labels: current.every_labels,
                  })
                : i18n._("Measured on request only")}
            </Text>
            {schedule.data?.last_error && (
              <Alert color="red" variant="light">
                {schedule.data.last_error}
              </Alert>
            )}
            <Checkbox
              label={i18n._("Measure automatically")}
              checked={value.enabled}
              onChange={(event) => setDraft({ ...value, enabled: event.currentTarget.checked })}
            />
            <NumberInput
              label={i18n._("Every (new labels)")}
              required
              min={10}
              allowDecimal={false}
              value={value.every_labels}
              onChange={(labels) => setDraft({ ...value, every_labels: Number(labels) })}
            />
            <NumberInput
              label={i18n._("Or every (hours), if there are new labels")}
              description={i18n._("Empty: by labels only.")}
              min={1}
              max={2160}
              allowDecimal={false}
              value={value.every_hours ?? ""}
              onChange={(hours) => setDraft({ ...value, every_hours: hours === "" ? null : Number(hours) })}
            />
            {gain && (
              <Text size="sm" c="dimmed">
                {i18n._(
                  "The last {labels, plural, one {label} other {# labels}} brought {value} (80% interval {low} to {high}).",
                  {
                    labels: gain.labels,
                    value: percent(gain.value, i18n.locale),
                    low: percent(gain.low, i18n.locale),
                    high: percent(gain.high, i18n.locale),
                  },
                )}
              </Text>
            )}
            {save.error && <ErrorAlert error={save.error} />}
            <DialogButtons close={dialog.close} isPending={save.isPending}>
              {i18n._("Save schedule")}
            </DialogButtons>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
