import { useLingui } from "@lingui/react";
import {
  Button,
  Card,
  Fieldset,
  Group,
  NumberInput,
  Radio,
  Select,
  Skeleton,
  Text,
  Textarea,
  TextInput,
  Title,
} from "@mantine/core";
import { IconDatabase, IconTemplate } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { useSamples } from "../../first-project/first-project";
import styles from "../../first-project/first-project.module.css";
import { TypePicture } from "../../first-project/type-picture";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { EmptyState, ErrorAlert, toast } from "../../shared/ui/feedback";
import { useFirstFocus } from "../../shared/ui/first-focus";
import { Page } from "../../shared/ui/parts";
import { GuidelineEditor } from "./schema/guideline-editor";
import { type AttributeRow, type LabelRow, problemsOf } from "./schema/label-rows";
import { type SchemaDraft, SchemaForm } from "./schema/schema-form";
import { draftOf, templatesOf } from "./schema/templates";

/** Data, annotation type, labels, guidelines and target, one below the other. */
export function NewProject() {
  const { i18n } = useLingui();
  const types = useQuery({
    queryKey: ["project-types"],
    queryFn: () => unwrap(api.GET("/api/v1/project-types/")),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const datasets = useQuery({
    queryKey: ["datasets"],
    queryFn: () => unwrap(api.GET("/api/v1/datasets/", { params: { query: { limit: 200 } } })),
  });
  const samples = useSamples();
  const error = types.error ?? datasets.error ?? samples.error;
  return (
    <Page title={i18n._("New project")} crumbs={[["/projects", i18n._("Projects")]]}>
      {error ? (
        <ErrorAlert
          error={error}
          retry={() => {
            void types.refetch();
            void datasets.refetch();
            void samples.refetch();
          }}
        />
      ) : !types.data || !datasets.data || !samples.data ? (
        <div role="status" aria-label={i18n._("Loading…")}>
          <Skeleton height={150} mb="md" />
          <Skeleton height={320} />
        </div>
      ) : datasets.data.results.length === 0 ? (
        <EmptyState
          Icon={IconDatabase}
          title={i18n._("No datasets yet.")}
          action={
            <Button component={Link} to="/datasets">
              {i18n._("Import data")}
            </Button>
          }
        >
          {i18n._("A project labels the items of a dataset. Import data first.")}
        </EmptyState>
      ) : (
        <Form types={types.data.results} datasets={datasets.data.results} samples={samples.data.results} />
      )}
    </Page>
  );
}

const NOTHING: SchemaDraft = { labels: [], attributes: [] };

/** What a project begins with: by the address, and by the sample data that the dataset is made of. */
function startOf(
  types: Schemas["ProjectTypeOut"][],
  datasets: { id: number; name: string }[],
  samples: Schemas["SampleDataOut"][],
  asked: URLSearchParams,
) {
  const dataset = datasets.find((row) => row.id === Number(asked.get("dataset"))) ?? datasets[0];
  const match = samples.find((row) => row.dataset_name === dataset?.name);
  const key = asked.get("type") ?? match?.kind;
  const type = types.find((row) => row.key === key) ?? types[0];
  const sample = match?.kind === type?.key ? match : undefined;
  const draft: SchemaDraft = sample
    ? { labels: sample.labels as LabelRow[], attributes: sample.attributes as AttributeRow[] }
    : NOTHING;
  return { dataset, type, draft, name: sample?.name ?? "", guideline: sample?.guideline ?? "" };
}

function Form({
  types,
  datasets,
  samples,
}: {
  samples: Schemas["SampleDataOut"][];
  types: Schemas["ProjectTypeOut"][];
  datasets: { id: number; name: string; items: number }[];
}) {
  const { i18n } = useLingui();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [asked] = useSearchParams();
  const nameField = useRef<HTMLInputElement>(null);
  useFirstFocus(nameField);
  const [start] = useState(() => startOf(types, datasets, samples, asked));
  const [typeKey, setTypeKey] = useState<string>(start.type?.key ?? "");
  const [datasetId, setDatasetId] = useState<string | null>(String(start.dataset?.id ?? ""));
  const [draft, setDraft] = useState<SchemaDraft>(start.draft);
  const [guideline, setGuideline] = useState(start.guideline);
  const [isChecked, check] = useState(false);
  const type = types.find((row) => row.key === typeKey);
  const [target, setTarget] = useState<string | number>(
    Math.round(1000 * (type?.default_target ?? 0.9)) / 10,
  );
  const problems = problemsOf(draft.labels, draft.attributes, type?.geometries ?? []);
  const create = useMutation({
    mutationFn: (body: Schemas["ProjectIn"]) => unwrap(api.POST("/api/v1/projects/", { body })),
    onSuccess: async (project) => {
      await queries.invalidateQueries({ queryKey: ["projects"] });
      toast(i18n, i18n._("Project “{name}” created.", { name: project.name }));
      navigate(`/projects/${project.id}`);
    },
  });
  const chooseType = (key: string) => {
    setTypeKey(key);
    const next = types.find((row) => row.key === key);
    if (next) setTarget(Math.round(1000 * next.default_target) / 10);
    // Shapes and keypoints of the type before may not exist in this one.
    const labels = draft.labels.map((row) => ({ ...row, shape: "" as const, skeleton: null }));
    setDraft({ ...draft, labels });
  };
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    check(true);
    if (!type || draft.labels.length === 0 || problems.size > 0) return;
    create.mutate({
      name: String(form.get("name")),
      kind: type.key,
      dataset_id: Number(datasetId),
      labels: draft.labels,
      attributes: draft.attributes,
      guideline,
      note: String(form.get("note")),
      target: Number(target) / 100,
    });
  };
  return (
    <form onSubmit={send}>
      <Card withBorder mb="md">
        <Group align="start" grow preventGrowOverflow={false} gap="md">
          <TextInput
            name="name"
            label={i18n._("Name")}
            defaultValue={start.name}
            required
            maxLength={120}
            miw={220}
            ref={nameField}
          />
          <Select
            label={i18n._("Dataset")}
            required
            miw={220}
            searchable
            allowDeselect={false}
            data={datasets.map((row) => ({
              value: String(row.id),
              label: i18n._("{name} ({count, plural, one {# item} other {# items}})", {
                name: row.name,
                count: row.items,
              }),
            }))}
            value={datasetId}
            onChange={setDatasetId}
          />
          <NumberInput
            label={i18n._("Target accuracy (%)")}
            required
            miw={160}
            min={1}
            max={99.9}
            decimalScale={1}
            value={target}
            onChange={setTarget}
          />
        </Group>
        <Textarea name="note" label={i18n._("Description")} mt="sm" minRows={1} maxLength={2000} />
      </Card>
      <Card withBorder mb="md">
        <Radio.Group
          value={typeKey}
          onChange={chooseType}
          label={
            <Title order={2} component="span">
              {i18n._("Annotation type")}
            </Title>
          }
        >
          <div className={styles.types}>
            {types.map((row) => (
              <Radio.Card key={row.key} value={row.key} className={styles.type} aria-label={row.title}>
                <TypePicture type={row.key} mediaType={row.media_type} />
                <Group gap={6} mt={6} wrap="nowrap" align="start">
                  <Radio.Indicator size="xs" mt={3} />
                  <Text size="sm" fw={500}>
                    {row.title}
                  </Text>
                </Group>
              </Radio.Card>
            ))}
          </div>
        </Radio.Group>
      </Card>
      <TemplateGallery type={typeKey} isUsed={draft.labels.length > 0} choose={setDraft} />
      <SchemaForm
        draft={draft}
        onChange={setDraft}
        geometries={type?.geometries ?? []}
        problems={isChecked ? problems : new Map()}
      />
      <Card withBorder mb="md">
        <GuidelineEditor value={guideline} onChange={setGuideline} />
      </Card>
      {create.error && <ErrorAlert error={create.error} />}
      {isChecked && draft.labels.length === 0 && (
        <Text c="var(--bad)" size="sm" role="alert" mb="xs">
          {i18n._("Add at least one label.")}
        </Text>
      )}
      {isChecked && problems.size > 0 && (
        <Text c="var(--bad)" size="sm" role="alert" mb="xs">
          {i18n._(
            "{count, plural, one {Fix # row of the label schema.} other {Fix # rows of the label schema.}}",
            {
              count: problems.size,
            },
          )}
        </Text>
      )}
      <Group>
        <Button type="submit" loading={create.isPending}>
          {i18n._("Create project")}
        </Button>
        <Button component={Link} to="/projects" variant="subtle" color="gray">
          {i18n._("Cancel")}
        </Button>
      </Group>
    </form>
  );
}

/** Ready label schemas of a type: a start, which can be changed. */
function TemplateGallery({
  type,
  isUsed,
  choose,
}: {
  type: string;
  isUsed: boolean;
  choose: (draft: SchemaDraft) => void;
}) {
  const { i18n } = useLingui();
  const templates = templatesOf(i18n, type);
  if (templates.length === 0) return null;
  return (
    <Fieldset legend={i18n._("Templates")} mb="md" p="sm">
      <Group gap="xs">
        {templates.map((template) => {
          const draft = draftOf(template);
          return (
            <Button
              key={template.title}
              variant="default"
              leftSection={<IconTemplate size={16} aria-hidden />}
              title={draft.labels.map((label) => label.name).join(", ")}
              onClick={() => choose(draft)}
            >
              {template.title}
              <Text span size="xs" c="dimmed" ml={6}>
                {i18n._("{count, plural, one {# label} other {# labels}}", { count: draft.labels.length })}
              </Text>
            </Button>
          );
        })}
      </Group>
      {isUsed && (
        <Text size="xs" c="dimmed" mt={6}>
          {i18n._("A template replaces the labels below.")}
        </Text>
      )}
    </Fieldset>
  );
}
