import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useParams } from "react-router";
import { api, ifMatch, type Schemas, unwrap } from "../../shared/api/client";
import { useMay, useMe } from "../../shared/api/session";
import { count, moment, percent } from "../../shared/ui/numbers";
import { Confirm, Failure, Field, JobLine, Page, Waiting } from "../../shared/ui/parts";
import { ContractState } from "./contract-state";
import { ContractErrors, type EvaluationResult, EvaluationTable } from "./evaluation-table";
import { type Draft, SampleSizeTable, type Terms, TermsForm } from "./terms-form";

type Contract = Schemas["ContractOut"];

/** One contract: terms, signatures, evaluations, verdict; printable as it stands, and as PDF. */
export function ContractPage() {
  const { i18n } = useLingui();
  const id = Number(useParams().contractId);
  const queries = useQueryClient();
  const mayWrite = useMay("contracts.write");
  const path = { params: { path: { contract_id: id } } };
  const contract = useQuery({
    queryKey: ["contract", id],
    queryFn: () => unwrap(api.GET("/api/v1/contracts/{contract_id}/", path)),
    refetchInterval: (query) =>
      query.state.data?.evaluations.some((evaluation) => ["queued", "running"].includes(evaluation.job.state))
        ? 1000
        : 15_000,
  });
  const [editing, setEditing] = useState(false);
  const [reason, setReason] = useState("");
  const settled = {
    onSuccess: (made: Contract) => {
      setEditing(false);
      queries.setQueryData(["contract", id], made);
      void queries.invalidateQueries({ queryKey: ["contracts"] });
    },
  };
  const change = useMutation({
    mutationFn: ({ row, draft }: { row: Contract; draft: Draft }) =>
      unwrap(
        api.PUT("/api/v1/contracts/{contract_id}/", {
          params: { ...path.params, header: ifMatch(row) },
          body: draft,
        }),
      ),
    ...settled,
  });
  const withdraw = useMutation({
    mutationFn: () =>
      unwrap(api.POST("/api/v1/contracts/{contract_id}/withdraw/", { ...path, body: { reason } })),
    ...settled,
  });
  const project = useQuery({
    queryKey: ["project", contract.data?.project_id],
    enabled: editing,
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/", {
          params: { path: { project_id: contract.data?.project_id ?? 0 } },
        }),
      ),
  });
  if (contract.error) {
    return (
      <Page title={i18n._("Contract")}>
        <Failure error={contract.error} again={() => void contract.refetch()} />
      </Page>
    );
  }
  if (!contract.data) {
    return (
      <main className="page" id="main">
        <Waiting />
      </main>
    );
  }
  const row = contract.data;
  const evaluated = row.evaluations.find((evaluation) => evaluation.verdict !== "");
  const language = i18n.locale.startsWith("ja") ? "ja" : "en";
  return (
    <Page
      title={row.title}
      lead={`${row.project} · ${i18n._("drawn up by {name} on {day}", { name: row.created_by, day: moment(row.created_at, i18n.locale) })}`}
      actions={
        <>
          <button type="button" onClick={() => window.print()}>
            {i18n._("Print")}
          </button>
          <a className="button" href={`/api/v1/contracts/${row.id}/report/?lang=${language}`}>
            {i18n._("Report as PDF")}
          </a>
        </>
      }
    >
      <p className="contract-verdict" role="status">
        <ContractState state={row.state === "signed" && evaluated ? evaluated.verdict : row.state} />
        {evaluated && ` · ${evaluated.model} ${evaluated.version}`}
      </p>
      {editing ? (
        <section className="panel">
          {project.data ? (
            <TermsForm
              project={project.data}
              initial={{ title: row.title, note: row.note, terms: row.terms as Terms }}
              save={i18n._("Save; signatures on the old wording fall away")}
              saving={change.isPending}
              error={change.error}
              onSave={(draft) => change.mutate({ row, draft })}
            />
          ) : (
            <Waiting />
          )}
          <button type="button" onClick={() => setEditing(false)}>
            {i18n._("Leave it as it was")}
          </button>
        </section>
      ) : (
        <Agreed contract={row} />
      )}
      <Signatures contract={row} {...settled} />
      {["signed", "passed", "failed"].includes(row.state) && <Evaluations contract={row} {...settled} />}
      {mayWrite && (row.state === "draft" || row.state === "signed") && (
        <section className="panel no-print">
          <div className="row">
            {row.state === "draft" && !editing && (
              <button type="button" onClick={() => setEditing(true)}>
                {i18n._("Change the terms")}
              </button>
            )}
            <Field label={i18n._("Reason to withdraw")}>
              <input value={reason} maxLength={1000} onChange={(event) => setReason(event.target.value)} />
            </Field>
            {reason.trim() !== "" && (
              <Confirm
                ask={i18n._("End this contract without a verdict? It stays on record.")}
                yes={i18n._("Withdraw")}
                onYes={() => withdraw.mutate()}
              >
                {i18n._("Withdraw")}
              </Confirm>
            )}
          </div>
          {withdraw.error && <Failure error={withdraw.error} />}
        </section>
      )}
    </Page>
  );
}

function Agreed({ contract }: { contract: Contract }) {
  const { i18n } = useLingui();
  const terms = contract.terms as Terms;
  const sampleSize = useQuery({
    queryKey: ["contract-sample-size", terms, contract.project_id],
    queryFn: () =>
      unwrap(
        api.POST("/api/v1/contracts/sample-size/", { body: { terms, project_id: contract.project_id } }),
      ),
  });
  return (
    <section className="panel">
      <h2>{i18n._("What is agreed")}</h2>
      {contract.note && <p>{contract.note}</p>}
      <p>
        {i18n._(
          "The accuracy on the sealed split is above {target}. A model at the target or below is accepted with a chance of at most {accept}; a model of {good} or more is refused with a chance of at most {refuse}.",
          {
            target: percent(terms.target, i18n.locale),
            accept: percent(terms.false_accept_risk, i18n.locale),
            good: percent(terms.expected, i18n.locale),
            refuse: percent(terms.false_reject_risk, i18n.locale),
          },
        )}{" "}
        {terms.method === "anytime"
          ? i18n._("Anyone may look at any time: the test stays valid however often one looks.")
          : i18n._("It is judged once, when the set number of items is there.")}{" "}
        {i18n._("{models} models may be offered; {left} are left.", {
          models: terms.max_submissions,
          left: contract.submissions_left,
        })}{" "}
        {terms.new_labels_only && i18n._("Only sealed labels made after the signing count.")}
      </p>
      {sampleSize.data && <SampleSizeTable sampleSize={sampleSize.data} method={terms.method} />}
      <p className="muted small-text">
        {i18n._("SHA-256 of the wording")} <code>{contract.terms_hash}</code>
      </p>
    </section>
  );
}

function Signatures({ contract, onSuccess }: { contract: Contract; onSuccess: (made: Contract) => void }) {
  const { i18n } = useLingui();
  const me = useMe();
  const sign = useMutation({
    mutationFn: (party: "customer" | "maker") =>
      unwrap(
        api.POST("/api/v1/contracts/{contract_id}/sign/", {
          params: { path: { contract_id: contract.id } },
          body: { party, terms_hash: contract.terms_hash },
        }),
      ),
    onSuccess,
  });
  const names = { customer: i18n._("Customer"), maker: i18n._("Maker") };
  const waiting =
    contract.state === "draft"
      ? {
          customer: i18n._("not signed yet: a member with the customer role signs here"),
          maker: i18n._("not signed yet: a scientist, manager or admin signs here"),
        }
      : null;
  return (
    <section className="panel">
      <h2>{i18n._("Signatures")}</h2>
      <dl className="facts">
        {(["customer", "maker"] as const).map((party) => {
          const signature = contract.signatures.find((row) => row.party === party);
          return (
            <div key={party}>
              <dt>{names[party]}</dt>
              <dd>
                {signature ? (
                  `${signature.name}, ${moment(signature.signed_at, i18n.locale)}`
                ) : contract.signable_party === party ? (
                  <Confirm
                    ask={i18n._("Sign these terms as {party}, as {name}?", {
                      party: names[party],
                      name: me.name,
                    })}
                    yes={i18n._("Sign")}
                    onYes={() => sign.mutate(party)}
                  >
                    {i18n._("Sign as {party}", { party: names[party] })}
                  </Confirm>
                ) : (
                  (waiting?.[party] ?? i18n._("not signed"))
                )}
              </dd>
            </div>
          );
        })}
      </dl>
      {sign.error && <Failure error={sign.error} />}
      {contract.state === "draft" && (
        <p className="muted">
          {i18n._("Two different people sign; then it is in force and cannot be changed.")}
        </p>
      )}
      {contract.signed_at && (
        <p className="muted">
          {i18n._(
            "In force since {day}, with version {guideline} of the guidelines. {models} models had been judged on this split before.",
            {
              day: moment(contract.signed_at, i18n.locale),
              guideline: Number(contract.facts.guideline_version ?? 0),
              models: count(Number(contract.facts.versions_evaluated_before ?? 0), i18n.locale),
            },
          )}
        </p>
      )}
    </section>
  );
}

function Evaluations({ contract, onSuccess }: { contract: Contract; onSuccess: (made: Contract) => void }) {
  const { i18n } = useLingui();
  const mayEvaluate = useMay("contracts.write");
  const [picked, setPicked] = useState<number | null>(null);
  const models = useQuery({
    queryKey: ["versions", contract.project_id],
    enabled: mayEvaluate && contract.state === "signed",
    queryFn: () =>
      unwrap(api.GET("/api/v1/model-versions/", { params: { query: { project_id: contract.project_id } } })),
  });
  const evaluate = useMutation({
    mutationFn: (version: number) =>
      unwrap(
        api.POST("/api/v1/contracts/{contract_id}/evaluations/", {
          params: { path: { contract_id: contract.id } },
          body: { model_version_id: version },
        }),
      ),
    onSuccess,
  });
  const rows = models.data?.results ?? [];
  const version = picked ?? rows[0]?.id ?? null;
  const evaluated = contract.evaluations.find((row) => row.verdict !== "");
  return (
    <section className="panel">
      <h2>{i18n._("Looks")}</h2>
      {mayEvaluate && contract.state === "signed" && (
        <div className="row no-print">
          {rows.length > 0 ? (
            <>
              <Field label={i18n._("Model")}>
                <select value={version ?? ""} onChange={(event) => setPicked(Number(event.target.value))}>
                  {rows.map((one) => (
                    <option key={one.id} value={one.id}>
                      {one.name} {one.version}
                    </option>
                  ))}
                </select>
              </Field>
              <button
                type="button"
                className="primary"
                disabled={evaluate.isPending || version === null}
                onClick={() => version !== null && evaluate.mutate(version)}
              >
                {i18n._("Judge by the contract")}
              </button>
            </>
          ) : (
            <p className="muted">{i18n._("This project has no registered model yet.")}</p>
          )}
        </div>
      )}
      {evaluate.error && <Failure error={evaluate.error} />}
      {contract.evaluations.length === 0 && <p className="muted">{i18n._("Nobody has looked yet.")}</p>}
      {contract.evaluations
        .filter((one) => one.verdict === "")
        .map((one) => (
          <JobLine key={one.id} job={one.job} />
        ))}
      {evaluated && <EvaluationTable result={evaluated.result as unknown as EvaluationResult} />}
      {evaluated && <ContractErrors result={evaluated.result as unknown as EvaluationResult} />}
      {contract.evaluations.length > 0 && (
        <div className="scroll">
          <table>
            <caption>{i18n._("Every look is on record")}</caption>
            <thead>
              <tr>
                <th scope="col">{i18n._("When")}</th>
                <th scope="col">{i18n._("Model")}</th>
                <th scope="col">{i18n._("Snapshot")}</th>
                <th scope="col">{i18n._("Right")}</th>
                <th scope="col">{i18n._("Verdict")}</th>
                <th scope="col">{i18n._("Who")}</th>
              </tr>
            </thead>
            <tbody>
              {contract.evaluations.map((one) => {
                const whole = (one.result as unknown as Partial<EvaluationResult>).parts?.[0];
                return (
                  <tr key={one.id}>
                    <td>{moment(one.evaluated_at ?? one.created_at, i18n.locale)}</td>
                    <td>
                      {one.model} {one.version}
                    </td>
                    <td className="num">{one.snapshot_version}</td>
                    <td className="num">
                      {whole
                        ? `${count(whole.correct, i18n.locale)} / ${count(whole.items, i18n.locale)}`
                        : "–"}
                    </td>
                    <td>{one.verdict ? <ContractState state={one.verdict} /> : <JobLine job={one.job} />}</td>
                    <td>{one.created_by}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
