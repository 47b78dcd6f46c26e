import { useLingui } from "@lingui/react";
import { Alert, Autocomplete, Button, Code, Group, List, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconAlertTriangle, IconShieldCheck } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import { api, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { ConfirmButton } from "../../shared/ui/confirm-button";
import { DialogButtons } from "../../shared/ui/dialog-buttons";
import { ErrorAlert, toast } from "../../shared/ui/feedback";
import { Section } from "../../shared/ui/section";
import { Aliases } from "./parts";
import type { VersionDetail } from "./version-page";

/** The aliases of a version, and the dialog that sets one more; a protected one needs a passed contract or a reason. */
export function AliasesSection({ version }: { version: VersionDetail }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const may = useMay("models.write") && version.state === "ready";
  const mayApprove = useMay("models.approve");
  const [isSetting, setting] = useDisclosure(false);
  const [removed, setRemoved] = useState("");
  const remove = useMutation({
    mutationFn: ({ alias, reason }: { alias: string; reason: string }) =>
      unwrap(
        api.DELETE("/api/v1/model-versions/{version_id}/aliases/{alias}/", {
          params: { path: { version_id: version.id, alias }, query: reason ? { reason } : {} },
        }),
      ),
    onSuccess: (_, { alias }) => {
      setRemoved("");
      toast(i18n, i18n._("Alias {alias} removed.", { alias }));
      return queries.invalidateQueries();
    },
  });
  return (
    <Section
      title={i18n._("Aliases")}
      actions={
        <>
          <Button
            size="compact-sm"
            variant="subtle"
            component={Link}
            to={`/models/${version.project_id}/${encodeURIComponent(version.name)}?tab=aliases`}
          >
            {i18n._("Alias history")}
          </Button>
          {may && (
            <Button size="compact-sm" variant="default" onClick={setting.open}>
              {i18n._("Set alias…")}
            </Button>
          )}
        </>
      }
    >
      {remove.error && <ErrorAlert error={remove.error} />}
      {version.aliases.length === 0 && (
        <Text size="sm" c="dimmed">
          {i18n._("No alias points at this version.")}
        </Text>
      )}
      <List listStyleType="none" spacing={6}>
        {version.aliases.map((alias) => (
          <List.Item key={alias}>
            <Group gap="xs">
              <Aliases names={[alias]} /> <Code>{`models:/${version.name}@${alias}`}</Code>
              {may && isProtectedAlias(version, alias) && (
                <Button size="compact-sm" variant="default" onClick={() => setRemoved(alias)}>
                  {i18n._("Remove…")}
                </Button>
              )}
              {may && !isProtectedAlias(version, alias) && (
                <ConfirmButton
                  size="compact-sm"
                  title={i18n._("Remove alias {alias}?", { alias })}
                  consequence={i18n._(
                    "It points at no version until it is set again. Deployments that follow it fail.",
                  )}
                  confirm={i18n._("Remove alias")}
                  onConfirm={() => remove.mutate({ alias, reason: "" })}
                >
                  {i18n._("Remove…")}
                </ConfirmButton>
              )}
            </Group>
          </List.Item>
        ))}
      </List>
      <Modal opened={isSetting} onClose={setting.close} title={i18n._("Set alias")}>
        <AliasForm version={version} close={setting.close} />
      </Modal>
      <Modal
        opened={removed !== ""}
        onClose={() => setRemoved("")}
        title={i18n._("Remove alias {alias}?", { alias: removed })}
      >
        <form
          onSubmit={(event) => {
            event.preventDefault();
            const reason = String(new FormData(event.currentTarget).get("reason") ?? "");
            remove.mutate({ alias: removed, reason });
          }}
        >
          <Stack gap="sm">
            <Text size="sm">
              {i18n._("It points at no version until it is set again. Deployments that follow it fail.")}
            </Text>
            <ExceptionReason mayApprove={mayApprove} />
            <DialogButtons close={() => setRemoved("")} isPending={remove.isPending} isDisabled={!mayApprove}>
              {i18n._("Remove alias")}
            </DialogButtons>
          </Stack>
        </form>
      </Modal>
    </Section>
  );
}

/** Whether an alias needs approval, in whatever capitals. */
function isProtectedAlias(version: VersionDetail, alias: string): boolean {
  return version.protected_aliases.some((name) => name.toLowerCase() === alias.toLowerCase());
}

/** Why a protected alias is moved or removed all the same, or who may. */
function ExceptionReason({ mayApprove }: { mayApprove: boolean }) {
  const { i18n } = useLingui();
  return mayApprove ? (
    <Textarea
      name="reason"
      label={i18n._("Reason for the exception")}
      description={i18n._("Stored with your name.")}
      required
      maxLength={500}
    />
  ) : (
    <Text size="sm" c="dimmed">
      {i18n._("Only a manager or an admin can make an exception.")}
    </Text>
  );
}

function AliasForm({ version, close }: { version: VersionDetail; close: () => void }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const mayApprove = useMay("models.approve");
  const [alias, setAlias] = useState("");
  const set = useMutation({
    mutationFn: (reason: string) =>
      unwrap(
        api.POST("/api/v1/model-versions/{version_id}/aliases/", {
          params: { path: { version_id: version.id } },
          body: { alias: alias.trim(), reason },
        }),
      ),
    onSuccess: () => {
      close();
      toast(i18n, i18n._("Alias {alias} set.", { alias: alias.trim() }));
      return queries.invalidateQueries();
    },
  });
  const isProtected = isProtectedAlias(version, alias.trim());
  const needsReason = isProtected && !version.is_approved;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    set.mutate(String(new FormData(event.currentTarget).get("reason") ?? ""));
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Autocomplete
          label={i18n._("Alias")}
          description={i18n._(
            "It moves here from the version that has it now. Deployments that follow it switch.",
          )}
          required
          value={alias}
          onChange={setAlias}
          data={[...new Set(["champion", "challenger", ...version.protected_aliases])]}
          data-autofocus
        />
        {isProtected && version.is_approved && (
          <Alert color="green" variant="light" icon={<IconShieldCheck aria-hidden />}>
            {i18n._("Protected alias: this version passed its acceptance contract.")}
          </Alert>
        )}
        {needsReason && (
          <Alert color="yellow" variant="light" icon={<IconAlertTriangle aria-hidden />}>
            {i18n._("Protected alias: this version has not passed an acceptance contract.")}{" "}
            <Link to="/contracts">{i18n._("Open contracts")}</Link>
          </Alert>
        )}
        {needsReason && <ExceptionReason mayApprove={mayApprove} />}
        {set.error && <ErrorAlert error={set.error} />}
        <DialogButtons close={close} isPending={set.isPending} isDisabled={needsReason && !mayApprove}>
          {i18n._("Set alias")}
        </DialogButtons>
      </Stack>
    </form>
  );
}
