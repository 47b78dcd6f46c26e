import { useLingui } from "@lingui/react";
import {
  Alert,
  Button,
  Checkbox,
  Code,
  CopyButton,
  Drawer,
  Group,
  Modal,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconKey, IconPlus, IconWebhook } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { ConfirmButton } from "../../shared/ui/confirm-button";
import { DialogButtons } from "../../shared/ui/dialog-buttons";
import { EmptyState, ErrorAlert, toast } from "../../shared/ui/feedback";
import { type Column, DataTable } from "../../shared/ui/list/data-table";
import { useListState } from "../../shared/ui/list/list-state";
import { ListToolbar } from "../../shared/ui/list/list-toolbar";
import { useList } from "../../shared/ui/list/use-list";
import { count, moment } from "../../shared/ui/numbers";
import { Page } from "../../shared/ui/parts";

type Event = Schemas["WebhookIn"]["events"][number];
type Webhook = Schemas["WebhookOut"];

function useEvents(): [Event, string][] {
  const { i18n } = useLingui();
  return [
    ["version.registered", i18n._("model version registered")],
    ["alias.moved", i18n._("alias set")],
    ["alias.removed", i18n._("alias removed")],
    ["contract.verdict", i18n._("contract evaluated")],
  ];
}

/** Other systems that are told of events: webhooks and their deliveries. */
export function IntegrationsPage() {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const may = useMay("models.approve");
  const titles = new Map<string, string>(useEvents());
  const [isAdding, adding] = useDisclosure(false);
  const [openId, open] = useState<number | null>(null);
  const state = useListState();
  const list = useList(
    ["webhooks", state.query],
    (cursor) => unwrap(api.GET("/api/v1/webhooks/", { params: { query: { ...state.query, ...cursor } } })),
    { enabled: may },
  );
  const remove = useMutation({
    mutationFn: (id: number) =>
      unwrap(api.DELETE("/api/v1/webhooks/{webhook_id}/", { params: { path: { webhook_id: id } } })),
    onSuccess: () => {
      toast(i18n, i18n._("Webhook deleted."));
      return queries.invalidateQueries({ queryKey: ["webhooks"] });
    },
  });
  const columns: Column<Webhook>[] = [
    { id: "url", header: i18n._("URL"), isRowHeader: true, cell: (row) => <Code>{row.url}</Code> },
    {
      id: "events",
      header: i18n._("Events"),
      cell: (row) => row.events.map((event) => titles.get(event) ?? event).join(", "),
    },
    {
      id: "actions",
      header: i18n._("Actions"),
      cell: (row) => (
        <Group gap="xs" wrap="nowrap">
          <Button size="compact-sm" variant="default" onClick={() => open(row.id)}>
            {i18n._("View deliveries")}
          </Button>
          <ConfirmButton
            size="compact-sm"
            title={i18n._("Delete this webhook?")}
            consequence={i18n._("{url} gets no more events. Pending deliveries are dropped.", {
              url: row.url,
            })}
            confirm={i18n._("Delete webhook")}
            onConfirm={() => remove.mutate(row.id)}
          >
            {i18n._("Delete webhook…")}
          </ConfirmButton>
        </Group>
      ),
    },
  ];
  const add = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={adding.open}>
      {i18n._("Add webhook")}
    </Button>
  );
  return (
    <Page
      title={i18n._("Integrations")}
      lead={i18n._("Webhooks send events of this organization to other systems as signed HTTP requests.")}
      actions={may && add}
    >
      {!may && (
        <EmptyState title={i18n._("No access")}>
          {i18n._("Only managers and admins can see and change integrations.")}
        </EmptyState>
      )}
      {may && (
        <>
          {remove.error && <ErrorAlert error={remove.error} />}
          <ListToolbar state={state} searchLabel={i18n._("Search webhooks")} />
          <DataTable
            id="webhooks"
            name={i18n._("Webhooks")}
            list={list}
            state={state}
            columns={columns}
            rowId={(row) => String(row.id)}
            rowName={(row) => row.url}
            empty={
              <EmptyState
                title={state.isFiltered ? i18n._("No webhook matches.") : i18n._("No webhooks yet.")}
                Icon={IconWebhook}
                action={add}
              />
            }
          />
        </>
      )}
      <Modal opened={isAdding} onClose={adding.close} title={i18n._("Add webhook")}>
        <NewWebhook close={adding.close} />
      </Modal>
      <Drawer
        opened={openId !== null}
        onClose={() => open(null)}
        position="right"
        size="xl"
        title={i18n._("Deliveries")}
      >
        {openId !== null && <Deliveries id={openId} />}
      </Drawer>
    </Page>
  );
}

function NewWebhook({ close }: { close: () => void }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const events = useEvents();
  const add = useMutation({
    mutationFn: (body: Schemas["WebhookIn"]) => unwrap(api.POST("/api/v1/webhooks/", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["webhooks"] }),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    add.mutate({ url: String(form.get("url")), events: form.getAll("events").map(String) as Event[] });
  };
  if (add.data) return <Secret secret={add.data.secret} close={close} />;
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          name="url"
          type="url"
          label={i18n._("URL")}
          description={i18n._("Public addresses only.")}
          required
          maxLength={500}
          placeholder="https://"
          data-autofocus
        />
        <Checkbox.Group label={i18n._("Events")} defaultValue={events.map(([key]) => key)}>
          <Stack gap={6} mt={4}>
            {events.map(([key, title]) => (
              <Checkbox key={key} name="events" value={key} label={title} />
            ))}
          </Stack>
        </Checkbox.Group>
        {add.error && <ErrorAlert error={add.error} />}
        <DialogButtons close={close} isPending={add.isPending}>
          {i18n._("Add webhook")}
        </DialogButtons>
      </Stack>
    </form>
  );
}

function Secret({ secret, close }: { secret: string; close: () => void }) {
  const { i18n } = useLingui();
  return (
    <Stack gap="sm">
      <Alert color="yellow" variant="light" icon={<IconKey aria-hidden />} role="status">
        {i18n._("Copy the signing secret now; it is not shown again.")}
      </Alert>
      <Code block tabIndex={0} className="secret">
        {secret}
      </Code>
      <Group justify="flex-end">
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? i18n._("Copied") : i18n._("Copy secret")}
            </Button>
          )}
        </CopyButton>
        <Button onClick={close}>{i18n._("Done")}</Button>
      </Group>
    </Stack>
  );
}

function Deliveries({ id }: { id: number }) {
  const { i18n } = useLingui();
  const titles = new Map<string, string>(useEvents());
  const list = useList(
    ["deliveries", id],
    (cursor) =>
      unwrap(
        api.GET("/api/v1/webhooks/{webhook_id}/deliveries/", {
          params: { path: { webhook_id: id }, query: cursor },
        }),
      ),
    { refetchInterval: 3000 },
  );
  const words: Record<string, string> = {
    pending: `◐ ${i18n._("Pending")}`,
    delivered: `● ${i18n._("Delivered")}`,
    failed: `✕ ${i18n._("Failed")}`,
  };
  const columns: Column<Schemas["DeliveryOut"]>[] = [
    {
      id: "event",
      header: i18n._("Event"),
      isRowHeader: true,
      cell: (row) => titles.get(row.event) ?? row.event,
    },
    { id: "state", header: i18n._("State"), cell: (row) => words[row.state] ?? row.state },
    {
      id: "attempts",
      header: i18n._("Attempts"),
      isNumeric: true,
      cell: (row) => count(row.attempts, i18n.locale),
    },
    { id: "response", header: i18n._("Response"), cell: (row) => row.response || "–" },
    { id: "created", header: i18n._("Created"), cell: (row) => moment(row.created_at, i18n.locale) },
  ];
  return (
    <DataTable
      id="deliveries"
      name={i18n._("Deliveries")}
      list={list}
      columns={columns}
      rowId={(row) => String(row.id)}
      rowName={(row) => row.event}
      empty={
        <Text size="sm" c="dimmed">
          {i18n._("No deliveries yet.")}
        </Text>
      }
    />
  );
}
