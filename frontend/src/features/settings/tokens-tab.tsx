import { useLingui } from "@lingui/react";
import { Badge, Button, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconKey, IconPlus } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { EmptyState, ErrorAlert, toast } from "../../shared/ui/feedback";
import { type Column, DataTable } from "../../shared/ui/list/data-table";
import { useListState } from "../../shared/ui/list/list-state";
import { ListToolbar } from "../../shared/ui/list/list-toolbar";
import { tokenColumns } from "../../shared/ui/list/token-columns";
import { useList } from "../../shared/ui/list/use-list";
import { CreateToken } from "./create-token";
import { scopeGroups } from "./scopes";

type Token = Schemas["TokenOut"];

/** The person's API tokens. */
export function TokensTab() {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const [isCreating, dialog] = useDisclosure(false);
  const state = useListState([]);
  const tokens = useList<Token>(["tokens", state.query], (cursor) =>
    unwrap(
      api.GET("/api/v1/tokens/", {
        params: { query: { is_revoked: false, ...state.query, ...cursor } },
      }),
    ),
  );
  const revoke = useMutation({
    mutationFn: (row: Token) =>
      unwrap(api.DELETE("/api/v1/tokens/{token_id}/", { params: { path: { token_id: row.id } } })),
    onSuccess: (_, row) => {
      toast(i18n, i18n._("Token {name} revoked.", { name: row.name }));
      return queries.invalidateQueries({ queryKey: ["tokens"] });
    },
  });
  const { mutate } = revoke;
  const columns = useMemo((): Column<Token>[] => {
    const titles = new Map(
      scopeGroups(i18n).flatMap(({ scopes }) => scopes.map(({ scope, title }) => [scope, title])),
    );
    const { identity, use } = tokenColumns<Token>(i18n, mutate);
    return [
      ...identity,
      {
        id: "scopes",
        header: i18n._("Scopes"),
        cell: (row) => (
          <Tooltip
            multiline
            maw={320}
            label={row.scopes.map((scope) => titles.get(scope) ?? scope).join(", ")}
          >
            <Badge variant="light" color="gray" tabIndex={0}>
              {i18n._("{count, plural, one {# scope} other {# scopes}}", { count: row.scopes.length })}
            </Badge>
          </Tooltip>
        ),
      },
      ...use,
    ];
  }, [i18n, mutate]);
  const create = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={dialog.open}>
      {i18n._("Create token")}
    </Button>
  );
  return (
    <>
      <ListToolbar state={state} searchLabel={i18n._("Search tokens")}>
        {create}
      </ListToolbar>
      {revoke.error && <ErrorAlert error={revoke.error} />}
      <DataTable
        id="tokens"
        name={i18n._("API tokens")}
        list={tokens}
        state={state}
        columns={columns}
        rowId={(row) => String(row.id)}
        rowName={(row) => row.name}
        noMatch={i18n._("No matching tokens")}
        empty={
          <EmptyState title={i18n._("No API tokens yet")} Icon={IconKey} action={create}>
            {i18n._("Scripts and the MLflow client sign in with a token instead of your password.")}
          </EmptyState>
        }
      />
      {isCreating && <CreateToken close={dialog.close} />}
    </>
  );
}
