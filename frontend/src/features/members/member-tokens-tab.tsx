import { useLingui } from "@lingui/react";
import { Badge, Button, Code, Group } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { ConfirmButton } from "../../shared/ui/confirm-button";
import { EmptyState, ErrorAlert, toast } from "../../shared/ui/feedback";
import { type Column, DataTable } from "../../shared/ui/list/data-table";
import { useListState } from "../../shared/ui/list/list-state";
import { ListToolbar } from "../../shared/ui/list/list-toolbar";
import { useList } from "../../shared/ui/list/use-list";
import { moment } from "../../shared/ui/numbers";

type Token = Schemas["MemberTokenOut"];

/** The API tokens of all members, for admins to revoke. */
export function MemberTokensTab() {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const state = useListState([]);
  const tokens = useList<Token>(["organization-tokens", state.query], (cursor) =>
    unwrap(
      api.GET("/api/v1/organization/tokens/", {
        params: { query: { is_revoked: false, ...state.query, ...cursor } },
      }),
    ),
  );
  const revoke = useMutation({
    mutationFn: (row: Token) =>
      unwrap(
        api.DELETE("/api/v1/organization/tokens/{token_id}/", { params: { path: { token_id: row.id } } }),
      ),
    onSuccess: (_, row) => {
      toast(i18n, i18n._("Token {name} revoked.", { name: row.name }));
      return queries.invalidateQueries({ queryKey: ["organization-tokens"] });
    },
  });
  const { mutate } = revoke;
  const columns = useMemo(
    (): Column<Token>[] => [
      { id: "owner", header: i18n._("Member"), ordering: "owner", cell: (row) => row.owner },
      {
        id: "name",
        header: i18n._("Name"),
        ordering: "name",
        isRowHeader: true,
        cell: (row) => row.name,
      },
      { id: "prefix", header: i18n._("Prefix"), cell: (row) => <Code>{row.prefix}…</Code> },
      {
        id: "second_factor",
        header: i18n._("2FA"),
        cell: (row) => (
          <Badge variant="light" color={row.second_factor ? "green" : "gray"}>
            {row.second_factor ? i18n._("Created with 2FA") : i18n._("Created without 2FA")}
          </Badge>
        ),
      },
      {
        id: "expires_at",
        header: i18n._("Expires"),
        ordering: "expires_at",
        cell: (row) => (row.expires_at ? moment(row.expires_at, i18n.locale) : i18n._("Never expires")),
      },
      {
        id: "last_used_at",
        header: i18n._("Last used"),
        ordering: "last_used_at",
        cell: (row) => (row.last_used_at ? moment(row.last_used_at, i18n.locale) : i18n._("Never used")),
      },
      {
        id: "actions",
        header: i18n._("Actions"),
        cell: (row) => (
          <ConfirmButton
            size="compact-sm"
            title={i18n._("Revoke token {name}?", { name: row.name })}
            consequence={i18n._("Scripts that use this token stop working immediately.")}
            confirm={i18n._("Revoke token")}
            onConfirm={() => mutate(row)}
          >
            {i18n._("Revoke…")}
          </ConfirmButton>
        ),
      },
    ],
    [i18n, mutate],
  );
  return (
    <>
      <ListToolbar state={state} searchLabel={i18n._("Search tokens")} />
      {revoke.error && <ErrorAlert error={revoke.error} />}
      <DataTable
        id="organization-tokens"
        name={i18n._("API tokens")}
        list={tokens}
        state={state}
        columns={columns}
        rowId={(row) => String(row.id)}
        rowName={(row) => row.name}
        empty={
          state.isFiltered ? (
            <EmptyState title={i18n._("No matching tokens")}>
              <Group justify="center">
                <Button variant="default" onClick={state.clear}>
                  {i18n._("Clear filters")}
                </Button>
              </Group>
            </EmptyState>
          ) : (
            <EmptyState title={i18n._("No API tokens yet")} Icon={IconKey} />
          )
        }
      />
    </>
  );
}
