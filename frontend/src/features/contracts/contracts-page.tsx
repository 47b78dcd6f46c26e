import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { moment, percent } from "../../shared/ui/numbers";
import { Empty, Failure, Page, Waiting } from "../../shared/ui/parts";
import { ContractState } from "./contract-state";

/** Every contract: what is good enough, and whether it was shown. */
export function ContractsPage() {
  const { i18n } = useLingui();
  const mayCreate = useMay("contracts.write");
  const contracts = useQuery({
    queryKey: ["contracts"],
    queryFn: () => unwrap(api.GET("/api/v1/contracts/")),
  });
  const make = mayCreate ? (
    <Link className="button primary" to="/contracts/new">
      {i18n._("Draw up a contract")}
    </Link>
  ) : undefined;
  return (
    <Page
      title={i18n._("Contracts")}
      lead={i18n._("What is good enough, agreed before anyone looks, and proved with a stated risk.")}
      actions={make}
    >
      {contracts.isPending && <Waiting />}
      {contracts.error && <Failure error={contracts.error} again={() => void contracts.refetch()} />}
      {contracts.data?.results.length === 0 && (
        <Empty action={make}>
          {i18n._("No contract yet. Agree on what is good enough before a model is judged.")}
        </Empty>
      )}
      {contracts.data && contracts.data.results.length > 0 && (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{i18n._("Contract")}</th>
                <th scope="col">{i18n._("Project")}</th>
                <th scope="col">{i18n._("Claim")}</th>
                <th scope="col">{i18n._("State")}</th>
                <th scope="col">{i18n._("Looks")}</th>
                <th scope="col">{i18n._("Drawn up")}</th>
              </tr>
            </thead>
            <tbody>
              {contracts.data.results.map((row) => (
                <tr key={row.id}>
                  <th scope="row">
                    <Link to={`/contracts/${row.id}`}>{row.title}</Link>
                  </th>
                  <td>{row.project}</td>
                  <td className="num">
                    {i18n._("accuracy above {target}, risk {risk}", {
                      target: percent(row.terms.target, i18n.locale),
                      risk: percent(row.terms.false_accept_risk ?? 0.05, i18n.locale),
                    })}
                  </td>
                  <td>
                    <ContractState state={row.state} />
                  </td>
                  <td className="num">{row.evaluations.length}</td>
                  <td>{moment(row.created_at, i18n.locale)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Page>
  );
}
