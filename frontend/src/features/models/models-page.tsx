import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { count, moment, percent } from "../../shared/ui/numbers";
import { Confirm, Empty, Failure, Page, Waiting } from "../../shared/ui/parts";
import { AssistantsPanel } from "./assistants-panel";

type Version = Schemas["VersionOut"];

/** Every registered version, and which data made it. */
export function ModelsPage() {
  const { i18n } = useLingui();
  const versions = useQuery({ queryKey: ["models"], queryFn: () => unwrap(api.GET("/api/v1/models/")) });
  return (
    <Page
      title={i18n._("Models")}
      lead={i18n._("Each version names the snapshot, recipe, seed and code that made it.")}
    >
      {versions.isPending && <Waiting />}
      {versions.error && <Failure error={versions.error} again={() => void versions.refetch()} />}
      {versions.data?.rows.length === 0 && (
        <Empty
          action={
            <Link className="button primary" to="/projects">
              {i18n._("Go to the projects")}
            </Link>
          }
        >
          {i18n._("No model yet. Train one on a project's page.")}
        </Empty>
      )}
      {versions.data?.rows.map((version) => (
        <VersionCard key={version.id} version={version} />
      ))}
      <section className="panel">
        <h2>{i18n._("From a notebook")}</h2>
        <p className="muted">{i18n._("The stock MLflow client, with a token from Settings:")}</p>
        <pre>
          <code>{`import os, mlflow
os.environ["MLFLOW_TRACKING_TOKEN"] = "plt_…"
mlflow.set_tracking_uri("${window.location.origin}/mlflow/project-${versions.data?.rows[0]?.project_id ?? 1}")
model = mlflow.pyfunc.load_model("models:/${versions.data?.rows[0]?.name ?? "image_probe"}@champion")`}</code>
        </pre>
      </section>
      <AssistantsPanel />
    </Page>
  );
}

function VersionCard({ version }: { version: Version }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const mayChoose = useMay("models:write");
  const choose = useMutation({
    mutationFn: () =>
      unwrap(
        api.POST("/api/v1/models/{version_id}/champion/", { params: { path: { version_id: version.id } } }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["models"] }),
  });
  const { accuracy, macro_f1: f1 } = version.metrics;
  return (
    <article className="panel">
      <div className="panel-head">
        <h2>
          {version.name} {version.version}{" "}
          {version.champion && <span className="badge">★ {i18n._("champion")}</span>}
        </h2>
        {mayChoose && !version.champion && (
          <Confirm
            ask={i18n._("Point models:/{name}@champion at version {version}?", {
              name: version.name,
              version: version.version,
            })}
            yes={i18n._("Make champion")}
            onYes={() => choose.mutate()}
          >
            {i18n._("Make champion")}
          </Confirm>
        )}
      </div>
      {choose.error && <Failure error={choose.error} />}
      <dl className="facts">
        {accuracy && <Fact term={i18n._("Accuracy")} text={withInterval(accuracy, i18n.locale)} />}
        {f1 && <Fact term={i18n._("Macro-F1")} text={withInterval(f1, i18n.locale)} />}
        <Fact
          term={i18n._("Made from")}
          text={i18n._("{project}, snapshot {version}: {train} labels, judged on {sealed} sealed ones", {
            project: version.project,
            version: version.snapshot_version,
            train: count(version.trained_on, i18n.locale),
            sealed: count(version.judged_on, i18n.locale),
          })}
        />
        <Fact term={i18n._("Content hash")} text={version.snapshot_hash.slice(0, 16)} />
        <Fact
          term={i18n._("Recipe")}
          text={`${version.recipe}, ${i18n._("seed {seed}", { seed: version.seed })}`}
        />
        <Fact term={i18n._("Code")} text={version.code_version.slice(0, 12)} />
        <Fact term={i18n._("Registered")} text={moment(version.created_at, i18n.locale)} />
      </dl>
      <details>
        <summary>{i18n._("Recall of each class")}</summary>
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{i18n._("Class")}</th>
                <th scope="col">{i18n._("Right")}</th>
                <th scope="col">{i18n._("Sealed items")}</th>
                <th scope="col">{i18n._("95 % interval")}</th>
              </tr>
            </thead>
            <tbody>
              {version.per_class.map((row) => (
                <tr key={row.label}>
                  <th scope="row">{row.label}</th>
                  <td className="num">{count(row.right, i18n.locale)}</td>
                  <td className="num">{count(row.items, i18n.locale)}</td>
                  <td className="num">
                    {percent(row.low, i18n.locale)} – {percent(row.high, i18n.locale)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </article>
  );
}

function Fact({ term, text }: { term: string; text: string }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{text}</dd>
    </div>
  );
}

function withInterval(metric: Schemas["MetricOut"], locale: string): string {
  const { value, low, high } = metric;
  if (low == null || high == null) return percent(value, locale);
  return `${percent(value, locale)} (${percent(low, locale)} – ${percent(high, locale)})`;
}
