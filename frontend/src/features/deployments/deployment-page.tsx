import { useLingui } from "@lingui/react";
import { Alert, Button, Code, FileInput, Skeleton, Text } from "@mantine/core";
import { IconAlertTriangle, IconPhoto } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Link, useParams } from "react-router";
import { ApiError, api, ownHeaders, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { AddressTabs, type Tab } from "../../shared/ui/address-tabs";
import { Facts } from "../../shared/ui/facts";
import { EmptyState, ErrorAlert } from "../../shared/ui/feedback";
import { count, moment, percent, shareTold } from "../../shared/ui/numbers";
import { onDemand } from "../../shared/ui/on-demand";
import { Page } from "../../shared/ui/parts";
import { drawRegions, type Region } from "../../shared/ui/regions";
import { Section } from "../../shared/ui/section";
import { Stat, Stats } from "../../shared/ui/stat";
import styles from "./deployment-page.module.css";
import { DeploymentState } from "./deployment-state";
import { ServedVersion } from "./deployments-page";
import { DriftChart, TrafficChart } from "./traffic-charts";

const DeploymentSettings = onDemand(
  async () => (await import("./deployment-settings")).DeploymentSettings,
  <Skeleton height={160} />,
);

type Detail = Schemas["DeploymentDetail"];

/** One deployment: what it serves, its traffic and drift, and what goes back to labeling. */
export function DeploymentPage() {
  const { i18n } = useLingui();
  const { name = "" } = useParams();
  const mayWrite = useMay("models.write");
  const crumbs: [string, string][] = [["/deployments", i18n._("Deployments")]];
  const result = useQuery({
    queryKey: ["deployment", name],
    queryFn: () => unwrap(api.GET("/api/v1/deployments/{name}/", { params: { path: { name } } })),
    refetchInterval: 3000,
  });
  const row = result.data;
  if (!row) {
    return (
      <Page title={name} crumbs={crumbs}>
        {result.error ? (
          <ErrorAlert error={result.error} retry={() => void result.refetch()} />
        ) : (
          <Skeleton height={240} role="status" aria-label={i18n._("Loading…")} />
        )}
      </Page>
    );
  }
  const tabs: Tab[] = [
    { key: "overview", title: i18n._("Overview"), content: () => <Overview row={row} /> },
    { key: "traffic", title: i18n._("Traffic & drift"), content: () => <Traffic row={row} /> },
    { key: "feedback", title: i18n._("Human feedback loop"), content: () => <Feedback row={row} /> },
    ...(mayWrite
      ? [{ key: "settings", title: i18n._("Settings"), content: () => <DeploymentSettings row={row} /> }]
      : []),
  ];
  return (
    <Page
      title={row.name}
      crumbs={crumbs}
      badge={<DeploymentState state={row.state} />}
      lead={
        <>
          <ServedVersion row={row} /> · <Link to={`/projects/${row.project_id}`}>{row.project_name}</Link>
        </>
      }
    >
      {row.error && (
        <Alert color="red" variant="light" mb="md" icon={<IconAlertTriangle aria-hidden />} role="alert">
          {row.error}
        </Alert>
      )}
      <AddressTabs label={i18n._("Parts of the deployment")} tabs={tabs} />
    </Page>
  );
}

/** Key numbers, the processes, and a prediction to try. */
function Overview({ row }: { row: Detail }) {
  const { i18n } = useLingui();
  const stats = row.hourly_stats;
  const sum = (pick: (stats: Schemas["DeploymentStatsOut"]) => number) =>
    stats.reduce((total, stat) => total + pick(stat), 0);
  const predictions = sum((entry) => entry.prediction_count);
  const latency = sum((entry) => (entry.mean_latency_ms ?? 0) * entry.prediction_count);
  return (
    <>
      <Stats>
        <Stat label={i18n._("Predictions, last 24 h")} value={count(row.prediction_count_24h, i18n.locale)} />
        <Stat
          label={i18n._("Predictions, last 7 days")}
          value={count(predictions, i18n.locale)}
          to="?tab=traffic"
        />
        <Stat
          label={i18n._("Rejected or failed, last 7 days")}
          value={count(
            sum((entry) => entry.rejected_count + entry.failed_count),
            i18n.locale,
          )}
          to="?tab=traffic"
        />
        <Stat
          label={i18n._("Mean latency")}
          value={predictions > 0 ? `${(latency / predictions).toFixed(1)} ms` : "–"}
        />
        <Stat label={i18n._("Replicas")} value={count(row.replicas.length, i18n.locale)} />
      </Stats>
      <Try name={row.name} isStopped={!row.is_running} />
      <Section title={i18n._("Replicas")}>
        {row.replicas.length === 0 ? (
          <Text size="sm" c="dimmed">
            {row.state === "starting"
              ? i18n._("The first replica is starting.")
              : row.is_running
                ? i18n._(
                    "No serving process has reported in the last 10 seconds. Ask an administrator to start one.",
                  )
                : i18n._("The deployment is stopped.")}
          </Text>
        ) : (
          <Facts
            rows={row.replicas.map((replica) => [
              replica.process,
              replica.error ||
                i18n._("version {version}, last reported {time}", {
                  version: replica.version ?? "–",
                  time: moment(replica.heartbeat_at, i18n.locale),
                }),
            ])}
          />
        )}
      </Section>
    </>
  );
}

async function predict(name: string, file: File): Promise<Schemas["PredictionOut"]> {
  const answer = await fetch(`/api/v1/deployments/${name}/predict/`, {
    method: "POST",
    body: file,
    headers: { ...ownHeaders(), "Content-Type": file.type || "application/octet-stream" },
  });
  const data = await answer.json();
  if (!answer.ok) throw new ApiError(answer.status, data.code, data.detail, data.errors);
  return data;
}

/** Send one image, and how to do the same from a script. */
function Try({ name, isStopped }: { name: string; isStopped: boolean }) {
  const { i18n } = useLingui();
  const may = useMay("models.predict");
  const [shown, setShown] = useState("");
  const ask = useMutation({ mutationFn: (file: File) => predict(name, file) });
  if (!may || isStopped) return null;
  return (
    <Section title={i18n._("Try it out")}>
      <FileInput
        label={i18n._("Image")}
        placeholder={i18n._("Choose an image")}
        accept="image/*"
        w={320}
        leftSection={<IconPhoto size={16} aria-hidden />}
        onChange={(file) => {
          if (!file) return;
          if (shown) URL.revokeObjectURL(shown);
          setShown(URL.createObjectURL(file));
          ask.mutate(file);
        }}
      />
      {ask.error && <ErrorAlert error={ask.error} />}
      {ask.data && (
        <div role="status" className="answer">
          {ask.data.regions && <Marked source={shown} prediction={ask.data} />}
          <p>
            <strong>{ask.data.label || i18n._("Nothing was detected in this image.")}</strong>{" "}
            {ask.data.label && <span className="num">{percent(ask.data.confidence, i18n.locale)}</span>}{" "}
            <span className="muted num">
              {i18n._("{model} v{version}, {ms} ms", {
                model: ask.data.model_name,
                version: ask.data.version,
                ms: ask.data.latency_ms.toFixed(1),
              })}
            </span>
          </p>
        </div>
      )}
      <Text size="sm" fw={600} mt="md" mb={4}>
        {i18n._("From a script")}
      </Text>
      <Code block tabIndex={0}>
        {`curl -H "Authorization: Bearer $PLATEAU_TOKEN" --data-binary @image.jpg \\
  ${window.location.origin}/api/v1/deployments/${name}/predict/`}
      </Code>
    </Section>
  );
}

/** The picture that was sent, with what was found drawn over it. */
function Marked({ source, prediction }: { source: string; prediction: Schemas["PredictionOut"] }) {
  const { i18n } = useLingui();
  const canvas = useRef<HTMLCanvasElement>(null);
  const regions = prediction.regions as Region[];
  useEffect(() => {
    if (!canvas.current) return;
    const labels = [...new Set(regions.map((region) => region.label))].sort();
    const name = (region: Region) => `${region.label} ${percent(region.score, i18n.locale, 0)}`;
    drawRegions(canvas.current, prediction.width, prediction.height, regions, labels, name);
  }, [prediction, regions, i18n]);
  return (
    <figure className={styles.picture}>
      <div>
        <img src={source} alt="" />
        <canvas ref={canvas} />
      </div>
      <figcaption>
        {regions.map((region) => `${region.label} ${percent(region.score, i18n.locale, 0)}`).join(" · ")}
      </figcaption>
    </figure>
  );
}

/** Traffic, drift and the shadow. */
function Traffic({ row }: { row: Detail }) {
  const { i18n } = useLingui();
  const total = row.hourly_stats.reduce((sum, stats) => sum + stats.prediction_count, 0);
  const words: Record<string, string> = {
    confidence: i18n._("Confidence"),
    brightness: i18n._("Brightness"),
    contrast: i18n._("Contrast"),
  };
  const shadow = row.shadow_comparison;
  if (total === 0) {
    return (
      <EmptyState
        title={i18n._("No requests yet")}
        action={
          <Button component={Link} to="?" variant="default">
            {i18n._("Try it out")}
          </Button>
        }
      >
        {i18n._("Traffic and drift appear after the first predictions.")}
      </EmptyState>
    );
  }
  return (
    <>
      <Section title={i18n._("Traffic, last 7 days")}>
        <TrafficChart hourlyStats={row.hourly_stats} />
        <Text size="sm" fw={600} mt="sm">
          {i18n._("Predicted labels")}
        </Text>
        <Facts
          rows={Object.entries(row.label_counts)
            .sort(([, a], [, b]) => b - a)
            .slice(0, 12)
            .map(([label, n]) => [label, count(n, i18n.locale)])}
        />
      </Section>
      <Section
        title={i18n._("Drift vs. test set")}
        note={i18n._("Requests of the last 7 days against the test set of the model's snapshot.")}
      >
        {row.drift.length === 0 ? (
          <Text size="sm" c="dimmed">
            {i18n._("Not enough data: the model was not evaluated on a test set, or too few requests came.")}
          </Text>
        ) : (
          <div className={styles.drifts}>
            {row.drift.map((feature) => (
              <DriftChart
                key={feature.feature}
                drift={feature}
                title={words[feature.feature] ?? feature.feature}
              />
            ))}
          </div>
        )}
      </Section>
      {shadow && (
        <Section title={i18n._("Shadow")}>
          <Text size="sm">
            {i18n._(
              "{shadow} predicted the same label in {share} of {count, plural, one {# request} other {# requests}}.",
              {
                shadow: row.shadow_version_name,
                count: shadow.prediction_count,
                share: shadow.prediction_count
                  ? shareTold(
                      {
                        value: shadow.agreement_count / shadow.prediction_count,
                        low: shadow.low,
                        high: shadow.high,
                      },
                      i18n.locale,
                    )
                  : "–",
              },
            )}
          </Text>
        </Section>
      )}
    </>
  );
}

/** Images that go back to labeling, and how right the model was on those that people annotated. */
function Feedback({ row }: { row: Detail }) {
  const { i18n } = useLingui();
  const mayWrite = useMay("models.write");
  const { feedback } = row;
  const isOff = row.confidence_threshold === null && row.sample_fraction === 0;
  if (isOff && feedback.imported_count + feedback.pending_count === 0) {
    return (
      <EmptyState
        title={i18n._("The feedback loop is off")}
        action={
          mayWrite && (
            <Button component={Link} to="?tab=settings">
              {i18n._("Open settings")}
            </Button>
          )
        }
      >
        {i18n._(
          "Requests with low confidence, or a random sample, can be sent to the project's labeling queue to measure and improve the model.",
        )}
      </EmptyState>
    );
  }
  return (
    <>
      <Stats>
        <Stat
          label={i18n._("Sent to labeling")}
          value={count(feedback.imported_count, i18n.locale)}
          to={`/projects/${row.project_id}`}
        />
        <Stat label={i18n._("Pending")} value={count(feedback.pending_count, i18n.locale)} />
        <Stat label={i18n._("Unreadable")} value={count(feedback.failed_count, i18n.locale)} />
        <Stat label={i18n._("Annotated")} value={count(feedback.annotated_count, i18n.locale)} />
        <Stat
          label={i18n._("Correct predictions")}
          value={
            feedback.annotated_count > 0
              ? percent(feedback.correct_count / feedback.annotated_count, i18n.locale)
              : "–"
          }
          note={
            feedback.annotated_count > 0
              ? i18n._("95% CI {low} – {high}", {
                  low: percent(feedback.low, i18n.locale),
                  high: percent(feedback.high, i18n.locale),
                })
              : i18n._("Not enough data")
          }
        />
      </Stats>
      <Text size="sm" c="dimmed">
        {isOff
          ? i18n._("The feedback loop is off: no new requests are sent to labeling.")
          : i18n._("Sent: {what}.", {
              what: [
                row.confidence_threshold === null
                  ? ""
                  : i18n._("requests below a confidence of {threshold}", {
                      threshold: percent(row.confidence_threshold, i18n.locale, 0),
                    }),
                row.sample_fraction === 0
                  ? ""
                  : i18n._("a random {share} of all requests", {
                      share: percent(row.sample_fraction, i18n.locale),
                    }),
              ]
                .filter(Boolean)
                .join(", "),
            })}
      </Text>
    </>
  );
}
