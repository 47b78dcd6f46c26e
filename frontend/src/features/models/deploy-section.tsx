import { useLingui } from "@lingui/react";
import { Button, List, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconRocket } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { Link, useNavigate } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { DialogButtons } from "../../shared/ui/dialog-buttons";
import { ErrorAlert, toast } from "../../shared/ui/feedback";
import { Section } from "../../shared/ui/section";
import type { VersionDetail } from "./version-page";

/** The deployments that serve a version, and the dialog that makes one. */
export function DeploySection({ version }: { version: VersionDetail }) {
  const { i18n } = useLingui();
  const may = useMay("models.write");
  const [isOpen, dialog] = useDisclosure(false);
  const serving = version.uses.filter((use) => use.kind === "deployment");
  return (
    <Section
      title={i18n._("Deployments")}
      actions={
        may && (
          <Button leftSection={<IconRocket size={16} aria-hidden />} onClick={dialog.open}>
            {i18n._("Deploy version…")}
          </Button>
        )
      }
    >
      {serving.length === 0 && (
        <Text size="sm" c="dimmed">
          {i18n._("No deployment serves this version.")}
        </Text>
      )}
      <List size="sm">
        {serving.map((use) => (
          <List.Item key={use.name}>
            <Link to={`/deployments/${use.name}`}>{use.name}</Link>
          </List.Item>
        ))}
      </List>
      <Modal opened={isOpen} onClose={dialog.close} title={i18n._("Deploy version")}>
        <DeployForm version={version} close={dialog.close} />
      </Modal>
    </Section>
  );
}

function DeployForm({ version, close }: { version: VersionDetail; close: () => void }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const deploy = useMutation({
    mutationFn: (body: Schemas["DeploymentIn"]) => unwrap(api.POST("/api/v1/deployments/", { body })),
    onSuccess: async (made) => {
      toast(i18n, i18n._("Deployment {name} created.", { name: made.name }));
      await queries.invalidateQueries();
      navigate(`/deployments/${made.name}`);
    },
  });
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
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          name="name"
          label={i18n._("Name")}
          description={i18n._("Lowercase letters, digits and hyphens; part of the URL.")}
          required
          minLength={2}
          maxLength={60}
          pattern="[a-z0-9][a-z0-9\-]*"
          data-autofocus
        />
        <Select
          name="alias"
          label={i18n._("Served version")}
          allowDeselect={false}
          defaultValue=""
          data={[
            { value: "", label: i18n._("Pin to this version") },
            ...version.aliases.map((alias) => ({
              value: alias,
              label: i18n._("Follow alias {alias}", { alias }),
            })),
          ]}
        />
        {deploy.error && <ErrorAlert error={deploy.error} />}
        <DialogButtons close={close} isPending={deploy.isPending}>
          {i18n._("Deploy version")}
        </DialogButtons>
      </Stack>
    </form>
  );
}
