import { useLingui } from "@lingui/react";
import { Card, Skeleton, Switch, Table } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { kindTitle } from "../../shared/ui/event-kinds";
import { ErrorAlert } from "../../shared/ui/feedback";
import { Page } from "../../shared/ui/parts";

const SETTINGS = ["notification-settings"];

/** What a person is told where: in the inbox, by e-mail, or both. */
export function NotificationSettingsPage() {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const settings = useQuery({
    queryKey: SETTINGS,
    queryFn: () => unwrap(api.GET("/api/v1/notifications/settings/")),
  });
  const change = useMutation({
    mutationFn: (choice: Schemas["KindChoice"]) =>
      unwrap(api.PUT("/api/v1/notifications/settings/", { body: { kinds: [choice] } })),
    onMutate: (choice) => {
      const before = queries.getQueryData<Schemas["NotificationSettingsOut"]>(SETTINGS);
      if (before)
        queries.setQueryData(SETTINGS, {
          ...before,
          kinds: before.kinds.map((row) => (row.kind === choice.kind ? choice : row)),
        });
      return { before };
    },
    onError: (_error, _choice, context) => queries.setQueryData(SETTINGS, context?.before),
  });
  const hasEmail = settings.data?.is_email_set_up ?? false;
  return (
    <Page
      title={i18n._("Notification settings")}
      crumbs={[["/inbox", i18n._("Inbox")]]}
      lead={
        settings.data && !hasEmail
          ? i18n._("This server sends no e-mail. Notifications appear in your inbox.")
          : i18n._("Choose what appears in your inbox and what is also sent by e-mail.")
      }
    >
      {settings.isPending && <Skeleton height={220} role="status" aria-label={i18n._("Loading…")} />}
      {settings.error && <ErrorAlert error={settings.error} retry={() => void settings.refetch()} />}
      {change.error && <ErrorAlert error={change.error} />}
      {settings.data && (
        <Card withBorder padding="xs" maw={720}>
          <Table.ScrollContainer minWidth={340}>
            <Table aria-label={i18n._("Notifications")}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th scope="col">{i18n._("Event")}</Table.Th>
                  <Table.Th scope="col" w={110}>
                    {i18n._("Inbox")}
                  </Table.Th>
                  <Table.Th scope="col" w={110}>
                    {i18n._("E-mail")}
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {settings.data.kinds.map((row) => {
                  const title = kindTitle(i18n, row.kind);
                  return (
                    <Table.Tr key={row.kind}>
                      <Table.Th scope="row" fw={400}>
                        {title}
                      </Table.Th>
                      <Table.Td>
                        <Switch
                          aria-label={i18n._("{event}: inbox", { event: title })}
                          checked={row.in_app}
                          onChange={(event) => change.mutate({ ...row, in_app: event.currentTarget.checked })}
                        />
                      </Table.Td>
                      <Table.Td>
                        <Switch
                          aria-label={i18n._("{event}: e-mail", { event: title })}
                          checked={row.by_email && hasEmail}
                          disabled={!hasEmail}
                          onChange={(event) =>
                            change.mutate({ ...row, by_email: event.currentTarget.checked })
                          }
                        />
                      </Table.Td>
                    </Table.Tr>
                  );
                })}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </Card>
      )}
    </Page>
  );
}
