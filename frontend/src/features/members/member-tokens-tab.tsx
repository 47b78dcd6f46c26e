import { useLingui } from "@lingui/react";
import { Badge } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { EmptyState, ErrorAlert, toast } from "../../shared/ui/feedback";
import { type Column, DataTable } from "../../shared/ui/list/data-table";
import { useListState } from "../../shared/ui/list/list-state";
import { ListToolbar } from "../../shared/ui/list/list-toolbar";
import { tokenColumns } from "../../shared/ui/list/token-columns";
import { useList } from "../../shared/ui/list/use-list";

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
  const columns = useMemo((): Column<Token>[] => {
    const { identity, use } = tokenColumns<Token>(i18n, mutate);
    return [
      { id: "owner", header: i18n._("Member"), ordering: "owner", cell: (row) => row.owner },
      ...identity,
      {
        id: "second_factor",
        header: i18n._("2FA"),
        cell: (row) => (
          <Badge variant="light" color={row.second_factor ? "green" : "gray"}>
            {row.second_factor ? i18n._("Created with 2FA") : i18n._("Created without 2FA")}
          </Badge>
        ),
      },
      ...use,
    ];
  }, [i18n, mutate]);
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
        noMatch={i18n._("No matching tokens")}
        empty={<EmptyState title={i18n._("No API tokens yet")} Icon={IconKey} />}
      />
    </>
  );
}
