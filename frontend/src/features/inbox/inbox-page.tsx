import { useLingui } from "@lingui/react";
import { ActionIcon, Button, Group, Kbd, Skeleton, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconCheck, IconChecks, IconInbox, IconMailOpened, IconSettings } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { Link, useNavigate } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { kindIcon, kindTitle, kindTitles, sentenceOf } from "../../shared/ui/event-kinds";
import { EmptyState, ErrorAlert, toast } from "../../shared/ui/feedback";
import { useListState } from "../../shared/ui/list/list-state";
import { ListToolbar } from "../../shared/ui/list/list-toolbar";
import { useList } from "../../shared/ui/list/use-list";
import { moment } from "../../shared/ui/numbers";
import { Page } from "../../shared/ui/parts";
import styles from "./inbox.module.css";

type Notification = Schemas["NotificationOut"];
const REFRESH_MS = 30_000;

/** What waits for the person, the newest first. Keys: j and k move, Enter opens, e marks read or unread. */
export function InboxPage() {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const list = useRef<HTMLUListElement>(null);
  const state = useListState(["kind", "is_read"]);
  const notifications = useList<Notification>(
    ["notifications", state.query],
    (cursor) =>
      unwrap(api.GET("/api/v1/notifications/", { params: { query: { ...state.query, ...cursor } } })),
    { refetchInterval: REFRESH_MS },
  );
  const refresh = () => queries.invalidateQueries({ queryKey: ["notifications"] });
  const change = useMutation({
    mutationFn: ({ row, isRead }: { row: Notification; isRead: boolean }) =>
      unwrap(
        api.PATCH("/api/v1/notifications/{notification_id}/", {
          params: { path: { notification_id: row.id } },
          body: { is_read: isRead },
        }),
      ),
    onSuccess: refresh,
  });
  const readAll = useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/notifications/read/")),
    onSuccess: () => {
      toast(i18n, i18n._("All notifications are marked as read."));
      return refresh();
    },
  });
  const links = () => [...(list.current?.querySelectorAll<HTMLElement>("[data-notification]") ?? [])];
  const focused = () => links().indexOf(document.activeElement as HTMLElement);
  const move = (step: number) => {
    const all = links();
    const at = focused();
    all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)]?.focus();
  };
  const toggleFocused = () => {
    const row = notifications.rows[focused()];
    if (row) change.mutate({ row, isRead: !row.is_read });
  };
  useHotkeys([
    ["j", () => move(1)],
    ["k", () => move(-1)],
    ["e", toggleFocused],
  ]);
  const open = (row: Notification) => {
    if (!row.is_read) change.mutate({ row, isRead: true });
    navigate(row.link);
  };
  const hasUnread = notifications.rows.some((row) => !row.is_read);
  const error = change.error ?? readAll.error;
  return (
    <Page
      title={i18n._("Inbox")}
      actions={
        <>
          <Button
            component={Link}
            to="/inbox/settings"
            variant="subtle"
            color="gray"
            leftSection={<IconSettings size={16} aria-hidden />}
          >
            {i18n._("Notification settings")}
          </Button>
          <Button
            variant="default"
            leftSection={<IconChecks size={16} aria-hidden />}
            onClick={() => readAll.mutate()}
            loading={readAll.isPending}
            disabled={!hasUnread}
          >
            {i18n._("Mark all as read")}
          </Button>
        </>
      }
    >
      <ListToolbar
        state={state}
        filters={[
          {
            name: "is_read",
            label: i18n._("Status"),
            options: [
              ["false", i18n._("Unread")],
              ["true", i18n._("Read")],
            ],
          },
          { name: "kind", label: i18n._("Event"), options: Object.entries(kindTitles(i18n)) },
        ]}
      >
        <Text size="xs" c="dimmed" visibleFrom="sm">
          <Kbd size="xs">j</Kbd> <Kbd size="xs">k</Kbd> {i18n._("move")} · <Kbd size="xs">e</Kbd>{" "}
          {i18n._("read or unread")}
        </Text>
      </ListToolbar>
      {error && <ErrorAlert error={error} />}
      {notifications.isPending && <Skeleton height={240} role="status" aria-label={i18n._("Loading…")} />}
      {notifications.error != null && <ErrorAlert error={notifications.error} retry={notifications.reload} />}
      {!notifications.isPending && !notifications.error && notifications.rows.length === 0 && (
        <EmptyState
          title={state.isFiltered ? i18n._("No matching notifications") : i18n._("Your inbox is empty")}
          Icon={IconInbox}
          action={
            state.isFiltered && (
              <Button variant="default" onClick={state.clear}>
                {i18n._("Clear filters")}
              </Button>
            )
          }
        >
          {!state.isFiltered &&
            i18n._(
              "Annotations sent back, mentions, conflicts, contracts to sign and failed jobs will appear here.",
            )}
        </EmptyState>
      )}
      {notifications.rows.length > 0 && (
        <ul className={styles.list} ref={list} aria-label={i18n._("Notifications")}>
          {notifications.rows.map((row) => {
            const Icon = kindIcon(row.kind);
            const toggle = row.is_read ? i18n._("Mark as unread") : i18n._("Mark as read");
            return (
              <li key={row.id} className={styles.row} data-unread={!row.is_read || undefined}>
                <UnstyledButton
                  component={Link}
                  to={row.link}
                  data-notification
                  className={styles.link}
                  onClick={(event) => {
                    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
                    event.preventDefault();
                    open(row);
                  }}
                >
                  <Icon size={20} stroke={1.7} aria-hidden className={styles.icon} />
                  <span className={styles.text}>
                    <span className={styles.kind}>
                      {kindTitle(i18n, row.kind)}
                      {!row.is_read && <span className={styles.unread}>{i18n._("Unread")}</span>}
                    </span>
                    <span>{sentenceOf(i18n, row)}</span>
                    <Text span size="xs" c="dimmed">
                      {moment(row.created_at, i18n.locale)}
                    </Text>
                  </span>
                </UnstyledButton>
                <Tooltip label={toggle}>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={toggle}
                    onClick={() => change.mutate({ row, isRead: !row.is_read })}
                  >
                    {row.is_read ? (
                      <IconMailOpened size={18} aria-hidden />
                    ) : (
                      <IconCheck size={18} aria-hidden />
                    )}
                  </ActionIcon>
                </Tooltip>
              </li>
            );
          })}
        </ul>
      )}
      {notifications.hasMore && (
        <Group mt="sm">
          <Button variant="default" onClick={notifications.loadMore} loading={notifications.isFetching}>
            {i18n._("Show more")}
          </Button>
        </Group>
      )}
    </Page>
  );
}
