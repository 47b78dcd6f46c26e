import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { Navigate, Route, Routes, useLocation } from "react-router";
import { AccessesPage } from "../features/audit/accesses-page";
import { AuditPage } from "../features/audit/audit-page";
import { ContractPage } from "../features/contracts/contract-page";
import { ContractsPage } from "../features/contracts/contracts-page";
import { NewContract } from "../features/contracts/new-contract";
import { DashboardPage } from "../features/dashboard/dashboard-page";
import { DataPage } from "../features/data/data-page";
import { DatasetPage } from "../features/data/dataset-page";
import { ErasuresPage } from "../features/data/erasures-page";
import { DeploymentPage } from "../features/deployments/deployment-page";
import { DeploymentsPage } from "../features/deployments/deployments-page";
import { ForecastPage } from "../features/forecast/forecast-page";
import { WorkPage } from "../features/jobs/work-page";
import { LabelList } from "../features/label/label-list";
import { LabelPage } from "../features/label/label-page";
import { ComparePage } from "../features/models/compare-page";
import { LabelsPage } from "../features/models/labels-page";
import { ModelPage } from "../features/models/model-page";
import { ModelsPage } from "../features/models/models-page";
import { VersionPage } from "../features/models/version-page";
import { PeoplePage } from "../features/people/people-page";
import { SecurityPage } from "../features/people/security-page";
import { NewProject } from "../features/projects/new-project";
import { ProjectPage } from "../features/projects/project-page";
import { ProjectsPage } from "../features/projects/projects-page";
import { QualityPage } from "../features/quality/quality-page";
import { ReviewList } from "../features/review/review-list";
import { ReviewPage } from "../features/review/review-page";
import { SettingsPage } from "../features/settings/settings-page";
import { InvitationPage } from "../features/signin/invitation-page";
import { SignIn } from "../features/signin/sign-in";
import { ApiError, api, unwrap } from "../shared/api/client";
import { type Me, MeContext } from "../shared/api/session";
import { Failure, Page, Waiting } from "../shared/ui/parts";
import { applicationRoutes, installedApplications } from "./applications";
import { Shell } from "./shell";

/** Where work begins, for the first of these scopes that the person has. */
const HOMES: [scope: string, page: string][] = [
  ["members.write", "/dashboard"],
  ["projects.write", "/projects"],
  ["models.write", "/models"],
  ["labels.review", "/review"],
  ["labels.write", "/label"],
  ["contracts.read", "/dashboard"],
];

function homeOf(me: Me): string {
  if (me.restriction_reason) return "/settings";
  return HOMES.find(([scope]) => me.scopes.includes(scope))?.[1] ?? "/label";
}

export function App() {
  const { i18n } = useLingui();
  const { pathname } = useLocation();
  const me = useQuery({ queryKey: ["me"], queryFn: () => unwrap(api.GET("/api/v1/me/")), staleTime: 60_000 });
  if (/^\/(invitations|enter)\//.test(pathname))
    return (
      <Routes>
        <Route path="/invitations/:uid/:token" element={<InvitationPage />} />
        {/* Where invitations of 0.2.0 lead. */}
        <Route path="/enter/*" element={<Navigate to={pathname.replace("enter", "invitations")} replace />} />
        <Route path="*" element={<Navigate to="/" replace />} />
      </Routes>
    );
  if (me.isPending) return <Waiting />;
  if (me.error instanceof ApiError && me.error.status === 401) return <SignIn />;
  if (me.error) return <Failure error={me.error} again={() => void me.refetch()} />;
  return (
    <MeContext value={me.data}>
      <Shell>
        <Routes>
          <Route path="/" element={<Navigate to={homeOf(me.data)} replace />} />
          <Route path="/label" element={<LabelList />} />
          <Route path="/label/:projectId" element={<LabelPage />} />
          <Route path="/projects" element={<ProjectsPage />} />
          <Route path="/projects/new" element={<NewProject />} />
          <Route path="/projects/:projectId" element={<ProjectPage />} />
          <Route path="/projects/:projectId/quality" element={<QualityPage />} />
          <Route path="/review" element={<ReviewList />} />
          <Route path="/review/:projectId" element={<ReviewPage />} />
          <Route path="/data" element={<DataPage />} />
          <Route path="/data/erased" element={<ErasuresPage />} />
          <Route path="/data/:datasetId" element={<DatasetPage />} />
          <Route path="/models" element={<ModelsPage />} />
          <Route path="/models/:projectId/:name" element={<ModelPage />} />
          <Route path="/versions/:versionId" element={<VersionPage />} />
          <Route path="/versions/:versionId/labels" element={<LabelsPage />} />
          <Route path="/compare" element={<ComparePage />} />
          <Route path="/deployments" element={<DeploymentsPage />} />
          <Route path="/deployments/:name" element={<DeploymentPage />} />
          <Route path="/dashboard" element={<DashboardPage />} />
          <Route path="/contracts" element={<ContractsPage />} />
          <Route path="/contracts/new" element={<NewContract />} />
          <Route path="/contracts/:contractId" element={<ContractPage />} />
          <Route path="/forecast" element={<ForecastPage />} />
          {applicationRoutes(installedApplications(me.data))}
          <Route path="/work" element={<WorkPage />} />
          <Route path="/people" element={<PeoplePage />} />
          <Route path="/people/security" element={<SecurityPage />} />
          <Route path="/audit" element={<AuditPage />} />
          <Route path="/audit/accesses" element={<AccessesPage />} />
          <Route path="/audit/seen" element={<Navigate to="/audit/accesses" replace />} />
          <Route path="/settings" element={<SettingsPage />} />
          <Route
            path="*"
            element={
              <Page title={i18n._("Not found")}>
                <p>{i18n._("There is no page at this address.")}</p>
              </Page>
            }
          />
        </Routes>
      </Shell>
    </MeContext>
  );
}
