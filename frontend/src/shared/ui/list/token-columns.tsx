import type { I18n } from "@lingui/core";
import { Badge, Code } from "@mantine/core";
import { ConfirmButton } from "../confirm-button";
import { moment } from "../numbers";
import type { Column } from "./data-table";

interface TokenRow {
  id: number;
  name: string;
  prefix: string;
  expires_at: string | null;
  last_used_at: string | null;
}

/** The columns of an API token that its owner and admins both see; others may stand between `identity` and `use`. */
export function tokenColumns<Row extends TokenRow>(
  i18n: I18n,
  revoke: (row: Row) => void,
): { identity: Column<Row>[]; use: Column<Row>[] } {
  return {
    identity: [
      {
        id: "name",
        header: i18n._("Name"),
        ordering: "name",
        isRowHeader: true,
        cell: (row) => row.name,
      },
      { id: "prefix", header: i18n._("Prefix"), cell: (row) => <Code>{row.prefix}…</Code> },
    ],
    use: [
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
            onConfirm={() => revoke(row)}
          >
            {i18n._("Revoke…")}
          </ConfirmButton>
        ),
      },
    ],
  };
}
