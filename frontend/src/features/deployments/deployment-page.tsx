import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { ApiError, api, csrfToken, ifMatch, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { count, percent } from "../../shared/ui/numbers";
import { Confirm, Done, Failure, Field, Page, Waiting } from "../../shared/ui/parts";
import { drawRegions, type Region } from "../../shared/ui/regions";
import { DeploymentState } from "./deployment-state";
import { DriftChart, TrafficChart } from "./traffic-charts";

type Detail = Schemas["DeploymentDetail"];

/** One deployment: what answers, what it saw, and what goes back to people. */
export function DeploymentPage() {
  const { i18n } = useLingui();
  const { name = "" } = useParams();
  const found = useQuery({
    queryKey: ["deployment", name],
    queryFn: () => unwrap(api.GET("/api/v1/deployments/{name}/", { params: { path: { name } } })),
    refetchInterval: 3000,
  });
  if (found.error && !found.data) {
    return (
      <Page title={name}>
        <Failure error={found.error} again={() => void found.refetch()} />
        <Link to="/deployments">{i18n._("All deployments")}</Link>
      </Page>
    );
  }
  if (!found.data) {
    return (
      <main className="page" id="main">
        <Waiting />
      </main>
    );
  }
  const row = found.data;
  return (
    <Page
      title={row.name}
      lead={
        <>
          <DeploymentState state={row.state} /> · {row.project_name} ·{" "}
          {row.version_id ? (
            <Link to={`/versions/${row.version_id}`}>{`${row.model_name} ${row.version}`}</Link>
          ) : (
            row.model_name
          )}{" "}
          {row.alias && <span className="badge">★ {row.alias}</span>}
        </>
      }
    >
      {row.error && (
        <div className="failure" role="alert">
          <p>{row.error}</p>
        </div>
      )}
      <Try name={row.name} stopped={!row.is_running} />
      <Traffic row={row} />
      <Feedback row={row} />
      <Change row={row} />
    </Page>
  );
}

async function predict(name: string, file: File): Promise<Schemas["PredictionOut"]> {
  const answer = await fetch(`/api/v1/deployments/${name}/predict/`, {
    method: "POST",
    body: file,
    headers: { "X-CSRFToken": csrfToken(), "Content-Type": file.type || "application/octet-stream" },
  });
  const data = await answer.json();
  if (!answer.ok) throw new ApiError(answer.status, data.code, data.detail, data.errors);
  return data;
}

/** Send one picture, and how to do the same from a script. */
function Try({ name, stopped }: { name: string; stopped: boolean }) {
  const { i18n } = useLingui();
  const may = useMay("models.predict");
  const [shown, setShown] = useState("");
  const ask = useMutation({ mutationFn: (file: File) => predict(name, file) });
  if (!may || stopped) return null;
  return (
    <section className="panel">
      <h2>{i18n._("Try it")}</h2>
      <Field label={i18n._("A picture")}>
        <input
          type="file"
          accept="image/*"
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (!file) return;
            if (shown) URL.revokeObjectURL(shown);
            setShown(URL.createObjectURL(file));
            ask.mutate(file);
          }}
        />
      </Field>
      {ask.error && <Failure error={ask.error} />}
      {ask.data && (
        <div role="status" className="answer">
          {ask.data.regions && <Marked source={shown} found={ask.data} />}
          <p>
            <strong>{ask.data.label || i18n._("Nothing was found in this picture.")}</strong>{" "}
            {ask.data.label && <span className="num">{percent(ask.data.confidence, i18n.locale)}</span>}{" "}
            <span className="muted num">
              {i18n._("{model} {version} in {ms} ms", {
                model: ask.data.model_name,
                version: ask.data.version,
                ms: ask.data.latency_ms.toFixed(1),
              })}
            </span>
          </p>
        </div>
      )}
      <details>
        <summary>{i18n._("From a script")}</summary>
        <pre>
          <code>{`curl -H "Authorization: Bearer $PLATEAU_TOKEN" --data-binary @picture.jpg \\
  ${window.location.origin}/api/v1/deployments/${name}/predict/`}</code>
        </pre>
      </details>
    </section>
  );
}

/** The picture that was sent, with what was found drawn over it. */
function Marked({ source, found }: { source: string; found: Schemas["PredictionOut"] }) {
  const { i18n } = useLingui();
  const canvas = useRef<HTMLCanvasElement>(null);
  const regions = found.regions as Region[];
  useEffect(() => {
    if (!canvas.current) return;
    const labels = [...new Set(regions.map((one) => one.label))].sort();
    const name = (one: Region) => `${one.label} ${percent(one.score, i18n.locale, 0)}`;
    drawRegions(canvas.current, found.width, found.height, regions, labels, name);
  }, [found, regions, i18n]);
  return (
    <figure className="found-picture">
      <div>
        <img src={source} alt="" />
        <canvas ref={canvas} />
      </div>
      <figcaption>
        {regions.map((one) => `${one.label} ${percent(one.score, i18n.locale, 0)}`).join(" · ")}
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
  return (
    <section className="panel">
      <h2>{i18n._("What it saw in seven days")}</h2>
      {total === 0 ? (
        <p className="muted">{i18n._("No picture yet. Send one above, or from a script.")}</p>
      ) : (
        <>
          <TrafficChart hourlyStats={row.hourly_stats} />
          <p>
            {Object.entries(row.label_counts)
              .sort(([, a], [, b]) => b - a)
              .slice(0, 12)
              .map(([label, n]) => `${label} ${count(n, i18n.locale)}`)
              .join(" · ")}
          </p>
        </>
      )}
      {row.shadow_comparison && (
        <p>
          {i18n._("The shadow {shadow} gave the same answer in {share} of {answered} ({low} – {high}).", {
            shadow: row.shadow_version_name,
            share: row.shadow_comparison.prediction_count
              ? percent(
                  row.shadow_comparison.agreement_count / row.shadow_comparison.prediction_count,
                  i18n.locale,
                )
              : "–",
            answered: count(row.shadow_comparison.prediction_count, i18n.locale),
            low: percent(row.shadow_comparison.low, i18n.locale),
            high: percent(row.shadow_comparison.high, i18n.locale),
          })}
        </p>
      )}
      {row.drift.length > 0 && (
        <>
          <h3>{i18n._("Against the sealed split of its snapshot")}</h3>
          <div className="drifts">
            {row.drift.map((feature) => (
              <DriftChart
                key={feature.feature}
                drift={feature}
                title={words[feature.feature] ?? feature.feature}
              />
            ))}
          </div>
        </>
      )}
    </section>
  );
}

/** Pictures that go back to people, and how right the model was on those that people answered. */
function Feedback({ row }: { row: Detail }) {
  const { i18n } = useLingui();
  const { feedback } = row;
  if (
    row.confidence_threshold === null &&
    row.sample_fraction === 0 &&
    feedback.imported_count + feedback.pending_count === 0
  )
    return null;
  return (
    <section className="panel">
      <h2>{i18n._("Back to people")}</h2>
      <p>
        {i18n._("{taken} pictures went into the queue, {waiting} wait, {problems} could not be read.", {
          taken: count(feedback.imported_count, i18n.locale),
          waiting: count(feedback.pending_count, i18n.locale),
          problems: count(feedback.failed_count, i18n.locale),
        })}
      </p>
      {feedback.annotated_count > 0 && (
        <p>
          {i18n._(
            "People have answered {answered} of them: the model was right on {share} ({low} – {high}).",
            {
              answered: count(feedback.annotated_count, i18n.locale),
              share: percent(feedback.correct_count / feedback.annotated_count, i18n.locale),
              low: percent(feedback.low, i18n.locale),
              high: percent(feedback.high, i18n.locale),
            },
          )}
        </p>
      )}
    </section>
  );
}

/** Switch, shadow, feed back, stop, take down. */
function Change({ row }: { row: Detail }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const may = useMay("models.write");
  const [told, setTold] = useState(false);
  const path = { params: { path: { name: row.name } } };
  const versions = useQuery({
    queryKey: ["versions", row.project_id, row.model_name, "ready"],
    enabled: may,
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/model-versions/", {
          params: { query: { project_id: row.project_id, state: "ready", limit: 100 } },
        }),
      ),
  });
  const change = useMutation({
    mutationFn: (body: Schemas["PatchedDeploymentChange"]) =>
      unwrap(
        api.PATCH("/api/v1/deployments/{name}/", { params: { ...path.params, header: ifMatch(row) }, body }),
      ),
    onSuccess: () => {
      setTold(true);
      void queries.invalidateQueries({ queryKey: ["deployment", row.name] });
    },
  });
  const remove = useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/v1/deployments/{name}/", path)),
    onSuccess: () => navigate("/deployments"),
  });
  if (!may) return null;
  const fit = versions.data?.results.filter((one) => one.flavors.includes("onnx")) ?? [];
  const aliases = [
    ...new Set(fit.filter((one) => one.name === row.model_name).flatMap((one) => one.aliases)),
  ];
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const answers = String(form.get("answers"));
    const body: Schemas["PatchedDeploymentChange"] = {
      shadow_version_id: Number(form.get("shadow")),
      confidence_threshold: form.get("threshold") === "" ? -1 : Number(form.get("threshold")) / 100,
      sample_fraction: Number(form.get("share")) / 100,
    };
    if (answers.startsWith("@")) body.alias = answers.slice(1);
    else if (Number(answers) !== row.version_id || row.alias) body.version_id = Number(answers);
    change.mutate(body);
  };
  const now = row.alias ? `@${row.alias}` : String(row.version_id ?? "");
  return (
    <section className="panel">
      <h2>{i18n._("Change it")}</h2>
      <form className="form" onSubmit={submit} onChange={() => setTold(false)}>
        <Field
          label={i18n._("Answers with")}
          hint={i18n._("A new version takes over once it is warm; no request fails.")}
        >
          <select name="answers" key={`${now} ${fit.length}`} defaultValue={now}>
            {aliases.map((alias) => (
              <option key={alias} value={`@${alias}`}>
                {i18n._("whatever {alias} points at", { alias })}
              </option>
            ))}
            {fit.map((one) => (
              <option key={one.id} value={one.id}>{`${one.name} ${one.version}`}</option>
            ))}
          </select>
        </Field>
        <Field
          label={i18n._("Shadow")}
          hint={i18n._("Answers the same pictures unseen, to be compared on live traffic.")}
        >
          <select
            name="shadow"
            key={`${row.shadow_version_id} ${fit.length}`}
            defaultValue={row.shadow_version_id ?? 0}
          >
            <option value={0}>{i18n._("none")}</option>
            {fit.map((one) => (
              <option key={one.id} value={one.id}>{`${one.name} ${one.version}`}</option>
            ))}
          </select>
        </Field>
        <Field label={i18n._("Back to people below a confidence of, percent")} hint={i18n._("Empty: none.")}>
          <input
            name="threshold"
            type="number"
            min="0"
            max="100"
            step="any"
            defaultValue={row.confidence_threshold === null ? "" : 100 * row.confidence_threshold}
          />
        </Field>
        <Field label={i18n._("And a random share of all, percent")}>
          <input
            name="share"
            type="number"
            min="0"
            max="100"
            step="any"
            required
            defaultValue={100 * row.sample_fraction}
          />
        </Field>
        {change.error && <Failure error={change.error} />}
        <span>
          <button type="submit" className="primary" disabled={change.isPending}>
            {i18n._("Save")}
          </button>{" "}
          <Done when={told} />
        </span>
      </form>
      <p>
        {row.is_running ? (
          <Confirm
            ask={i18n._("Stop it? Callers are refused until it is started again.")}
            yes={i18n._("Stop")}
            onYes={() => change.mutate({ is_running: false })}
          >
            {i18n._("Stop…")}
          </Confirm>
        ) : (
          <button type="button" onClick={() => change.mutate({ is_running: true })}>
            {i18n._("Start")}
          </button>
        )}{" "}
        <Confirm
          ask={i18n._("Take it down, with what was counted?")}
          yes={i18n._("Take down")}
          onYes={() => remove.mutate()}
        >
          {i18n._("Take down…")}
        </Confirm>
      </p>
      {remove.error && <Failure error={remove.error} />}
    </section>
  );
}
