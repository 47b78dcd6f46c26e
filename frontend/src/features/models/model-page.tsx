import { useLingui } from "@lingui/react";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { api, ifMatch, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { useMetrics } from "../../shared/ui/metrics";
import { moment } from "../../shared/ui/numbers";
import { Confirm, Empty, Failure, Field, Page, Waiting } from "../../shared/ui/parts";
import { Aliases, bytes, VersionState } from "./parts";

const STATES = ["ready", "archived", "deleted", "all"] as const;

/** One model: its versions, where its aliases pointed when and why. */
export function ModelPage() {
  const { i18n } = useLingui();
  const metrics = useMetrics();
  const navigate = useNavigate();
  const { projectId: id, name = "" } = useParams();
  const projectId = Number(id);
  const [state, setState] = useState<(typeof STATES)[number]>("ready");
  const [chosen, setChosen] = useState<number[]>([]);
  const versions = useInfiniteQuery({
    queryKey: ["versions", projectId, name, state],
    queryFn: ({ pageParam }) =>
      unwrap(
        api.GET("/api/v1/model-versions/", {
          params: {
            query: { project_id: projectId, name, state, ...(pageParam ? { cursor: pageParam } : {}) },
          },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: (before) => before,
  });
  const rows = versions.data?.pages.flatMap((page) => page.results) ?? [];
  const newest = rows[0];
  const toggle = (version: number) =>
    setChosen((before) =>
      before.includes(version) ? before.filter((one) => one !== version) : [...before.slice(-1), version],
    );
  const [one, two] = [...chosen].sort((a, b) => a - b);
  return (
    <Page
      title={name}
      lead={newest?.project}
      actions={
        <button
          type="button"
          className="primary"
          disabled={two === undefined}
          onClick={() => navigate(`/compare?a=${one}&b=${two}`)}
        >
          {i18n._("Compare the two chosen")}
        </button>
      }
    >
      <Field label={i18n._("Versions shown")}>
        <select
          value={state}
          onChange={(event) => setState(STATES.find((one) => one === event.target.value) ?? "ready")}
        >
          <option value="ready">{i18n._("In use")}</option>
          <option value="archived">{i18n._("Archived")}</option>
          <option value="deleted">{i18n._("Deleted")}</option>
          <option value="all">{i18n._("All")}</option>
        </select>
      </Field>
      {versions.isPending && <Waiting />}
      {versions.error && <Failure error={versions.error} again={() => void versions.refetch()} />}
      {versions.data && rows.length === 0 && <Empty>{i18n._("No version is in this state.")}</Empty>}
      {rows.length > 0 && (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{i18n._("Compare")}</th>
                <th scope="col">{i18n._("Version")}</th>
                <th scope="col">{i18n._("On the sealed split")}</th>
                <th scope="col">{i18n._("Learned from")}</th>
                <th scope="col">{i18n._("Made by")}</th>
                <th scope="col">{i18n._("Size")}</th>
                <th scope="col">{i18n._("Registered")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  <td>
                    <input
                      type="checkbox"
                      aria-label={i18n._("Compare version {version}", { version: row.version })}
                      checked={chosen.includes(row.id)}
                      onChange={() => toggle(row.id)}
                    />
                  </td>
                  <th scope="row">
                    <Link to={`/versions/${row.id}`}>{row.version}</Link> <Aliases names={row.aliases} />{" "}
                    <VersionState state={row.state} />
                  </th>
                  <td className="num" title={metrics.title(metrics.primaryOf(row.metrics))}>
                    {metrics.format(
                      metrics.primaryOf(row.metrics),
                      row.metrics[metrics.primaryOf(row.metrics)],
                    )}
                  </td>
                  <td>
                    {row.snapshot_version
                      ? i18n._("snapshot {version}", { version: row.snapshot_version })
                      : i18n._("not said")}
                  </td>
                  <td>{row.origin === "recipe" ? row.recipe : row.created_by || "–"}</td>
                  <td className="num">{bytes(row.size_bytes, i18n.locale)}</td>
                  <td>{moment(row.created_at, i18n.locale)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {versions.hasNextPage && (
        <button type="button" onClick={() => void versions.fetchNextPage()} disabled={versions.isFetching}>
          {i18n._("Show more")}
        </button>
      )}
      {newest && <AliasChanges versionId={newest.id} />}
      <Rules projectId={projectId} />
    </Page>
  );
}

/** Where aliases pointed, who pointed them there and why; and one step back. */
function AliasChanges({ versionId }: { versionId: number }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const may = useMay("models.write");
  const version = useQuery({
    queryKey: ["version", versionId],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/model-versions/{version_id}/", { params: { path: { version_id: versionId } } }),
      ),
  });
  const back = useMutation({
    mutationFn: (alias: string) =>
      unwrap(
        api.POST("/api/v1/models/{model_id}/aliases/{alias}/rollback/", {
          params: { path: { model_id: version.data?.model_id ?? 0, alias } },
        }),
      ),
    onSuccess: () => queries.invalidateQueries(),
  });
  const changes = version.data?.alias_changes ?? [];
  const aliases = [...new Set(changes.map((change) => change.alias))];
  return (
    <section className="panel">
      <h2>{i18n._("Where aliases pointed")}</h2>
      {back.error && <Failure error={back.error} />}
      {changes.length === 0 ? (
        <p className="muted">{i18n._("No alias was set yet. Set one on a version's page.")}</p>
      ) : (
        <>
          {may && (
            <p>
              {aliases.map((alias) => (
                <Confirm
                  key={alias}
                  ask={i18n._("Point {alias} back at the version before?", { alias })}
                  yes={i18n._("Point back")}
                  onYes={() => back.mutate(alias)}
                >
                  {i18n._("Roll {alias} back", { alias })}
                </Confirm>
              ))}
            </p>
          )}
          <AliasChangeTable changes={changes} />
        </>
      )}
    </section>
  );
}

function AliasChangeTable({ changes }: { changes: Schemas["AliasChangeOut"][] }) {
  const { i18n } = useLingui();
  return (
    <div className="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">{i18n._("Alias")}</th>
            <th scope="col">{i18n._("Pointed at before")}</th>
            <th scope="col">{i18n._("Points at then")}</th>
            <th scope="col">{i18n._("By")}</th>
            <th scope="col">{i18n._("When")}</th>
            <th scope="col">{i18n._("On what ground")}</th>
          </tr>
        </thead>
        <tbody>
          {changes.map((change) => (
            <tr key={change.id}>
              <th scope="row">
                {change.alias} {change.protected && <span className="muted">({i18n._("protected")})</span>}
              </th>
              <td className="num">{change.previous_version ?? "–"}</td>
              <td className="num">{change.version ?? i18n._("nowhere")}</td>
              <td>{change.changed_by}</td>
              <td>{moment(change.changed_at, i18n.locale)}</td>
              <td>
                {change.contract_id && (
                  <Link to={`/contracts/${change.contract_id}`}>{i18n._("passed its contract")}</Link>
                )}{" "}
                {change.reason && i18n._("exception: {reason}", { reason: change.reason })}{" "}
                {change.is_rollback && i18n._("rolled back")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Which aliases need approval, and how much artifacts may weigh. */
function Rules({ projectId }: { projectId: number }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const may = useMay("models.approve");
  const path = { params: { path: { project_id: projectId } } };
  const rules = useQuery({
    queryKey: ["model-policy", projectId],
    queryFn: () => unwrap(api.GET("/api/v1/projects/{project_id}/model-policy/", path)),
  });
  const change = useMutation({
    mutationFn: ({ row, body }: { row: Schemas["ModelPolicyOut"]; body: Schemas["ModelPolicyIn"] }) =>
      unwrap(
        api.PUT("/api/v1/projects/{project_id}/model-policy/", {
          params: { ...path.params, header: ifMatch(row) },
          body,
        }),
      ),
    onSuccess: (data) => queries.setQueryData(["model-policy", projectId], data),
  });
  const row = rules.data;
  if (!row) return null;
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const body = {
      protected_aliases: String(form.get("protected"))
        .split(/[\s,]+/)
        .filter(Boolean),
      quota_bytes: Math.round(Number(form.get("quota")) * 1024 ** 3),
    };
    change.mutate({ row, body });
  };
  return (
    <section className="panel">
      <h2>{i18n._("Rules of this project")}</h2>
      <p>
        {i18n._("{used} of {quota} used by artifacts.", {
          used: bytes(rules.data.used_bytes, i18n.locale),
          quota: bytes(rules.data.quota_bytes, i18n.locale),
        })}{" "}
        {rules.data.protected_aliases.length > 0
          ? i18n._("Protected aliases: {names}.", { names: rules.data.protected_aliases.join(", ") })
          : i18n._("No alias is protected.")}
      </p>
      {may && (
        <details>
          <summary>{i18n._("Change the rules")}</summary>
          <form className="form" onSubmit={save}>
            <Field
              label={i18n._("Protected aliases")}
              hint={i18n._("Pointing one asks for a passed contract, or for a manager's reason.")}
            >
              <input name="protected" defaultValue={rules.data.protected_aliases.join(", ")} />
            </Field>
            <Field label={i18n._("Artifacts may weigh, in GiB")}>
              <input
                name="quota"
                type="number"
                min="0.01"
                step="any"
                defaultValue={rules.data.quota_bytes / 1024 ** 3}
              />
            </Field>
            {change.error && <Failure error={change.error} />}
            <button type="submit" disabled={change.isPending}>
              {i18n._("Save")}
            </button>
          </form>
        </details>
      )}
    </section>
  );
}
