import { useLingui } from "@lingui/react";
import { Button, Drawer } from "@mantine/core";
import { IconEye } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { EmptyState } from "../../shared/ui/feedback";
import { type Column, DataTable } from "../../shared/ui/list/data-table";
import { useListState } from "../../shared/ui/list/list-state";
import { useList } from "../../shared/ui/list/use-list";
import { count, day, moment } from "../../shared/ui/numbers";
import { Page } from "../../shared/ui/parts";
import { AuditTabs } from "./audit-tabs";

type UserAccess = Schemas["UserAccessOut"];
type Access = Schemas["DataAccessOut"];

/** The data access log: who was shown what of the customer's data. */
export function AccessesPage() {
  const { i18n } = useLingui();
  const [user, setUser] = useState<UserAccess | null>(null);
  const state = useListState([]);
  const people = useList<UserAccess>(["accesses", state.query], (cursor) =>
    unwrap(
      api.GET("/api/v1/audit-log/accesses/by-user/", { params: { query: { ...state.query, ...cursor } } }),
    ),
  );
  const columns = useMemo(
    (): Column<UserAccess>[] => [
      { id: "user", header: i18n._("User"), isRowHeader: true, cell: (row) => row.user_email },
      {
        id: "assets",
        header: i18n._("Images"),
        ordering: "asset_count",
        isNumeric: true,
        cell: (row) => count(row.asset_count, i18n.locale),
      },
      {
        id: "items",
        header: i18n._("Texts and rows"),
        ordering: "item_count",
        isNumeric: true,
        cell: (row) => count(row.item_count, i18n.locale),
      },
      { id: "first", header: i18n._("First access"), cell: (row) => day(row.first_on, i18n.locale) },
      { id: "last", header: i18n._("Last access"), cell: (row) => day(row.last_on, i18n.locale) },
      {
        id: "actions",
        header: i18n._("Actions"),
        cell: (row) => (
          <Button size="compact-sm" variant="default" onClick={() => setUser(row)}>
            {i18n._("Show accesses")}
          </Button>
        ),
      },
    ],
    [i18n],
  );
  return (
    <Page
      title={i18n._("Audit log")}
      lead={i18n._("Images, texts and rows that were shown to each user; each counts once a day.")}
    >
      <AuditTabs shown="accesses" />
      <DataTable
        toolbar={{ searchLabel: i18n._("Search users") }}
        id="accesses"
        name={i18n._("Access log")}
        list={people}
        state={state}
        columns={columns}
        rowId={(row) => String(row.user_id)}
        rowName={(row) => row.user_email}
        noMatch={i18n._("No matching users")}
        empty={
          <EmptyState title={i18n._("No data accesses yet")} Icon={IconEye}>
            {i18n._("Accesses are listed here as soon as somebody opens an item.")}
          </EmptyState>
        }
      />
      <Drawer
        opened={user !== null}
        onClose={() => setUser(null)}
        position="right"
        size="lg"
        title={user ? i18n._("Accesses of {user}", { user: user.user_email }) : ""}
      >
        {user && <Accesses userId={user.user_id} />}
      </Drawer>
    </Page>
  );
}

function Accesses({ userId }: { userId: number }) {
  const { i18n } = useLingui();
  const accesses = useList<Access>(["accesses", "of", userId], (cursor) =>
    unwrap(api.GET("/api/v1/audit-log/accesses/", { params: { query: { user_id: userId, ...cursor } } })),
  );
  const columns = useMemo(
    (): Column<Access>[] => [
      {
        id: "what",
        header: i18n._("Item"),
        isRowHeader: true,
        cell: (row) =>
          row.asset_id === null
            ? i18n._("Item {number}", { number: row.item_id ?? 0 })
            : i18n._("Image {number}", { number: row.asset_id }),
      },
      { id: "when", header: i18n._("Time"), cell: (row) => moment(row.created_at, i18n.locale) },
    ],
    [i18n],
  );
  return (
    <DataTable
      id="user-accesses"
      name={i18n._("Accesses")}
      list={accesses}
      columns={columns}
      rowId={(row) => String(row.id)}
      rowName={(row) => String(row.asset_id ?? row.item_id)}
      empty={<EmptyState title={i18n._("No data accesses yet")} Icon={IconEye} />}
    />
  );
}
