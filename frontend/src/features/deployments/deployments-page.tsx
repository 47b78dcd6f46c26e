import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, unwrap } from "../../shared/api/client";
import { count } from "../../shared/ui/numbers";
import { Empty, Failure, Page, Waiting } from "../../shared/ui/parts";
import { DeploymentState } from "./deployment-state";
import { WebhooksPanel } from "./webhooks-panel";

/** What runs on the server, and how it is. */
export function DeploymentsPage() {
  const { i18n } = useLingui();
  const found = useQuery({
    queryKey: ["deployments"],
    queryFn: () => unwrap(api.GET("/api/v1/deployments/")),
    refetchInterval: 3000,
  });
  return (
    <Page
      title={i18n._("Deployments")}
      lead={i18n._("Which version answers under which name, and what it sees.")}
    >
      {found.isPending && <Waiting />}
      {found.error && <Failure error={found.error} again={() => void found.refetch()} />}
      {found.data?.results.length === 0 && (
        <Empty
          action={
            <Link className="button primary" to="/models">
              {i18n._("To the models")}
            </Link>
          }
        >
          {i18n._("Nothing is deployed yet. Deploy a version on its page.")}
        </Empty>
      )}
      {found.data && found.data.results.length > 0 && (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{i18n._("Deployment")}</th>
                <th scope="col">{i18n._("State")}</th>
                <th scope="col">{i18n._("Answers with")}</th>
                <th scope="col">{i18n._("Shadow")}</th>
                <th scope="col">{i18n._("Project")}</th>
                <th scope="col">{i18n._("Answered in 24 hours")}</th>
              </tr>
            </thead>
            <tbody>
              {found.data.results.map((row) => (
                <tr key={row.id}>
                  <th scope="row">
                    <Link to={`/deployments/${row.name}`}>{row.name}</Link>
                  </th>
                  <td>
                    <DeploymentState state={row.state} />
                  </td>
                  <td>
                    {row.version_id ? (
                      <Link to={`/versions/${row.version_id}`}>{`${row.model_name} ${row.version}`}</Link>
                    ) : (
                      row.model_name
                    )}{" "}
                    {row.alias && <span className="badge">★ {row.alias}</span>}
                  </td>
                  <td>{row.shadow_version_name || "–"}</td>
                  <td>{row.project_name}</td>
                  <td className="num">{count(row.prediction_count_24h, i18n.locale)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <WebhooksPanel />
    </Page>
  );
}
