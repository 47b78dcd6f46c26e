import { useLingui } from "@lingui/react";
import { Badge, Button, Menu, Text, TextInput, Tooltip } from "@mantine/core";
import { IconDownload, IconHistory } from "@tabler/icons-react";
import { useMemo } from "react";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { EmptyState } from "../../shared/ui/feedback";
import { type Column, DataTable } from "../../shared/ui/list/data-table";
import { useListState } from "../../shared/ui/list/list-state";
import { useList } from "../../shared/ui/list/use-list";
import { moment } from "../../shared/ui/numbers";
import { Page } from "../../shared/ui/parts";
import { eventTarget, eventTitle } from "../../words/events";
import { AuditTabs } from "./audit-tabs";
import { Integrity } from "./integrity";

type AuditEvent = Schemas["AuditEventOut"];

/** Who did what, and whether the log is as it was written. */
export function AuditLogPage() {
  const { i18n } = useLingui();
  const state = useListState(["action", "created_after", "created_before"]);
  const events = useList<AuditEvent>(["audit", state.query], (cursor) =>
    unwrap(api.GET("/api/v1/audit-log/", { params: { query: { ...state.query, ...cursor } } })),
  );
  const groups: [string, string][] = [
    ["member.", i18n._("Members and sign-in")],
    ["token.", i18n._("API tokens")],
    ["organization.", i18n._("Sign-in rules")],
    ["project.", i18n._("Projects")],
    ["labels.", i18n._("Label import and export")],
    ["review.", i18n._("Reviews")],
    ["snapshot.", i18n._("Snapshots")],
    ["model.", i18n._("Models")],
    ["contract.", i18n._("Contracts")],
    ["job.", i18n._("Jobs")],
    ["audit.", i18n._("Audit log")],
  ];
  const columns = useMemo(
    (): Column<AuditEvent>[] => [
      {
        id: "created_at",
        header: i18n._("Time"),
        ordering: "id",
        cell: (row) => moment(row.created_at, i18n.locale),
      },
      { id: "actor", header: i18n._("User"), cell: (row) => row.actor },
      {
        id: "action",
        header: i18n._("Event"),
        ordering: "action",
        isRowHeader: true,
        cell: (row) => <span title={row.action}>{eventTitle(i18n, row.action)}</span>,
      },
      {
        id: "target",
        header: i18n._("Target"),
        cell: (row) => eventTarget(i18n, row),
      },
      { id: "details", header: i18n._("Details"), cell: (row) => <Details data={row.data} /> },
      {
        id: "seal",
        header: i18n._("Seal"),
        cell: (row) =>
          row.seal === null ? (
            <Badge variant="light" color="gray">
              {i18n._("Pending")}
            </Badge>
          ) : (
            <Tooltip label={row.digest} multiline maw={320}>
              <Text span size="sm" tabIndex={0}>
                {row.seal}
              </Text>
            </Tooltip>
          ),
      },
    ],
    [i18n],
  );
  return (
    <Page
      title={i18n._("Audit log")}
      lead={i18n._("Every action is recorded and can be neither changed nor deleted.")}
      actions={<ExportMenu />}
    >
      <AuditTabs shown="activity" />
      <Integrity />
      <DataTable
        toolbar={{
          views: { list: "audit-log" },
          searchLabel: i18n._("Search events and users"),
          filters: [{ name: "action", label: i18n._("Event"), options: groups }],
          children: (
            <>
              <DateFilter
                label={i18n._("From")}
                value={state.filters.created_after}
                set={(value) => state.set({ created_after: value })}
              />
              <DateFilter
                label={i18n._("Until")}
                value={state.filters.created_before}
                set={(value) => state.set({ created_before: value })}
              />
            </>
          ),
        }}
        id="audit-log"
        name={i18n._("Activity")}
        list={events}
        state={state}
        columns={columns}
        rowId={(row) => String(row.id)}
        rowName={(row) => eventTitle(i18n, row.action)}
        noMatch={i18n._("No matching events")}
        empty={<EmptyState title={i18n._("No events yet")} Icon={IconHistory} />}
      />
    </Page>
  );
}

/** A moment in the person's own time zone; the address and the API have it in UTC. */
function DateFilter({
  label,
  value,
  set,
}: {
  label: string;
  value: string | undefined;
  set: (value: string) => void;
}) {
  return (
    <TextInput
      type="datetime-local"
      aria-label={label}
      leftSection={
        <Text size="xs" c="dimmed" aria-hidden>
          {label}
        </Text>
      }
      leftSectionWidth={56}
      value={value ? localTime(value) : ""}
      onChange={(event) => {
        const chosen = event.currentTarget.value;
        set(chosen ? new Date(chosen).toISOString() : "");
      }}
    />
  );
}

function localTime(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return "";
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function Details({ data }: { data: Record<string, unknown> }) {
  const entries = Object.entries(data);
  if (entries.length === 0) return "–";
  return (
    <Text size="xs" style={{ overflowWrap: "anywhere" }} maw={420}>
      {entries.map(([name, value], index) => (
        <span key={name}>
          {index > 0 && " · "}
          <Text span size="xs" c="dimmed">
            {name}
          </Text>{" "}
          {typeof value === "string" ? value : JSON.stringify(value)}
        </span>
      ))}
    </Text>
  );
}

function ExportMenu() {
  const { i18n } = useLingui();
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />}>
          {i18n._("Export log")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href="/api/v1/audit-log/export/csv/" download>
          {i18n._("CSV, for spreadsheets")}
        </Menu.Item>
        <Menu.Item component="a" href="/api/v1/audit-log/export/" download>
          {i18n._("JSON lines, with digests for verification")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
