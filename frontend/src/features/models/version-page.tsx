import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link, useParams } from "react-router";
import { api, ifMatch, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { useMetrics } from "../../shared/ui/metrics";
import { count, moment, percent } from "../../shared/ui/numbers";
import { Confirm, Empty, Failure, Field, JobLine, Page, Waiting } from "../../shared/ui/parts";
import { Prose } from "../../shared/ui/prose";
import { BatchPredictionsPanel } from "./batch-predictions-panel";
import { ExportsPanel } from "./exports-panel";
import { LineagePanel } from "./lineage-panel";
import { Aliases, bytes, ConfusionMatrix, Fact, Pictures, VersionState } from "./parts";

type Detail = Schemas["VersionDetail"];

/** One version: how good it is, what made it, where it is pointed at and where it runs. */
export function VersionPage() {
  const { i18n } = useLingui();
  const id = Number(useParams().versionId);
  const path = { params: { path: { version_id: id } } };
  const found = useQuery({
    queryKey: ["version", id],
    queryFn: () => unwrap(api.GET("/api/v1/model-versions/{version_id}/", path)),
  });
  if (found.error) {
    return (
      <Page title={i18n._("Model")}>
        <Failure error={found.error} again={() => void found.refetch()} />
        <Link to="/models">{i18n._("All models")}</Link>
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
  const version = found.data;
  return (
    <Page
      title={`${version.name} ${version.version}`}
      lead={
        <>
          <Link to={`/models/${version.project_id}/${encodeURIComponent(version.name)}`}>
            {i18n._("All versions of {name}", { name: version.name })}
          </Link>{" "}
          · {version.project} <Aliases names={version.aliases} /> <VersionState state={version.state} />
        </>
      }
    >
      {version.problem && <Problem code={version.problem} />}
      <Judged version={version} />
      <LineagePanel version={version} />
      <Pointing version={version} />
      {version.state === "ready" && (
        <>
          {version.output_kind && <Deploy version={version} />}
          {version.browser_output_kind && <ExportsPanel versionId={version.id} />}
          {version.is_evaluable && <BatchPredictionsPanel version={version} />}
        </>
      )}
      <Card version={version} />
      <Ending version={version} />
    </Page>
  );
}

function Problem({ code }: { code: string }) {
  const { i18n } = useLingui();
  return (
    <div className="failure" role="alert">
      <p>
        {code === "mlmodel_missing"
          ? i18n._("No MLmodel file lies with this version: its files were never uploaded, or are gone.")
          : i18n._("The MLmodel file of this version cannot be read.")}
      </p>
    </div>
  );
}

/** Figures on the sealed split, and the worst mistakes. */
function Judged({ version }: { version: Detail }) {
  const { i18n } = useLingui();
  const metrics = useMetrics();
  const queries = useQueryClient();
  const may = useMay("runs.write");
  const { evaluation } = version;
  const path = { params: { path: { version_id: version.id } } };
  const [jobId, setJobId] = useState(0);
  const judge = useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/model-versions/{version_id}/evaluate/", path)),
    onSuccess: (job) => setJobId(job.id),
  });
  const job = useQuery({
    queryKey: ["job", jobId],
    enabled: jobId > 0,
    queryFn: async () => {
      const now = await unwrap(api.GET("/api/v1/jobs/{job_id}/", { params: { path: { job_id: jobId } } }));
      if (now.state === "done") void queries.invalidateQueries({ queryKey: ["version", version.id] });
      return now;
    },
    refetchInterval: (query) =>
      ["queued", "running", undefined].includes(query.state.data?.state) ? 1000 : false,
  });
  const errors = useQuery({
    queryKey: ["model-version-errors", version.id, evaluation?.id],
    enabled: evaluation !== null,
    queryFn: () => unwrap(api.GET("/api/v1/model-versions/{version_id}/errors/", path)),
  });
  const names = Object.fromEntries((evaluation?.labels ?? []).map((one, at) => [one, evaluation?.names[at]]));
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{i18n._("On the sealed split")}</h2>
        {may && version.is_evaluable && version.state !== "deleted" && (
          <button type="button" className="small" onClick={() => judge.mutate()} disabled={judge.isPending}>
            {i18n._("Judge on the newest snapshot")}
          </button>
        )}
      </div>
      {judge.error && <Failure error={judge.error} />}
      {job.data && job.data.state !== "done" && <JobLine job={job.data} />}
      {!evaluation && (
        <Empty>
          {version.is_evaluable
            ? i18n._("Not judged yet. A worker can run it on the sealed items.")
            : i18n._(
                "Not judged yet. Models of this format are not run here, since they run code of whoever made them: send their answers to the sealed items (see the how-to), or export them to ONNX.",
              )}
        </Empty>
      )}
      {evaluation && (
        <>
          <dl className="facts">
            {metrics.inOrder(evaluation.metrics).map((name) => (
              <Fact key={name} term={metrics.title(name)}>
                {metrics.format(name, evaluation.metrics[name])}
              </Fact>
            ))}
            <Fact term={i18n._("Sealed items")}>
              {i18n._("{items} of snapshot {version}", {
                items: count(evaluation.items, i18n.locale),
                version: evaluation.snapshot_version,
              })}
            </Fact>
            <Fact term={i18n._("Answers from")}>
              {evaluation.predicted_by === "worker"
                ? i18n._("a worker of this platform")
                : i18n._("the model's author, taken at their word")}
            </Fact>
          </dl>
          {evaluation.confusion.length > 0 && (
            <details>
              <summary>{i18n._("Confusion matrix")}</summary>
              <ConfusionMatrix evaluation={evaluation} />
            </details>
          )}
          <details hidden={evaluation.per_class.length === 0}>
            <summary>
              {evaluation.confusion.length > 0
                ? i18n._("Recall of each class")
                : i18n._("{metric} of each label", {
                    metric: metrics.title(metrics.primaryOf(evaluation.metrics)),
                  })}
            </summary>
            <div className="scroll">
              <table>
                <thead>
                  <tr>
                    <th scope="col">{i18n._("Class")}</th>
                    <th scope="col">{evaluation.confusion.length > 0 ? i18n._("Right") : i18n._("Value")}</th>
                    <th scope="col">
                      {evaluation.confusion.length > 0 ? i18n._("Sealed items") : i18n._("There are")}
                    </th>
                    <th scope="col">{i18n._("95 % interval")}</th>
                  </tr>
                </thead>
                <tbody>
                  {evaluation.per_class.map((row) => (
                    <tr key={row.label}>
                      <th scope="row">{names[row.label] ?? row.label}</th>
                      <td className="num">
                        {row.right == null
                          ? percent(row.value ?? 0, i18n.locale)
                          : count(row.right, i18n.locale)}
                      </td>
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
          {errors.data && (errors.data.count ?? 0) > 0 && (
            <>
              <h3>
                {i18n._("{wrong} mistakes, the surest first", {
                  wrong: count(errors.data.count ?? 0, i18n.locale),
                })}
              </h3>
              <Pictures rows={errors.data.results} projectId={version.project_id} />
            </>
          )}
        </>
      )}
    </section>
  );
}

/** Point an alias here; a protected one asks for a passed contract or a reason. */
function Pointing({ version }: { version: Detail }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const may = useMay("models.write");
  const mayApprove = useMay("models.approve");
  const [alias, setAlias] = useState("champion");
  const path = { version_id: version.id };
  const refresh = () => queries.invalidateQueries();
  const point = useMutation({
    mutationFn: (reason: string) =>
      unwrap(
        api.POST("/api/v1/model-versions/{version_id}/aliases/", {
          params: { path },
          body: { alias: alias.trim(), reason },
        }),
      ),
    onSuccess: refresh,
  });
  const drop = useMutation({
    mutationFn: (name: string) =>
      unwrap(
        api.DELETE("/api/v1/model-versions/{version_id}/aliases/{alias}/", {
          params: { path: { ...path, alias: name } },
        }),
      ),
    onSuccess: refresh,
  });
  if (!may || version.state !== "ready") return null;
  const guarded = version.protected_aliases.includes(alias.trim());
  const asks = guarded && !version.is_approved;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    point.mutate(String(new FormData(event.currentTarget).get("reason") ?? ""));
  };
  return (
    <section className="panel">
      <h2>{i18n._("Aliases")}</h2>
      {version.aliases.map((name) => (
        <p key={name}>
          <Aliases names={[name]} /> <code>{`models:/${version.name}@${name}`}</code>{" "}
          <Confirm
            ask={i18n._("Take {alias} away? It will point nowhere.", { alias: name })}
            yes={i18n._("Take away")}
            onYes={() => drop.mutate(name)}
          >
            {i18n._("Take away…")}
          </Confirm>
        </p>
      ))}
      <form className="form" onSubmit={submit}>
        <Field label={i18n._("Point an alias at this version")}>
          <input value={alias} required onChange={(event) => setAlias(event.target.value)} list="aliases" />
        </Field>
        <datalist id="aliases">
          {["champion", "challenger", ...version.protected_aliases].map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        {guarded && version.is_approved && (
          <p>● {i18n._("Protected; this version passed its acceptance contract.")}</p>
        )}
        {asks && (
          <>
            <p className="warn">
              ▲ {i18n._("Protected: this version has passed no acceptance contract.")}{" "}
              <Link to="/contracts">{i18n._("To the contracts")}</Link>
            </p>
            {mayApprove ? (
              <Field label={i18n._("Reason for the exception")} hint={i18n._("It is kept with your name.")}>
                <textarea name="reason" required maxLength={500} rows={2} />
              </Field>
            ) : (
              <p className="muted">{i18n._("Only a manager or an admin may make an exception.")}</p>
            )}
          </>
        )}
        {point.error && <Failure error={point.error} />}
        {drop.error && <Failure error={drop.error} />}
        <button type="submit" disabled={point.isPending || (asks && !mayApprove)}>
          {i18n._("Point it here")}
        </button>
      </form>
    </section>
  );
}

/** A name that answers pictures with this version, or with what an alias points at. */
function Deploy({ version }: { version: Detail }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const may = useMay("models.write");
  const deploy = useMutation({
    mutationFn: (body: Schemas["DeploymentIn"]) => unwrap(api.POST("/api/v1/deployments/", { body })),
    onSuccess: () => queries.invalidateQueries(),
  });
  const serving = version.uses.filter((use) => use.kind === "deployment");
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    deploy.mutate({
      name: String(form.get("name")),
      version_id: version.id,
      alias: String(form.get("alias")),
    });
  };
  return (
    <section className="panel">
      <h2>{i18n._("On the server")}</h2>
      {serving.length === 0 && <p className="muted">{i18n._("No deployment answers with it.")}</p>}
      {serving.map((use) => (
        <p key={use.name}>
          <Link to={`/deployments/${use.name}`}>{use.name}</Link>
        </p>
      ))}
      {may && (
        <details>
          <summary>{i18n._("Deploy it")}</summary>
          <form className="form" onSubmit={submit}>
            <Field
              label={i18n._("Name")}
              hint={i18n._("Small letters, digits and hyphens; it becomes part of the address.")}
            >
              <input name="name" required minLength={2} maxLength={60} pattern="[a-z0-9][a-z0-9\-]*" />
            </Field>
            <Field label={i18n._("Answers with")}>
              <select name="alias">
                <option value="">{i18n._("this version, whatever comes")}</option>
                {version.aliases.map((name) => (
                  <option key={name} value={name}>
                    {i18n._("whatever {alias} points at", { alias: name })}
                  </option>
                ))}
              </select>
            </Field>
            {deploy.error && <Failure error={deploy.error} />}
            {deploy.data && (
              <p>
                <Link to={`/deployments/${deploy.data.name}`}>{deploy.data.name}</Link>
              </p>
            )}
            <button type="submit" className="primary" disabled={deploy.isPending}>
              {i18n._("Deploy")}
            </button>
          </form>
        </details>
      )}
    </section>
  );
}

/** What its author says of it, and what its file says. */
function Card({ version }: { version: Detail }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const may = useMay("models.write");
  const [writing, setWriting] = useState(false);
  const write = useMutation({
    mutationFn: (description: string) =>
      unwrap(
        api.PATCH("/api/v1/model-versions/{version_id}/", {
          params: { path: { version_id: version.id }, header: ifMatch(version) },
          body: { description },
        }),
      ),
    onSuccess: (data) => {
      queries.setQueryData(["version", version.id], data);
      setWriting(false);
    },
  });
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{i18n._("Card")}</h2>
        {may && !writing && version.state !== "deleted" && (
          <button type="button" className="small" onClick={() => setWriting(true)}>
            {i18n._("Write")}
          </button>
        )}
      </div>
      {writing ? (
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            write.mutate(String(new FormData(event.currentTarget).get("description")));
          }}
        >
          <Field label={i18n._("Markdown")}>
            <textarea name="description" rows={8} maxLength={5000} defaultValue={version.description} />
          </Field>
          {write.error && <Failure error={write.error} />}
          <span>
            <button type="submit" className="primary" disabled={write.isPending}>
              {i18n._("Save")}
            </button>{" "}
            <button type="button" onClick={() => setWriting(false)}>
              {i18n._("Cancel")}
            </button>
          </span>
        </form>
      ) : version.description ? (
        <Prose>{version.description}</Prose>
      ) : (
        <p className="muted">{i18n._("Nothing is written yet: what is it for, and what not?")}</p>
      )}
      <dl className="facts">
        <Fact term={i18n._("Formats")}>{version.flavors.join(", ") || "–"}</Fact>
        <Fact term={i18n._("Size")}>{bytes(version.size_bytes, i18n.locale)}</Fact>
        <Fact term={i18n._("Made by")}>
          {version.origin === "recipe"
            ? `${version.recipe}, ${i18n._("seed {seed}", { seed: version.seed ?? 0 })}`
            : version.created_by || "–"}
        </Fact>
        <Fact term={i18n._("Code")}>{version.code_version.slice(0, 12) || "–"}</Fact>
        <Fact term={i18n._("MLflow run")}>{version.mlflow_run_id || "–"}</Fact>
        <Fact term={i18n._("Registered")}>{moment(version.created_at, i18n.locale)}</Fact>
      </dl>
      {version.signature.inputs && (
        <details>
          <summary>{i18n._("Signature")}</summary>
          <pre>
            <code>{`in  ${version.signature.inputs}\nout ${version.signature.outputs ?? ""}`}</code>
          </pre>
        </details>
      )}
    </section>
  );
}

/** Archive, restore, delete: with what would break shown first. */
function Ending({ version }: { version: Detail }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const may = useMay("models.write");
  const path = { params: { path: { version_id: version.id } } };
  const refresh = () => queries.invalidateQueries();
  const archive = useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/model-versions/{version_id}/archive/", path)),
    onSuccess: refresh,
  });
  const restore = useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/model-versions/{version_id}/restore/", path)),
    onSuccess: refresh,
  });
  const remove = useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/v1/model-versions/{version_id}/", path)),
    onSuccess: refresh,
  });
  if (!may || version.state === "deleted") return null;
  const kinds: Record<string, string> = {
    deployment: i18n._("deployment"),
    alias: i18n._("alias"),
    contract: i18n._("contract"),
  };
  const blocked = version.uses.some((use) => use.blocks);
  return (
    <section className="panel">
      <h2>{i18n._("Put away or delete")}</h2>
      {version.uses.length === 0 ? (
        <p className="muted">{i18n._("Nothing needs this version.")}</p>
      ) : (
        <ul>
          {version.uses.map((use) => (
            <li key={`${use.kind} ${use.name}`}>
              {kinds[use.kind] ?? use.kind}: {use.name}{" "}
              <span className="muted">
                {use.blocks ? i18n._("point it elsewhere first") : i18n._("will lose it")}
              </span>
            </li>
          ))}
        </ul>
      )}
      {[archive.error, restore.error, remove.error].map((error, at) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: three fixed places
        error ? <Failure key={at} error={error} /> : null,
      )}
      {version.state === "archived" ? (
        <button type="button" onClick={() => restore.mutate()}>
          {i18n._("Restore")}
        </button>
      ) : (
        !blocked && (
          <Confirm
            ask={i18n._("Archive it? It can be restored.")}
            yes={i18n._("Archive")}
            onYes={() => archive.mutate()}
          >
            {i18n._("Archive…")}
          </Confirm>
        )
      )}{" "}
      {!blocked && (
        <Confirm
          ask={i18n._("Delete it for good? Its record stays, its files go.")}
          yes={i18n._("Delete")}
          onYes={() => remove.mutate()}
        >
          {i18n._("Delete…")}
        </Confirm>
      )}
    </section>
  );
}
