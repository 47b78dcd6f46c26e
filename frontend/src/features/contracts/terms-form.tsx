import { useLingui } from "@lingui/react";
import {
  ActionIcon,
  Alert,
  Button,
  Card,
  Checkbox,
  Fieldset,
  Grid,
  Group,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { ErrorAlert } from "../../shared/ui/feedback";
import { SampleSizeChart } from "./sample-size-chart";
import { SampleSizeTable, type Terms } from "./sample-size-table";
import { type Signers, SignersFields } from "./signers-fields";

export interface Draft extends Signers {
  title: string;
  note: string;
  terms: Terms;
}

export const EMPTY: Draft = {
  title: "",
  note: "",
  customer_ids: [],
  maker_ids: [],
  terms: {
    metric: "accuracy",
    target: 0.9,
    expected: 0.95,
    false_accept_risk: 0.05,
    false_reject_risk: 0.1,
    method: "anytime",
    max_submissions: 1,
    new_labels_only: false,
    slices: [],
  },
};

/** Terms, with the test size that they need beside them while they are being set. */
export function TermsForm({
  project,
  initial,
  save,
  warning,
  saving,
  error,
  onSave,
  onCancel,
}: {
  project: Schemas["ProjectDetail"];
  initial: Draft;
  save: string;
  warning?: string | undefined;
  saving: boolean;
  error: unknown;
  onSave: (draft: Draft) => void;
  onCancel: () => void;
}) {
  const { i18n } = useLingui();
  const [draft, setDraft] = useState(initial);
  const { terms } = draft;
  // Of what there is then: signers may be proposed while somebody types.
  const edit = (change: Partial<Draft>) => setDraft((now) => ({ ...now, ...change }));
  const set = (change: Partial<Terms>) => setDraft((now) => ({ ...now, terms: { ...now.terms, ...change } }));
  const isSound = terms.target > 0 && terms.target < terms.expected && terms.expected < 1;
  const sampleSize = useQuery({
    queryKey: ["contract-sample-size", terms, project.id],
    enabled: isSound,
    placeholderData: keepPreviousData,
    queryFn: () =>
      unwrap(api.POST("/api/v1/contracts/sample-size/", { body: { terms, project_id: project.id } })),
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (isSound) onSave(draft);
  };
  return (
    <Grid gap="xl">
      <Grid.Col span={{ base: 12, lg: 6 }}>
        <form onSubmit={send}>
          <Stack>
            <TextInput
              label={i18n._("Title")}
              required
              maxLength={120}
              value={draft.title}
              onChange={(event) => edit({ title: event.currentTarget.value })}
            />
            <Textarea
              label={i18n._("Description")}
              description={i18n._("What the model is used for, and what an error means.")}
              maxLength={4000}
              value={draft.note}
              onChange={(event) => edit({ note: event.currentTarget.value })}
            />
            <SignersFields projectId={project.id} value={draft} onChange={edit} />
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              <RateField
                label={i18n._("Target accuracy (%)")}
                description={i18n._("Passing shows that accuracy is above this.")}
                value={terms.target}
                onChange={(target) => set({ target })}
                error={!isSound && i18n._("Must lie below the expected accuracy.")}
              />
              <RateField
                label={i18n._("Expected accuracy (%)")}
                description={i18n._("A model this accurate should pass.")}
                value={terms.expected}
                onChange={(expected) => set({ expected })}
                error={!isSound && i18n._("Must lie between the target and 100%.")}
              />
              <RateField
                label={i18n._("False-accept risk α (%)")}
                description={i18n._("Probability of passing a model at the target or below.")}
                value={terms.false_accept_risk}
                onChange={(false_accept_risk) => set({ false_accept_risk })}
              />
              <RateField
                label={i18n._("False-reject risk β (%)")}
                description={i18n._("Probability of rejecting a model of the expected accuracy.")}
                value={terms.false_reject_risk}
                onChange={(false_reject_risk) => set({ false_reject_risk })}
              />
              <Select
                label={i18n._("Test method")}
                description={
                  terms.method === "anytime"
                    ? i18n._("May be evaluated as often as you like while labels come in.")
                    : i18n._("Evaluated once, when the planned number of items is labeled.")
                }
                allowDeselect={false}
                data={[
                  { value: "anytime", label: i18n._("Sequential (valid at any time)") },
                  { value: "fixed", label: i18n._("Fixed size (one evaluation)") },
                ]}
                value={terms.method}
                onChange={(value) => set({ method: value === "fixed" ? "fixed" : "anytime" })}
              />
              <NumberInput
                label={i18n._("Maximum submissions")}
                description={i18n._("Models that may be tested; they share the false-accept risk.")}
                required
                min={1}
                max={20}
                allowDecimal={false}
                value={terms.max_submissions}
                onChange={(value) => set({ max_submissions: Math.max(1, Math.round(Number(value) || 1)) })}
              />
            </SimpleGrid>
            <Checkbox
              label={i18n._("Count only held-out items labeled after the contract comes into force")}
              checked={terms.new_labels_only}
              onChange={(event) => set({ new_labels_only: event.currentTarget.checked })}
            />
            <Slices project={project} terms={terms} onChange={(slices) => set({ slices })} />
            {warning && (
              <Alert color="yellow" variant="light">
                {warning}
              </Alert>
            )}
            {error ? <ErrorAlert error={error} /> : null}
            <Group>
              <Button
                type="submit"
                loading={saving}
                disabled={!isSound || draft.customer_ids.length === 0 || draft.maker_ids.length === 0}
              >
                {save}
              </Button>
              <Button variant="default" onClick={onCancel}>
                {i18n._("Cancel")}
              </Button>
            </Group>
          </Stack>
        </form>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 6 }}>
        {sampleSize.error && <ErrorAlert error={sampleSize.error} retry={() => void sampleSize.refetch()} />}
        {isSound && sampleSize.data && (
          <Card withBorder>
            <SampleSizeTable sampleSize={sampleSize.data} method={terms.method} />
            <SampleSizeChart sampleSize={sampleSize.data} terms={terms} />
          </Card>
        )}
      </Grid.Col>
    </Grid>
  );
}

function RateField({
  label,
  description,
  value,
  onChange,
  error = false,
}: {
  label: string;
  description: string;
  value: number;
  onChange: (value: number) => void;
  error?: string | false;
}) {
  return (
    <NumberInput
      label={label}
      description={description}
      required
      min={0.1}
      max={99.99}
      decimalScale={3}
      value={Number((value * 100).toPrecision(6))}
      onChange={(percents) => onChange(Number(percents) / 100)}
      error={error}
    />
  );
}

/** Classes and metadata with minimums of their own. */
function Slices({
  project,
  terms,
  onChange,
}: {
  project: Schemas["ProjectDetail"];
  terms: Terms;
  onChange: (slices: Terms["slices"]) => void;
}) {
  const { i18n } = useLingui();
  const [meta, setMeta] = useState("");
  const { slices } = terms;
  const match = /^([^=:]+)=(.+)$/.exec(meta.trim());
  const free = project.labels.filter((label) => !slices.some(({ key }) => key === `class:${label.id}`));
  const add = (key: string, title: string) =>
    onChange([...slices, { key, title, target: Math.max(0.05, Number((terms.target - 0.1).toFixed(4))) }]);
  return (
    <Fieldset legend={i18n._("Per-slice minimums")}>
      <Text size="xs" c="dimmed" mb="xs">
        {i18n._("Accuracy that single classes or groups of items must show as well.")}
      </Text>
      <Stack gap="xs">
        {slices.map((slice) => (
          <Group key={slice.key} wrap="nowrap" align="center">
            <Text size="sm" flex={1} truncate>
              {slice.title}
            </Text>
            <NumberInput
              w={110}
              suffix="%"
              aria-label={i18n._("Minimum of {name} (%)", { name: slice.title })}
              min={1}
              max={99.9}
              value={Number((slice.target * 100).toPrecision(6))}
              onChange={(value) =>
                onChange(
                  slices.map((other) =>
                    other.key === slice.key ? { ...other, target: Number(value) / 100 } : other,
                  ),
                )
              }
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={i18n._("Remove {name}", { name: slice.title })}
              onClick={() => onChange(slices.filter((other) => other !== slice))}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        <Group align="flex-end">
          <Select
            label={i18n._("Add class")}
            placeholder={i18n._("Select a class")}
            searchable
            value={null}
            data={free.map((label) => ({ value: label.id, label: label.name }))}
            onChange={(value) => {
              const label = free.find((candidate) => candidate.id === value);
              if (label) add(`class:${label.id}`, label.name);
            }}
          />
          <TextInput
            label={i18n._("Add metadata slice")}
            placeholder={i18n._("field=value")}
            value={meta}
            onChange={(event) => setMeta(event.currentTarget.value)}
          />
          <Button
            variant="default"
            disabled={!match}
            onClick={() => {
              if (match) add(`meta:${match[1]?.trim()}=${match[2]?.trim()}`, meta.trim());
              setMeta("");
            }}
          >
            {i18n._("Add slice")}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}
