import type { ComponentType } from "react";
import { matchPath } from "react-router";
import { onDemand } from "../shared/ui/on-demand";
import { Waiting } from "../shared/ui/parts";

interface PageRoute {
  path: string;
  load: () => Promise<unknown>;
  Page: ComponentType;
  /** Takes the whole screen: the sidebar is not there. */
  isFullScreen: boolean;
}

/** A page whose code is loaded when somebody goes there. `name` is its component in that module. */
function page<Module extends Record<Name, ComponentType>, Name extends keyof Module & string>(
  path: string,
  load: () => Promise<Module>,
  name: Name,
  { isFullScreen = false } = {},
): PageRoute {
  const Page = onDemand<object>(async () => (await load())[name] as ComponentType<object>, <Waiting />);
  return { path, load: Page.load, Page, isFullScreen };
}

const FULL_SCREEN = { isFullScreen: true };

/** Every page of the product but those of optional applications. The first that matches is shown. */
export const ROUTES: PageRoute[] = [
  page("/label", () => import("../features/my-work/my-tasks-page"), "MyTasksPage"),
  page("/label/:projectId", () => import("../features/label/label-page"), "LabelPage", FULL_SCREEN),
  page("/review", () => import("../features/my-work/review-projects-page"), "ReviewProjectsPage"),
  page("/review/:projectId", () => import("../features/review/review-page"), "ReviewPage", FULL_SCREEN),
  page("/projects", () => import("../features/projects/projects-page"), "ProjectsPage"),
  page("/projects/new", () => import("../features/projects/new-project"), "NewProject"),
  page("/projects/:projectId", () => import("../features/projects/overview-page"), "ProjectOverviewPage"),
  page(
    "/projects/:projectId/items",
    () => import("../features/projects/items/items-page"),
    "ProjectItemsPage",
  ),
  page("/projects/:projectId/labels", () => import("../features/projects/labels-page"), "ProjectLabelsPage"),
  page(
    "/projects/:projectId/workflow",
    () => import("../features/projects/workflow-page"),
    "ProjectWorkflowPage",
  ),
  page(
    "/projects/:projectId/quality",
    () => import("../features/projects/quality/quality-page"),
    "ProjectQualityPage",
  ),
  page(
    "/projects/:projectId/experiments",
    () => import("../features/projects/experiments-page"),
    "ProjectExperimentsPage",
  ),
  page("/projects/:projectId/budget", () => import("../features/projects/budget-page"), "ProjectBudgetPage"),
  page(
    "/projects/:projectId/snapshots",
    () => import("../features/projects/snapshots-page"),
    "ProjectSnapshotsPage",
  ),
  page(
    "/projects/:projectId/settings",
    () => import("../features/projects/settings-page"),
    "ProjectSettingsPage",
  ),
  page("/runs/:runId", () => import("../features/projects/run-page"), "RunPage"),
  page("/experiments", () => import("../features/experiments/experiments-page"), "ExperimentsPage"),
  page(
    "/experiments/runs/:runId",
    () => import("../features/experiments/tracked-run-page"),
    "TrackedRunPage",
  ),
  page("/datasets", () => import("../features/datasets/datasets-page"), "DatasetsPage"),
  page("/datasets/erased", () => import("../features/datasets/erasures-page"), "ErasuresPage"),
  page("/datasets/:datasetId", () => import("../features/datasets/dataset-page"), "DatasetPage"),
  page(
    "/datasets/:datasetId/imports",
    () => import("../features/datasets/imports-page"),
    "DatasetImportsPage",
  ),
  page("/datasets/:datasetId/usage", () => import("../features/datasets/usage-page"), "DatasetUsagePage"),
  page(
    "/datasets/:datasetId/settings",
    () => import("../features/datasets/settings-page"),
    "DatasetSettingsPage",
  ),
  page("/uploads/:uploadId", () => import("../features/datasets/upload-redirect-page"), "UploadRedirectPage"),
  page("/models", () => import("../features/models/models-page"), "ModelsPage"),
  page("/models/:projectId/:name", () => import("../features/models/model-page"), "ModelPage"),
  page("/versions/:versionId", () => import("../features/models/version-page"), "VersionPage"),
  page("/versions/:versionId/labels", () => import("../features/models/labels-page"), "LabelsPage"),
  page("/compare", () => import("../features/models/compare-page"), "ComparePage"),
  page("/deployments", () => import("../features/deployments/deployments-page"), "DeploymentsPage"),
  page("/deployments/:name", () => import("../features/deployments/deployment-page"), "DeploymentPage"),
  page("/integrations", () => import("../features/integrations/integrations-page"), "IntegrationsPage"),
  page("/overview", () => import("../features/overview/overview-page"), "OverviewPage"),
  page("/contracts", () => import("../features/contracts/contracts-page"), "ContractsPage"),
  page("/contracts/new", () => import("../features/contracts/new-contract"), "NewContract"),
  page("/contracts/:contractId", () => import("../features/contracts/contract-page"), "ContractPage"),
  page("/calculator", () => import("../features/calculator/calculator-page"), "CalculatorPage"),
  page("/jobs", () => import("../features/jobs/jobs-page"), "JobsPage"),
  page("/jobs/:jobId", () => import("../features/jobs/job-page"), "JobPage"),
  page("/members", () => import("../features/members/members-page"), "MembersPage"),
  page("/usage", () => import("../features/members/usage-page"), "UsagePage"),
  page("/security", () => import("../features/members/security-page"), "SecurityPage"),
  page("/audit-log", () => import("../features/audit-log/audit-log-page"), "AuditLogPage"),
  page("/audit-log/accesses", () => import("../features/audit-log/accesses-page"), "AccessesPage"),
  page("/settings", () => import("../features/settings/settings-page"), "SettingsPage"),
  page("/settings/:tab", () => import("../features/settings/settings-page"), "SettingsPage"),
  page("/inbox", () => import("../features/inbox/inbox-page"), "InboxPage"),
  page(
    "/inbox/settings",
    () => import("../features/inbox/notification-settings-page"),
    "NotificationSettingsPage",
  ),
];

/** Where pages went that had another address in 0.2.0: bookmarks and links in old messages still lead there. */
export const MOVED: [from: string, to: string][] = [
  ["/data", "/datasets"],
  ["/dashboard", "/overview"],
  ["/forecast", "/calculator"],
  ["/work", "/jobs"],
  ["/people/security", "/security"],
  ["/people", "/members"],
  ["/audit/seen", "/audit-log/accesses"],
  ["/audit", "/audit-log"],
  ["/enter", "/invitations"],
];

/** The page at an address begins to load, and what else `beside` gives where a sidebar is beside it. */
export async function loadPage(pathname: string, beside?: () => Promise<unknown>): Promise<void> {
  const route = ROUTES.find(({ path }) => matchPath(path, pathname));
  // Going there shows what went wrong.
  await Promise.allSettled([route?.load(), route?.isFullScreen || beside?.()]);
}
