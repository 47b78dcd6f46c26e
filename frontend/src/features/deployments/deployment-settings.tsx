import { useLingui } from "@lingui/react";
import { Button, Group, NumberInput, Select, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useNavigate } from "react-router";
import { api, ifMatch, type Schemas, unwrap } from "../../shared/api/client";
import { ConfirmButton } from "../../shared/ui/confirm-button";
import { ErrorAlert, toast, toastError } from "../../shared/ui/feedback";
import { Section } from "../../shared/ui/section";

/** Version, shadow, feedback, stop, delete. */
export function DeploymentSettings({ row }: { row: Schemas["DeploymentDetail"] }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const path = { params: { path: { name: row.name } } };
  const versions = useQuery({
    queryKey: ["versions", row.project_id, row.model_name, "ready"],
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
      toast(i18n, i18n._("Deployment saved."));
      return queries.invalidateQueries({ queryKey: ["deployment", row.name] });
    },
  });
  const remove = useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/v1/deployments/{name}/", path)),
    onSuccess: () => {
      toast(i18n, i18n._("Deployment {name} deleted.", { name: row.name }), async () => {
        try {
          await unwrap(api.POST("/api/v1/deployments/{name}/restore/", path));
          await queries.invalidateQueries({ queryKey: ["deployments"] });
        } catch (reason) {
          toastError(reason instanceof Error ? reason.message : String(reason));
        }
      });
      return navigate("/deployments");
    },
  });
  const servable = versions.data?.results.filter((result) => result.flavors.includes("onnx")) ?? [];
  const aliases = [
    ...new Set(servable.filter((other) => other.name === row.model_name).flatMap((entry) => entry.aliases)),
  ];
  const names = servable.map((entry) => ({
    value: String(entry.id),
    label: `${entry.name} v${entry.version}`,
  }));
  const current = row.alias ? `@${row.alias}` : String(row.version_id ?? "");
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const served = String(form.get("served"));
    const threshold = String(form.get("threshold"));
    const body: Schemas["PatchedDeploymentChange"] = {
      shadow_version_id: Number(form.get("shadow")),
      confidence_threshold: threshold === "" ? -1 : Number(threshold) / 100,
      sample_fraction: Number(form.get("share")) / 100,
    };
    if (served.startsWith("@")) body.alias = served.slice(1);
    else if (Number(served) !== row.version_id || row.alias) body.version_id = Number(served);
    change.mutate(body);
  };
  return (
    <>
      <Section title={i18n._("Settings")}>
        {versions.error && <ErrorAlert error={versions.error} retry={() => void versions.refetch()} />}
        <form onSubmit={submit} key={`${row.etag} ${servable.length}`}>
          <Stack gap="sm" maw={420}>
            <Select
              name="served"
              label={i18n._("Served version")}
              description={i18n._("A new version takes over once it is loaded; no request fails.")}
              allowDeselect={false}
              defaultValue={current}
              data={[
                ...aliases.map((alias) => ({
                  value: `@${alias}`,
                  label: i18n._("Follow alias {alias}", { alias }),
                })),
                ...names,
              ]}
            />
            <Select
              name="shadow"
              label={i18n._("Shadow version")}
              description={i18n._(
                "Predicts on the same requests without answering, for comparison on live traffic.",
              )}
              allowDeselect={false}
              defaultValue={String(row.shadow_version_id ?? 0)}
              data={[{ value: "0", label: i18n._("None") }, ...names]}
            />
            <NumberInput
              name="threshold"
              label={i18n._("Send to labeling below confidence (%)")}
              description={i18n._("Empty: none.")}
              min={0}
              max={100}
              defaultValue={row.confidence_threshold === null ? "" : 100 * row.confidence_threshold}
            />
            <NumberInput
              name="share"
              label={i18n._("Random sample sent to labeling (%)")}
              min={0}
              max={100}
              required
              defaultValue={100 * row.sample_fraction}
            />
            {change.error && <ErrorAlert error={change.error} />}
            <Group>
              <Button type="submit" loading={change.isPending}>
                {i18n._("Save changes")}
              </Button>
            </Group>
          </Stack>
        </form>
      </Section>
      <Section title={i18n._("Stop or delete")}>
        <Group gap="xs">
          {row.is_running ? (
            <ConfirmButton
              title={i18n._("Stop {name}?", { name: row.name })}
              consequence={i18n._("Requests are refused until it is started again. Statistics are kept.")}
              confirm={i18n._("Stop deployment")}
              onConfirm={() => change.mutate({ is_running: false })}
            >
              {i18n._("Stop deployment…")}
            </ConfirmButton>
          ) : (
            <Button variant="default" onClick={() => change.mutate({ is_running: true })}>
              {i18n._("Start deployment")}
            </Button>
          )}
          <ConfirmButton
            color="red"
            variant="light"
            title={i18n._("Delete deployment {name}?", { name: row.name })}
            consequence={i18n._(
              "Its address stops working now, and its name can be used again. It can be restored for 30 days; then its statistics are deleted for good. The model version stays.",
            )}
            confirm={i18n._("Delete deployment")}
            onConfirm={() => remove.mutate()}
          >
            {i18n._("Delete deployment…")}
          </ConfirmButton>
        </Group>
        {remove.error && <ErrorAlert error={remove.error} />}
      </Section>
    </>
  );
}
