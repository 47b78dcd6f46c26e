import { useLingui } from "@lingui/react";
import { Badge, Skeleton, Table } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "../../shared/api/client";
import { ConfirmButton } from "../../shared/ui/confirm-button";
import { ErrorAlert, toast } from "../../shared/ui/feedback";
import { moment } from "../../shared/ui/numbers";
import { Section } from "../../shared/ui/section";
import { browserOf } from "./browser-name";

/** Browsers in which the person is signed in. */
export function SessionsSection() {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const rows = useQuery({ queryKey: ["sessions"], queryFn: () => unwrap(api.GET("/api/v1/sessions/")) });
  const done = (text: string) => () => {
    toast(i18n, text);
    return queries.invalidateQueries({ queryKey: ["sessions"] });
  };
  const revoke = useMutation({
    mutationFn: (id: string) =>
      unwrap(api.DELETE("/api/v1/sessions/{session_id}/", { params: { path: { session_id: id } } })),
    onSuccess: done(i18n._("Session revoked.")),
  });
  const revokeOthers = useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/v1/sessions/")),
    onSuccess: done(i18n._("All other sessions are signed out.")),
  });
  const sessions = rows.data?.results ?? [];
  const error = revoke.error ?? revokeOthers.error;
  return (
    <Section
      title={i18n._("Active sessions")}
      actions={
        sessions.length > 1 && (
          <ConfirmButton
            title={i18n._("Sign out of all other sessions?")}
            consequence={i18n._("All other browsers must sign in again.")}
            confirm={i18n._("Sign out")}
            onConfirm={() => revokeOthers.mutate()}
          >
            {i18n._("Sign out of all other sessions…")}
          </ConfirmButton>
        )
      }
    >
      {rows.isPending && <Skeleton height={90} role="status" aria-label={i18n._("Loading…")} />}
      {rows.error && <ErrorAlert error={rows.error} retry={() => void rows.refetch()} />}
      {error && <ErrorAlert error={error} />}
      {rows.data && (
        <Table.ScrollContainer minWidth={560}>
          <Table aria-label={i18n._("Active sessions")}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{i18n._("Browser")}</Table.Th>
                <Table.Th scope="col">{i18n._("IP address")}</Table.Th>
                <Table.Th scope="col">{i18n._("Signed in")}</Table.Th>
                <Table.Th scope="col">{i18n._("Last used")}</Table.Th>
                <Table.Td />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {sessions.map((row) => (
                <Table.Tr key={row.id}>
                  <Table.Th scope="row">{browserOf(row.user_agent) || i18n._("Unknown browser")}</Table.Th>
                  <Table.Td>{row.ip_address || "–"}</Table.Td>
                  <Table.Td>{moment(row.created_at, i18n.locale)}</Table.Td>
                  <Table.Td>{moment(row.last_seen_at, i18n.locale)}</Table.Td>
                  <Table.Td ta="right">
                    {row.is_current ? (
                      <Badge variant="light">{i18n._("This session")}</Badge>
                    ) : (
                      <ConfirmButton
                        size="compact-sm"
                        title={i18n._("Revoke session?")}
                        consequence={i18n._("{browser} must sign in again.", {
                          browser: browserOf(row.user_agent) || i18n._("That browser"),
                        })}
                        confirm={i18n._("Revoke session")}
                        onConfirm={() => revoke.mutate(row.id)}
                      >
                        {i18n._("Revoke session…")}
                      </ConfirmButton>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Section>
  );
}
