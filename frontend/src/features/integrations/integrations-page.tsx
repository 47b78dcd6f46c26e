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
  Skeleton,
  Stack,
  Text,
  TextInput,
  Tooltip,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCircleCheck, IconCircleX, IconClock, IconKey, IconPlus, IconWebhook } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, ifMatch, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { ConfirmButton } from "../../shared/ui/confirm-button";
import { DialogButtons } from "../../shared/ui/dialog-buttons";
import { kindTitle } from "../../shared/ui/event-kinds";
import { EmptyState, ErrorAlert, toast } from "../../shared/ui/feedback";
import { type Column, DataTable } from "../../shared/ui/list/data-table";
import { useListState } from "../../shared/ui/list/list-state";
import { DeletedSwitch, RestoreButton } from "../../shared/ui/list/restore";
import { useList } from "../../shared/ui/list/use-list";
import { count, moment } from "../../shared/ui/numbers";
import { Page } from "../../shared/ui/parts";
import { StatusBadge, type StatusLooks } from "../../shared/ui/status-badge";

type Webhook = Schemas["WebhookOut"];
type Delivery = Schemas["DeliveryOut"];

/** Other systems that are told of events: webhooks and their deliveries. */
export function IntegrationsPage() {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const may = useMay("models.approve");
  const [isAdding, adding] = useDisclosure(false);
  const [changing, change] = useState<Webhook | null>(null);
  const [openId, open] = useState<number | null>(null);
  const state = useListState(["state"]);
  const list = useList(
    ["webhooks", state.query],
    (cursor) =>
      unwrap(api.GET("/api/v1/webhooks/", { params: { query: { ...state.query, ...cursor } as object } })),
    { enabled: may },
  );
  const remove = useMutation({
    mutationFn: (id: number) =>
      unwrap(api.DELETE("/api/v1/webhooks/{webhook_id}/", { params: { path: { webhook_id: id } } })),
    onSuccess: (_, id) => {
      toast(i18n, i18n._("Webhook deleted."), () => restore.mutate(id));
      return queries.invalidateQueries({ queryKey: ["webhooks"] });
    },
  });
  const restore = useMutation({
    mutationFn: (id: number) =>
      unwrap(api.POST("/api/v1/webhooks/{webhook_id}/restore/", { params: { path: { webhook_id: id } } })),
    onSuccess: () => {
      toast(i18n, i18n._("Webhook restored."));
      return queries.invalidateQueries({ queryKey: ["webhooks"] });
    },
  });
  const test = useMutation({
    mutationFn: (id: number) =>
      unwrap(api.POST("/api/v1/webhooks/{webhook_id}/test/", { params: { path: { webhook_id: id } } })),
    onSuccess: (_, id) => {
      toast(i18n, i18n._("Test delivery queued."));
      open(id);
      return queries.invalidateQueries({ queryKey: ["deliveries", id] });
    },
  });
  const columns: Column<Webhook>[] = [
    { id: "url", header: i18n._("URL"), isRowHeader: true, cell: (row) => <Code>{row.url}</Code> },
    {
      id: "events",
      header: i18n._("Events"),
      cell: (row) => row.events.map((event) => kindTitle(i18n, event)).join(", "),
    },
    {
      id: "actions",
      header: i18n._("Actions"),
      cell: (row) =>
        row.deleted_at ? (
          <RestoreButton
            name={row.url}
            isLoading={restore.isPending && restore.variables === row.id}
            restore={() => restore.mutate(row.id)}
          />
        ) : (
          <Group gap="xs" wrap="nowrap">
            <Button size="compact-sm" variant="default" onClick={() => open(row.id)}>
              {i18n._("View deliveries")}
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              loading={test.isPending && test.variables === row.id}
              onClick={() => test.mutate(row.id)}
            >
              {i18n._("Send test")}
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => change(row)}>
              {i18n._("Edit webhook")}
            </Button>
            <ConfirmButton
              size="compact-sm"
              title={i18n._("Delete this webhook?")}
              consequence={i18n._(
                "{url} gets no more events. Pending deliveries are dropped. It can be restored for 30 days; then its deliveries are deleted for good.",
                {
                  url: row.url,
                },
              )}
              confirm={i18n._("Delete webhook")}
              onConfirm={() => remove.mutate(row.id)}
            >
              {i18n._("Delete webhook…")}
            </ConfirmButton>
          </Group>
        ),
    },
  ];
  if (state.filters.state)
    columns.splice(2, 0, {
      id: "purged",
      header: i18n._("Deleted for good on"),
      cell: (row) => (row.purged_at ? moment(row.purged_at, i18n.locale) : "–"),
    });
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
          {restore.error && <ErrorAlert error={restore.error} />}
          {test.error && <ErrorAlert error={test.error} />}
          <DataTable
            toolbar={{
              searchLabel: i18n._("Search webhooks"),
              children: <DeletedSwitch state={state} label={i18n._("Webhooks shown")} />,
            }}
            id="webhooks"
            name={i18n._("Webhooks")}
            list={list}
            state={state}
            columns={columns}
            rowId={(row) => String(row.id)}
            rowName={(row) => row.url}
            noMatch={i18n._("No webhook matches.")}
            empty={<EmptyState title={i18n._("No webhooks yet.")} Icon={IconWebhook} action={add} />}
          />
        </>
      )}
      <Modal opened={isAdding} onClose={adding.close} title={i18n._("Add webhook")}>
        <WebhookForm close={adding.close} />
      </Modal>
      <Modal opened={changing !== null} onClose={() => change(null)} title={i18n._("Edit webhook")}>
        {changing && <WebhookForm webhook={changing} close={() => change(null)} />}
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

/** A new webhook, or what an existing one is sent. */
function WebhookForm({ webhook, close }: { webhook?: Webhook; close: () => void }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const catalog = useQuery({
    queryKey: ["webhook-events"],
    queryFn: () => unwrap(api.GET("/api/v1/webhooks/events/")),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const save = useMutation({
    mutationFn: (body: Schemas["WebhookIn"]) =>
      webhook
        ? unwrap(
            api.PATCH("/api/v1/webhooks/{webhook_id}/", {
              params: { path: { webhook_id: webhook.id }, header: ifMatch(webhook) },
              body,
            }),
          )
        : unwrap(api.POST("/api/v1/webhooks/", { body })),
    onSuccess: () => {
      if (webhook) {
        toast(i18n, i18n._("Webhook saved."));
        close();
      }
      return queries.invalidateQueries({ queryKey: ["webhooks"] });
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    save.mutate({ url: String(form.get("url")), events: form.getAll("events").map(String) });
  };
  if (save.data && !webhook) return <Secret secret={save.data.secret} close={close} />;
  const events = catalog.data?.results ?? [];
  const groups: [string, string[]][] = [
    [
      i18n._("Also in the inbox"),
      events.filter((event) => event.notifies_people).map((event) => event.event),
    ],
    [i18n._("Webhooks only"), events.filter((event) => !event.notifies_people).map((event) => event.event)],
  ];
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
          defaultValue={webhook?.url}
          data-autofocus
        />
        {catalog.error && <ErrorAlert error={catalog.error} retry={() => void catalog.refetch()} />}
        {catalog.isPending && <Skeleton height={160} role="status" aria-label={i18n._("Loading…")} />}
        {catalog.data && (
          <Checkbox.Group
            label={i18n._("Events")}
            defaultValue={webhook?.events ?? events.map((event) => event.event)}
          >
            {groups.map(([title, members]) => (
              <Stack key={title} gap={6} mt="xs">
                <Text size="xs" c="dimmed">
                  {title}
                </Text>
                {members.map((event) => (
                  <Checkbox key={event} name="events" value={event} label={kindTitle(i18n, event)} />
                ))}
              </Stack>
            ))}
          </Checkbox.Group>
        )}
        {save.error && <ErrorAlert error={save.error} />}
        <DialogButtons close={close} isPending={save.isPending} isDisabled={!catalog.data}>
          {webhook ? i18n._("Save webhook") : i18n._("Add webhook")}
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

/** What was sent to a webhook, how it was answered, and again. */
function Deliveries({ id }: { id: number }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
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
  const again = useMutation({
    mutationFn: (delivery: number) =>
      unwrap(
        api.POST("/api/v1/webhook-deliveries/{delivery_id}/redeliver/", {
          params: { path: { delivery_id: delivery } },
        }),
      ),
    onSuccess: () => {
      toast(i18n, i18n._("Delivery queued again."));
      return queries.invalidateQueries({ queryKey: ["deliveries", id] });
    },
  });
  const looks: StatusLooks = {
    pending: [IconClock, i18n._("Pending"), "blue"],
    delivered: [IconCircleCheck, i18n._("Delivered"), "teal"],
    failed: [IconCircleX, i18n._("Failed"), "red"],
  };
  const columns: Column<Delivery>[] = [
    {
      id: "event",
      header: i18n._("Event"),
      isRowHeader: true,
      cell: (row) => (
        <Tooltip multiline maw={420} label={JSON.stringify(row.payload)}>
          <span>{kindTitle(i18n, row.event)}</span>
        </Tooltip>
      ),
    },
    {
      id: "state",
      header: i18n._("State"),
      cell: (row) => <StatusBadge state={row.state} looks={looks} />,
    },
    {
      id: "attempts",
      header: i18n._("Attempts"),
      isNumeric: true,
      cell: (row) => count(row.attempts, i18n.locale),
    },
    { id: "response", header: i18n._("Response"), cell: (row) => row.response || "–" },
    { id: "created", header: i18n._("Created"), cell: (row) => moment(row.created_at, i18n.locale) },
    {
      id: "next",
      header: i18n._("Next attempt"),
      isHiddenAtFirst: true,
      cell: (row) => (row.next_attempt_at ? moment(row.next_attempt_at, i18n.locale) : "–"),
    },
    {
      id: "actions",
      header: i18n._("Actions"),
      cell: (row) => (
        <Button
          size="compact-sm"
          variant="default"
          disabled={row.state === "pending"}
          onClick={() => again.mutate(row.id)}
        >
          {i18n._("Redeliver")}
        </Button>
      ),
    },
  ];
  return (
    <>
      {again.error && <ErrorAlert error={again.error} />}
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
    </>
  );
}
