import type { I18n } from "@lingui/core";

export interface ScopeTitle {
  scope: string;
  title: string;
  description: string;
}

export interface ScopeGroup {
  title: string;
  scopes: ScopeTitle[];
}

/** Everything that a token may be allowed, by subject, as people read it. */
export function scopeGroups(i18n: I18n): ScopeGroup[] {
  const scopeTitle = (scope: string, title: string, description: string): ScopeTitle => ({
    scope,
    title,
    description,
  });
  return [
    {
      title: i18n._("Projects and annotation"),
      scopes: [
        scopeTitle("projects.read", i18n._("Read projects"), i18n._("Projects, label schemas and progress")),
        scopeTitle(
          "projects.write",
          i18n._("Manage projects"),
          i18n._("Create, edit and archive projects and teams"),
        ),
        scopeTitle("labels.write", i18n._("Annotate"), i18n._("Get tasks, submit annotations and comments")),
        scopeTitle("labels.review", i18n._("Review"), i18n._("Accept, correct and reject annotations")),
      ],
    },
    {
      title: i18n._("Datasets and snapshots"),
      scopes: [
        scopeTitle("data.read", i18n._("Read datasets"), i18n._("Items, files and metadata")),
        scopeTitle("data.write", i18n._("Import data"), i18n._("Create datasets and upload files")),
        scopeTitle(
          "data.erase",
          i18n._("Delete data"),
          i18n._("Erase items for good and set retention periods"),
        ),
        scopeTitle("snapshots.read", i18n._("Read snapshots"), i18n._("Dataset versions and their exports")),
        scopeTitle("snapshots.write", i18n._("Create snapshots"), i18n._("Freeze dataset versions")),
      ],
    },
    {
      title: i18n._("Training and models"),
      scopes: [
        scopeTitle(
          "runs.read",
          i18n._("Read training runs"),
          i18n._("Experiments, jobs and learning curves"),
        ),
        scopeTitle(
          "runs.write",
          i18n._("Start training runs"),
          i18n._("Train models, run sweeps, cancel jobs"),
        ),
        scopeTitle("models.read", i18n._("Read models"), i18n._("Models, versions and files")),
        scopeTitle("models.write", i18n._("Manage models"), i18n._("Register versions, set aliases, deploy")),
        scopeTitle("models.approve", i18n._("Approve models"), i18n._("Approve versions for production")),
        scopeTitle("models.predict", i18n._("Predict"), i18n._("Send items to deployments")),
      ],
    },
    {
      title: i18n._("Contracts"),
      scopes: [
        scopeTitle("contracts.read", i18n._("Read contracts"), i18n._("Acceptance contracts and reports")),
        scopeTitle(
          "contracts.write",
          i18n._("Manage contracts"),
          i18n._("Create contracts and run acceptance tests"),
        ),
        scopeTitle("contracts.sign", i18n._("Sign contracts"), i18n._("Sign on your behalf")),
      ],
    },
    {
      title: i18n._("Organization"),
      scopes: [
        scopeTitle("members.read", i18n._("Read members"), i18n._("Members, teams and roles")),
        scopeTitle(
          "members.write",
          i18n._("Manage members"),
          i18n._("Invite members, change roles and sign-in rules"),
        ),
        scopeTitle("audit.read", i18n._("Read the audit log"), i18n._("Activity and access log")),
      ],
    },
    {
      title: i18n._("Your account"),
      scopes: [
        scopeTitle(
          "self",
          i18n._("Manage your account"),
          i18n._("Read and change your profile, sessions and tokens"),
        ),
      ],
    },
  ];
}
