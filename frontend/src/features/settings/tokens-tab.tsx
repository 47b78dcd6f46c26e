import { useLingui } from "@lingui/react";
import { Badge, Button, Code, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconKey, IconPlus } from "@tabler/icons-react";
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
    return [
      {
        id: "name",
        header: i18n._("Name"),
        ordering: "name",
        isRowHeader: true,
        cell: (row) => row.name,
      },
      { id: "prefix", header: i18n._("Prefix"), cell: (row) => <Code>{row.prefix}…</Code> },
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
      {
        id: "expires_at",
        header: i18n._("Expires"),
        ordering: "expires_at",
        cell: (row) =>
          row.expires_at === null ? (
            i18n._("Never expires")
          ) : new Date(row.expires_at) < new Date() ? (
            <Badge color="red" variant="light">
              {i18n._("Expired")}
            </Badge>
          ) : (
            moment(row.expires_at, i18n.locale)
          ),
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
