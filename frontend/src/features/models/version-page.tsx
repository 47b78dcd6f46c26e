import { useLingui } from "@lingui/react";
import { Alert, Badge, Button, Group, List, Skeleton, Text } from "@mantine/core";
import { IconAlertTriangle, IconScale } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { AddressTabs, type Tab } from "../../shared/ui/address-tabs";
import { bytes } from "../../shared/ui/amounts";
import { ConfirmButton } from "../../shared/ui/confirm-button";
import { Facts } from "../../shared/ui/facts";
import { ErrorAlert, toast } from "../../shared/ui/feedback";
import { useMetrics } from "../../shared/ui/metrics";
import { count, moment } from "../../shared/ui/numbers";
import { onDemand } from "../../shared/ui/on-demand";
import { Page } from "../../shared/ui/parts";
import { Section } from "../../shared/ui/section";
import { Stat, Stats } from "../../shared/ui/stat";
import { AliasesSection } from "./aliases-section";
import { compareAddress } from "./compare-address";
import { Aliases, VersionState } from "./parts";

// The parts behind the other tabs come when somebody opens them.
const BatchPredictionsPanel = onDemand(
  async () => (await import("./batch-predictions-panel")).BatchPredictionsPanel,
  <Skeleton height={160} />,
);
const CardPanel = onDemand(async () => (await import("./card-panel")).CardPanel, <Skeleton height={160} />);
const DeploySection = onDemand(
  async () => (await import("./deploy-section")).DeploySection,
  <Skeleton height={160} />,
);
const ErrorsPanel = onDemand(
  async () => (await import("./errors-panel")).ErrorsPanel,
  <Skeleton height={160} />,
);
const EvaluationPanel = onDemand(
  async () => (await import("./evaluation-panel")).EvaluationPanel,
  <Skeleton height={160} />,
);
const ExportsPanel = onDemand(
  async () => (await import("./exports-panel")).ExportsPanel,
  <Skeleton height={160} />,
);
const LineagePanel = onDemand(
  async () => (await import("./lineage-panel")).LineagePanel,
  <Skeleton height={160} />,
);

export type VersionDetail = Schemas["VersionDetail"];

/** One version: how good it is, what it learned from, where it is named and served. */
export function VersionPage() {
  const { i18n } = useLingui();
  const id = Number(useParams().versionId);
  const result = useQuery({
    queryKey: ["version", id],
    queryFn: () =>
      unwrap(api.GET("/api/v1/model-versions/{version_id}/", { params: { path: { version_id: id } } })),
  });
  const crumbs: [string, string][] = [["/models", i18n._("Models")]];
  const version = result.data;
  if (!version) {
    return (
      <Page title={i18n._("Model version")} crumbs={crumbs}>
        {result.error ? (
          <ErrorAlert error={result.error} retry={() => void result.refetch()} />
        ) : (
          <Skeleton height={240} role="status" aria-label={i18n._("Loading…")} />
        )}
      </Page>
    );
  }
  const tabs: Tab[] = [
    { key: "overview", title: i18n._("Overview"), content: () => <Overview version={version} /> },
    { key: "evaluation", title: i18n._("Evaluation"), content: () => <EvaluationPanel version={version} /> },
    { key: "errors", title: i18n._("Errors"), content: () => <ErrorsPanel version={version} /> },
    { key: "lineage", title: i18n._("Lineage"), content: () => <LineagePanel version={version} /> },
    { key: "files", title: i18n._("Files & export"), content: () => <Files version={version} /> },
    { key: "deploy", title: i18n._("Deploy"), content: () => <Deploy version={version} /> },
    { key: "card", title: i18n._("Card"), content: () => <CardPanel version={version} /> },
  ];
  return (
    <Page
      title={`${version.name} v${version.version}`}
      crumbs={[
        ...crumbs,
        [`/models/${version.project_id}/${encodeURIComponent(version.name)}`, version.name],
      ]}
      badge={
        <>
          <Aliases names={version.aliases} /> <VersionState state={version.state} />
        </>
      }
      lead={<Link to={`/projects/${version.project_id}`}>{version.project}</Link>}
      actions={
        <Button
          component={Link}
          to={compareAddress([version.id])}
          variant="default"
          leftSection={<IconScale size={16} aria-hidden />}
        >
          {i18n._("Compare…")}
        </Button>
      }
    >
      {version.problem && (
        <Alert color="red" variant="light" mb="md" icon={<IconAlertTriangle aria-hidden />} role="alert">
          {version.problem === "mlmodel_missing"
            ? i18n._(
                "This version has no MLmodel file: its files were never uploaded, or were deleted. Log the model again.",
              )
            : i18n._("The MLmodel file of this version cannot be read. Log the model again.")}
        </Alert>
      )}
      <AddressTabs label={i18n._("Parts of the version")} tabs={tabs} />
    </Page>
  );
}

/** Key numbers, aliases, and whether anything still needs this version. */
function Overview({ version }: { version: VersionDetail }) {
  const { i18n } = useLingui();
  const metrics = useMetrics();
  const evaluation = version.evaluation;
  return (
    <>
      <Stats>
        {evaluation ? (
          metrics
            .inOrder(evaluation.metrics)
            .slice(0, 4)
            .map((name) => (
              <Stat
                key={name}
                label={metrics.title(name)}
                value={metrics.format(name, { value: evaluation.metrics[name]?.value ?? 0 })}
                note={metrics.interval(name, evaluation.metrics[name])}
                to="?tab=evaluation"
              />
            ))
        ) : (
          <Stat
            label={i18n._("Test score")}
            value="–"
            note={i18n._("Not evaluated yet")}
            to="?tab=evaluation"
          />
        )}
        <Stat
          label={i18n._("Training labels")}
          value={version.train_items === null ? "–" : count(version.train_items, i18n.locale)}
          to="?tab=lineage"
        />
        <Stat label={i18n._("Size")} value={bytes(version.size_bytes, i18n.locale)} to="?tab=files" />
      </Stats>
      {version.erased_items > 0 && (
        <Alert color="yellow" variant="light" mb="md" icon={<IconAlertTriangle aria-hidden />} role="note">
          {i18n._(
            "{count, plural, one {# item} other {# items}} of its snapshot were erased after training. The model may still contain them: train a new version, then delete this one.",
            { count: version.erased_items },
          )}
        </Alert>
      )}
      <AliasesSection version={version} />
      <Section title={i18n._("Details")}>
        <Facts
          rows={[
            [
              i18n._("Created by"),
              version.origin === "recipe"
                ? `${version.recipe}, ${i18n._("seed {seed}", { seed: version.seed ?? 0 })}`
                : version.created_by || "–",
            ],
            [
              i18n._("Snapshot"),
              version.snapshot_version ? (
                <Link key="snapshot" to={`/projects/${version.project_id}/snapshots`}>
                  {`v${version.snapshot_version}`}
                </Link>
              ) : (
                i18n._("Not set")
              ),
            ],
            [i18n._("Code version"), version.code_version.slice(0, 12) || "–"],
            [
              i18n._("MLflow run"),
              version.mlflow_run_id ? (
                <Link key="run" to={`/experiments/runs/${version.mlflow_run_id}`}>
                  {version.mlflow_run_id}
                </Link>
              ) : (
                "–"
              ),
            ],
            [i18n._("Registered"), moment(version.created_at, i18n.locale)],
          ]}
        />
      </Section>
      <Ending version={version} />
    </>
  );
}

function Files({ version }: { version: VersionDetail }) {
  const { i18n } = useLingui();
  return (
    <>
      <Section title={i18n._("Files")}>
        <Facts
          rows={[
            [
              i18n._("Formats"),
              version.flavors.length > 0 ? (
                <Group key="formats" gap={4}>
                  {version.flavors.map((flavor) => (
                    <Badge key={flavor} variant="light" color="gray" tt="none">
                      {flavor}
                    </Badge>
                  ))}
                </Group>
              ) : (
                "–"
              ),
            ],
            [i18n._("Size"), bytes(version.size_bytes, i18n.locale)],
            [i18n._("Inputs"), version.signature.inputs ? String(version.signature.inputs) : null],
            [i18n._("Outputs"), version.signature.outputs ? String(version.signature.outputs) : null],
          ]}
        />
      </Section>
      {version.state === "ready" && version.browser_output_kind ? (
        <ExportsPanel versionId={version.id} />
      ) : (
        <Section title={i18n._("Browser export")}>
          <Text size="sm" c="dimmed">
            {i18n._(
              "Not available: only active ONNX models with known outputs can be exported for the browser.",
            )}
          </Text>
        </Section>
      )}
    </>
  );
}

function Deploy({ version }: { version: VersionDetail }) {
  const { i18n } = useLingui();
  if (version.state !== "ready") {
    return (
      <Section title={i18n._("Deployments")}>
        <Text size="sm" c="dimmed">
          {i18n._("Only active versions can be deployed. Restore this version first.")}
        </Text>
      </Section>
    );
  }
  return (
    <>
      {version.output_kind ? (
        <DeploySection version={version} />
      ) : (
        <Section title={i18n._("Deployments")}>
          <Text size="sm" c="dimmed">
            {i18n._("Not available: only ONNX models with known outputs can be served.")}
          </Text>
        </Section>
      )}
      {version.is_evaluable && <BatchPredictionsPanel version={version} />}
    </>
  );
}

/** Archive, restore, delete: with what would break shown first. */
function Ending({ version }: { version: VersionDetail }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const may = useMay("models.write");
  const path = { params: { path: { version_id: version.id } } };
  const name = `${version.name} v${version.version}`;
  const restore = useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/model-versions/{version_id}/restore/", path)),
    onSuccess: () => {
      toast(i18n, i18n._("{name} restored.", { name }));
      return queries.invalidateQueries();
    },
  });
  const archive = useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/model-versions/{version_id}/archive/", path)),
    onSuccess: () => {
      toast(i18n, i18n._("{name} archived.", { name }), () => restore.mutate());
      return queries.invalidateQueries();
    },
  });
  const remove = useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/v1/model-versions/{version_id}/", path)),
    onSuccess: () => {
      toast(i18n, i18n._("{name} deleted.", { name }));
      return queries.invalidateQueries();
    },
  });
  if (!may || version.state === "deleted") return null;
  const kinds: Record<string, string> = {
    deployment: i18n._("Deployment"),
    alias: i18n._("Alias"),
    stage: i18n._("Stage"),
    contract: i18n._("Contract"),
  };
  const isBlocked = version.uses.some((use) => use.blocks);
  const error = archive.error ?? restore.error ?? remove.error;
  return (
    <Section title={i18n._("Archive or delete")}>
      {version.uses.length === 0 ? (
        <Text size="sm" c="dimmed">
          {i18n._("Nothing uses this version.")}
        </Text>
      ) : (
        <List size="sm">
          {version.uses.map((use) => (
            <List.Item key={`${use.kind} ${use.name}`}>
              {`${kinds[use.kind] ?? use.kind} `}
              {use.kind === "deployment" ? <Link to={`/deployments/${use.name}`}>{use.name}</Link> : use.name}
              {": "}
              {use.blocks ? i18n._("switch it to another version first") : i18n._("loses this version")}
            </List.Item>
          ))}
        </List>
      )}
      {error && <ErrorAlert error={error} />}
      <Group gap="xs" mt="sm">
        {version.state === "archived" ? (
          <Button variant="default" onClick={() => restore.mutate()}>
            {i18n._("Restore version")}
          </Button>
        ) : (
          !isBlocked && (
            <Button variant="default" onClick={() => archive.mutate()} loading={archive.isPending}>
              {i18n._("Archive version")}
            </Button>
          )
        )}
        {!isBlocked && (
          <ConfirmButton
            color="red"
            variant="light"
            title={i18n._("Delete {name}?", { name })}
            consequence={i18n._("Its files are deleted for good; its record and evaluations stay.")}
            confirm={i18n._("Delete version")}
            onConfirm={() => remove.mutate()}
          >
            {i18n._("Delete version…")}
          </ConfirmButton>
        )}
      </Group>
    </Section>
  );
}
