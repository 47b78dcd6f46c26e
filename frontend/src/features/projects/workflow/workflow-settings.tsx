import { useLingui } from "@lingui/react";
import {
  Button,
  Card,
  Checkbox,
  Group,
  MultiSelect,
  NumberInput,
  Select,
  SimpleGrid,
  Text,
  Title,
} from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { api, ifMatch, type Schemas, unwrap } from "../../../shared/api/client";
import { useMay } from "../../../shared/api/session";
import { ErrorAlert, toast } from "../../../shared/ui/feedback";
import { strategyTitles } from "../../../words/strategies";
import type { Project } from "../project-frame";
import styles from "./workflow.module.css";

type Settings = Schemas["QueueSettings"];

/** How tasks are handed out, reviewed and checked, in groups. */
export function WorkflowSettings({ project }: { project: Project }) {
  const { i18n } = useLingui();
  const mayChange = useMay("projects.write");
  const queries = useQueryClient();
  const [start, setStart] = useState(project);
  const [draft, setDraft] = useState<Settings>(project.queue_settings);
  const save = useMutation({
    mutationFn: () =>
      unwrap(
        api.PATCH("/api/v1/projects/{project_id}/queue-settings/", {
          params: { path: { project_id: project.id }, header: ifMatch(start) },
          body: draft,
        }),
      ),
    onSuccess: (row) => {
      queries.setQueryData(["project", project.id], row);
      setStart(row);
      setDraft(row.queue_settings);
      toast(i18n, i18n._("Workflow settings saved."));
    },
  });
  const teams = useQuery({ queryKey: ["teams"], queryFn: () => unwrap(api.GET("/api/v1/teams/")) });
  const set = (part: Partial<Settings>) => setDraft({ ...draft, ...part });
  const isChanged = JSON.stringify(draft) !== JSON.stringify(start.queue_settings);
  const whole = (
    name: "overlap" | "max_annotations_per_task" | "qualification_tasks",
    label: string,
    min: number,
    max: number,
  ) => (
    <NumberInput
      label={label}
      min={min}
      max={max}
      allowDecimal={false}
      value={draft[name] ?? min}
      onChange={(value) => set({ [name]: value === "" ? min : Number(value) })}
    />
  );
  const share = (
    name: "overlap_fraction" | "min_agreement" | "review_fraction" | "gold_fraction",
    label: string,
    description?: string,
  ) => (
    <NumberInput
      label={label}
      description={description}
      inputWrapperOrder={["label", "input", "description", "error"]}
      min={0}
      max={100}
      decimalScale={2}
      value={asPercent(draft[name] ?? 0)}
      onChange={(value) => set({ [name]: Number(value) / 100 })}
    />
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Title order={2} mb="sm">
        {i18n._("Workflow settings")}
      </Title>
      <fieldset disabled={!mayChange} className={styles.plain}>
        <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }}>
          <Section title={i18n._("Queue")}>
            <Select
              label={i18n._("Order")}
              allowDeselect={false}
              value={draft.order ?? "random"}
              onChange={(order) => set({ order: (order ?? "random") as NonNullable<Settings["order"]> })}
              data={Object.entries(strategyTitles(i18n)).map(([value, label]) => ({ value, label }))}
            />
            <NumberInput
              label={i18n._("Max tasks per annotator")}
              description={i18n._("Empty: no limit.")}
              inputWrapperOrder={["label", "input", "description", "error"]}
              min={1}
              max={100_000_000}
              allowDecimal={false}
              value={draft.max_annotations_per_person ?? ""}
              onChange={(value) => set({ max_annotations_per_person: value === "" ? null : Number(value) })}
            />
            <Checkbox
              label={i18n._("Open to all members")}
              checked={draft.is_open_to_everyone ?? true}
              onChange={(event) => set({ is_open_to_everyone: event.currentTarget.checked })}
            />
            <MultiSelect
              label={i18n._("Teams")}
              description={i18n._("Teams that label here where the project is not open to all members.")}
              inputWrapperOrder={["label", "input", "description", "error"]}
              data={(teams.data?.results ?? []).map((team) => ({ value: String(team.id), label: team.name }))}
              value={(draft.teams ?? []).map(String)}
              onChange={(chosen) => set({ teams: chosen.map(Number) })}
            />
          </Section>
          <Section title={i18n._("Consensus")}>
            {whole("overlap", i18n._("Annotators per task (consensus)"), 1, 20)}
            {share("overlap_fraction", i18n._("Consensus coverage (%)"))}
            {whole("max_annotations_per_task", i18n._("Max annotators when they disagree"), 1, 20)}
            {share("min_agreement", i18n._("Agreement threshold (%)"))}
          </Section>
          <Section title={i18n._("Review")}>
            {share("review_fraction", i18n._("Review sampling rate (%)"))}
            <Checkbox
              label={i18n._("Blind second review")}
              checked={draft.second_review ?? false}
              onChange={(event) => set({ second_review: event.currentTarget.checked })}
            />
          </Section>
          <Section title={i18n._("Quality control")}>
            {share("gold_fraction", i18n._("Honeypot rate (%)"))}
            {whole("qualification_tasks", i18n._("Onboarding tasks per annotator"), 0, 1000)}
            <NumberInput
              label={i18n._("Auto-pause below gold accuracy (%)")}
              description={i18n._(
                "Pauses an annotator when the whole 95% interval lies below. Empty: nobody is paused.",
              )}
              inputWrapperOrder={["label", "input", "description", "error"]}
              min={0.1}
              max={99.9}
              decimalScale={2}
              value={draft.min_gold_accuracy == null ? "" : asPercent(draft.min_gold_accuracy)}
              onChange={(value) => set({ min_gold_accuracy: value === "" ? null : Number(value) / 100 })}
            />
          </Section>
          <Section title={i18n._("Cost")}>
            <NumberInput
              label={i18n._("Hourly rate")}
              description={i18n._("Of one person, in your currency")}
              inputWrapperOrder={["label", "input", "description", "error"]}
              min={0}
              max={1_000_000}
              decimalScale={2}
              value={draft.hourly_cost ?? 0}
              onChange={(value) => set({ hourly_cost: Number(value) })}
            />
          </Section>
        </SimpleGrid>
      </fieldset>
      {save.error && <ErrorAlert error={save.error} />}
      {mayChange && (
        <Group mt="md">
          <Button type="submit" loading={save.isPending} disabled={!isChanged}>
            {i18n._("Save workflow settings")}
          </Button>
          {isChanged && (
            <Button
              variant="subtle"
              color="gray"
              onClick={() => {
                setDraft(start.queue_settings);
                save.reset();
              }}
            >
              {i18n._("Discard changes")}
            </Button>
          )}
          {isChanged && (
            <Text size="sm" c="dimmed" role="status">
              {i18n._("Unsaved changes")}
            </Text>
          )}
        </Group>
      )}
    </form>
  );
}

/** In percent, without the digits that a division by 100 adds. */
function asPercent(value: number): number {
  return Math.round(value * 10_000) / 100;
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card withBorder>
      <Title order={3} mb="xs">
        {title}
      </Title>
      <div style={{ display: "grid", gap: "0.75rem" }}>{children}</div>
    </Card>
  );
}
