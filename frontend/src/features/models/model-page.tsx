import { useLingui } from "@lingui/react";
import { Badge, Button, Group, NumberInput, Stack, Text, TextInput } from "@mantine/core";
import { IconScale } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { api, ifMatch, type Schemas, unwrap } from "../../shared/api/client";
import { projectQuery } from "../../shared/api/projects";
import { useMay } from "../../shared/api/session";
import { AddressTabs } from "../../shared/ui/address-tabs";
import { bytes } from "../../shared/ui/amounts";
import { ConfirmButton } from "../../shared/ui/confirm-button";
import { EmptyState, ErrorAlert, toast } from "../../shared/ui/feedback";
import { type Column, DataTable } from "../../shared/ui/list/data-table";
import { useListState } from "../../shared/ui/list/list-state";
import { useList, wholeList } from "../../shared/ui/list/use-list";
import { useMetrics } from "../../shared/ui/metrics";
import { moment } from "../../shared/ui/numbers";
import { Page } from "../../shared/ui/parts";
import { Section } from "../../shared/ui/section";
import { compareAddress } from "./compare-address";
import { Aliases, VersionState } from "./parts";

type Version = Schemas["VersionOut"];

/** One model: its versions, its aliases and their history, the rules of its project. */
export function ModelPage() {
  const { i18n } = useLingui();
  const { projectId: id, name = "" } = useParams();
  const projectId = Number(id);
  return (
    <Page title={name} crumbs={[["/models", i18n._("Models")]]} lead={<ProjectLink projectId={projectId} />}>
      <AddressTabs
        label={i18n._("Parts of the model")}
        tabs={[
          {
            key: "versions",
            title: i18n._("Versions"),
            content: () => <Versions projectId={projectId} name={name} />,
          },
          {
            key: "aliases",
            title: i18n._("Alias history"),
            content: () => <AliasHistory projectId={projectId} name={name} />,
          },
          { key: "policy", title: i18n._("Model policy"), content: () => <Policy projectId={projectId} /> },
        ]}
      />
    </Page>
  );
}

function ProjectLink({ projectId }: { projectId: number }) {
  const { i18n } = useLingui();
  const project = useQuery({
    ...projectQuery(projectId),
  });
  return <Link to={`/projects/${projectId}`}>{project.data?.name ?? i18n._("Project")}</Link>;
}

function Versions({ projectId, name }: { projectId: number; name: string }) {
  const { i18n } = useLingui();
  const metrics = useMetrics();
  const navigate = useNavigate();
  const state = useListState(["state"]);
  const [selected, select] = useState<ReadonlySet<string>>(new Set());
  const list = useList(["versions", projectId, name, state.query], (cursor) =>
    unwrap(
      api.GET("/api/v1/model-versions/", {
        params: { query: { state: "ready", ...state.query, project_id: projectId, name, ...cursor } },
      }),
    ),
  );
  const columns: Column<Version>[] = [
    {
      id: "version",
      header: i18n._("Version"),
      ordering: "version",
      isRowHeader: true,
      cell: (row) => (
        <Group gap={6} wrap="nowrap">
          <Link to={`/versions/${row.id}`}>{`v${row.version}`}</Link> <Aliases names={row.aliases} />{" "}
          <VersionState state={row.state} />
        </Group>
      ),
    },
    {
      id: "score",
      header: i18n._("Test score (95% CI)"),
      cell: (row) => {
        const primary = metrics.primaryOf(row.metrics);
        return primary ? (
          <>
            {metrics.format(primary, row.metrics[primary])}{" "}
            <Text span size="xs" c="dimmed">
              {metrics.title(primary)}
            </Text>
          </>
        ) : (
          "–"
        );
      },
    },
    {
      id: "snapshot",
      header: i18n._("Snapshot"),
      cell: (row) => (row.snapshot_version ? `v${row.snapshot_version}` : i18n._("Not set")),
    },
    {
      id: "by",
      header: i18n._("Created by"),
      cell: (row) => (row.origin === "recipe" ? row.recipe : row.created_by || "–"),
    },
    {
      id: "size",
      header: i18n._("Size"),
      isNumeric: true,
      cell: (row) => bytes(row.size_bytes, i18n.locale),
    },
    { id: "registered", header: i18n._("Registered"), cell: (row) => moment(row.created_at, i18n.locale) },
  ];
  const versionIds = list.rows.filter((row) => selected.has(String(row.id))).map((row) => row.id);
  return (
    <DataTable
      toolbar={{
        filters: [
          {
            name: "state",
            label: i18n._("Active versions"),
            options: [
              ["archived", i18n._("Archived")],
              ["deleted", i18n._("Deleted")],
              ["all", i18n._("All versions")],
            ],
          },
        ],
        children: (
          <Button
            leftSection={<IconScale size={16} aria-hidden />}
            disabled={versionIds.length < 2}
            onClick={() => navigate(compareAddress([...versionIds].sort((a, b) => a - b)))}
          >
            {i18n._("Compare selected")}
          </Button>
        ),
      }}
      id="model-versions"
      name={i18n._("Versions")}
      list={list}
      state={state}
      columns={columns}
      rowId={(row) => String(row.id)}
      rowName={(row) => i18n._("version {version}", { version: row.version })}
      selection={{ selected, select }}
      empty={
        <EmptyState
          title={i18n._("No version is in this state.")}
          action={
            <Button variant="default" onClick={() => state.set({ state: "all" })}>
              {i18n._("Show all versions")}
            </Button>
          }
        />
      }
    />
  );
}

/** Where aliases pointed, who set them and why; and one step back. */
function AliasHistory({ projectId, name }: { projectId: number; name: string }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const may = useMay("models.write");
  const newest = useQuery({
    queryKey: ["versions", projectId, name, "newest"],
    queryFn: async () => {
      const page = await unwrap(
        api.GET("/api/v1/model-versions/", {
          params: { query: { project_id: projectId, name, state: "all", limit: 1 } },
        }),
      );
      const first = page.results[0];
      return first
        ? unwrap(
            api.GET("/api/v1/model-versions/{version_id}/", { params: { path: { version_id: first.id } } }),
          )
        : null;
    },
  });
  const back = useMutation({
    mutationFn: (alias: string) =>
      unwrap(
        api.POST("/api/v1/models/{model_id}/aliases/{alias}/rollback/", {
          params: { path: { model_id: newest.data?.model_id ?? 0, alias } },
        }),
      ),
    onSuccess: (_, alias) => {
      toast(i18n, i18n._("{alias} rolled back.", { alias }));
      return queries.invalidateQueries();
    },
  });
  const changes = newest.data?.alias_changes ?? [];
  const columns: Column<Schemas["AliasChangeOut"]>[] = [
    {
      id: "alias",
      header: i18n._("Alias"),
      isRowHeader: true,
      cell: (row) => (
        <>
          {row.alias}{" "}
          {row.protected && (
            <Badge variant="outline" color="gray" size="sm" tt="none">
              {i18n._("Protected")}
            </Badge>
          )}
        </>
      ),
    },
    {
      id: "from",
      header: i18n._("From"),
      isNumeric: true,
      cell: (row) => (row.previous_version ? `v${row.previous_version}` : "–"),
    },
    {
      id: "to",
      header: i18n._("To"),
      isNumeric: true,
      cell: (row) => (row.version ? `v${row.version}` : i18n._("Removed")),
    },
    { id: "by", header: i18n._("Changed by"), cell: (row) => row.changed_by },
    { id: "when", header: i18n._("Changed"), cell: (row) => moment(row.changed_at, i18n.locale) },
    {
      id: "reason",
      header: i18n._("Reason"),
      cell: (row) => (
        <>
          {row.contract_id && <Link to={`/contracts/${row.contract_id}`}>{i18n._("Contract passed")}</Link>}{" "}
          {row.reason && i18n._("Exception: {reason}", { reason: row.reason })}{" "}
          {row.is_rollback && i18n._("Rollback")}
        </>
      ),
    },
  ];
  const aliases = [...new Set(changes.map((change) => change.alias))];
  return (
    <>
      {back.error && <ErrorAlert error={back.error} />}
      {may && aliases.length > 0 && (
        <Group gap="xs" mb="sm">
          {aliases.map((alias) => (
            <ConfirmButton
              key={alias}
              size="compact-sm"
              isDestructive={false}
              title={i18n._("Roll back {alias}?", { alias })}
              consequence={i18n._(
                "It points at its previous version again. Deployments that follow it switch.",
              )}
              confirm={i18n._("Roll back")}
              onConfirm={() => back.mutate(alias)}
            >
              {i18n._("Roll back {alias}", { alias })}
            </ConfirmButton>
          ))}
        </Group>
      )}
      <DataTable
        id="alias-history"
        name={i18n._("Alias history")}
        list={wholeList(changes, {
          isPending: newest.isPending,
          error: newest.error,
          reload: () => void newest.refetch(),
        })}
        columns={columns}
        rowId={(row) => String(row.id)}
        rowName={(row) => row.alias}
        empty={
          <EmptyState
            title={i18n._("No alias was set yet")}
            action={
              newest.data && (
                <Button component={Link} to={`/versions/${newest.data.id}`} variant="default">
                  {i18n._("Open the latest version")}
                </Button>
              )
            }
          >
            {i18n._("Aliases such as “champion” name the version that deployments follow.")}
          </EmptyState>
        }
      />
    </>
  );
}

/** Which aliases need approval, and how much storage models may use. */
function Policy({ projectId }: { projectId: number }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const may = useMay("models.approve");
  const path = { params: { path: { project_id: projectId } } };
  const policy = useQuery({
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
    onSuccess: (data) => {
      toast(i18n, i18n._("Model policy saved."));
      queries.setQueryData(["model-policy", projectId], data);
    },
  });
  if (policy.error) return <ErrorAlert error={policy.error} retry={() => void policy.refetch()} />;
  const row = policy.data;
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
    <Section
      title={i18n._("Model policy of the project")}
      note={i18n._("{used} of {quota} of model storage used.", {
        used: bytes(row.used_bytes, i18n.locale),
        quota: bytes(row.quota_bytes, i18n.locale),
      })}
    >
      {may ? (
        <form onSubmit={save} key={row.etag}>
          <Stack gap="sm" maw={460}>
            <TextInput
              name="protected"
              label={i18n._("Protected aliases")}
              description={i18n._("Setting one requires a passed contract, or a manager's reason.")}
              defaultValue={row.protected_aliases.join(", ")}
            />
            <NumberInput
              name="quota"
              label={i18n._("Storage quota (GiB)")}
              min={0.01}
              defaultValue={row.quota_bytes / 1024 ** 3}
              required
            />
            {change.error && <ErrorAlert error={change.error} />}
            <Group>
              <Button type="submit" loading={change.isPending}>
                {i18n._("Save changes")}
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Text size="sm">
          {row.protected_aliases.length > 0
            ? i18n._("Protected aliases: {names}.", { names: row.protected_aliases.join(", ") })
            : i18n._("No alias is protected.")}
        </Text>
      )}
    </Section>
  );
}
