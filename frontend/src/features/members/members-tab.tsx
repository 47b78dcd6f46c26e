import { useLingui } from "@lingui/react";
import { Avatar, Badge, Button, Group, Select, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCircleCheck, IconCircleOff, IconMail, IconUserPlus } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api, ifMatch, type Schemas, unwrap } from "../../shared/api/client";
import { useMay, useMe } from "../../shared/api/session";
import { ErrorAlert, toast } from "../../shared/ui/feedback";
import { type Column, DataTable } from "../../shared/ui/list/data-table";
import { useListState } from "../../shared/ui/list/list-state";
import { ListToolbar } from "../../shared/ui/list/list-toolbar";
import { NoMatch } from "../../shared/ui/list/no-match";
import { useList } from "../../shared/ui/list/use-list";
import { moment } from "../../shared/ui/numbers";
import { onDemand } from "../../shared/ui/on-demand";
import type { InvitationShown } from "./invitation-link";
import { MemberActions } from "./member-actions";
import { useRoles } from "./roles";

const InvitationLink = onDemand(async () => (await import("./invitation-link")).InvitationLink);
const InviteMember = onDemand(async () => (await import("./invite-member")).InviteMember);

type Member = Schemas["MemberOut"];

/** The members as a table: who they are, what they may do, and whether they can sign in. */
export function MembersTab() {
  const { i18n } = useLingui();
  const me = useMe();
  const mayWrite = useMay("members.write");
  const queries = useQueryClient();
  const { roles, titleOf } = useRoles();
  const [isInviting, dialog] = useDisclosure(false);
  const [invitation, setInvitation] = useState<InvitationShown | null>(null);
  const state = useListState(["role", "is_active"]);
  const members = useList<Member>(["members", state.query], (cursor) =>
    unwrap(api.GET("/api/v1/members/", { params: { query: { ...state.query, ...cursor } } })),
  );
  const change = useMutation({
    mutationFn: ({ row, body }: { row: Member; body: Schemas["PatchedMemberChange"] }) =>
      unwrap(
        api.PATCH("/api/v1/members/{member_id}/", {
          params: { path: { member_id: row.id }, header: ifMatch(row) },
          body,
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ["members"] }),
  });
  const { mutate } = change;
  const columns = useMemo((): Column<Member>[] => {
    const setRole = (row: Member, role: string) => {
      const said = (name: string, key: string) =>
        i18n._("{name} is now {role}.", { name, role: titleOf(key) });
      mutate(
        { row, body: { role } },
        {
          onSuccess: (changed) =>
            toast(i18n, said(row.name, role), () =>
              mutate(
                { row: changed, body: { role: row.role } },
                { onSuccess: () => toast(i18n, said(row.name, row.role)) },
              ),
            ),
        },
      );
    };
    return [
      {
        id: "name",
        header: i18n._("Name"),
        ordering: "name",
        isRowHeader: true,
        cell: (row) => (
          <Group gap="xs" wrap="nowrap">
            <Avatar name={row.name} size={28} color="blue" aria-hidden />
            <div>
              {row.name}
              {row.user_id === me.user_id && (
                <Text span size="xs" c="dimmed" ml={6}>
                  {i18n._("You")}
                </Text>
              )}
            </div>
          </Group>
        ),
      },
      { id: "email", header: i18n._("E-mail address"), ordering: "email", cell: (row) => row.email },
      {
        id: "role",
        header: i18n._("Role"),
        ordering: "role",
        cell: (row) =>
          mayWrite && row.user_id !== me.user_id ? (
            <Select
              size="xs"
              w={150}
              aria-label={i18n._("Role of {name}", { name: row.name })}
              data={roles.map(({ key }) => ({ value: key, label: titleOf(key) }))}
              value={row.role}
              allowDeselect={false}
              onChange={(role) => role && role !== row.role && setRole(row, role)}
            />
          ) : (
            titleOf(row.role)
          ),
      },
      { id: "status", header: i18n._("Status"), cell: (row) => <MemberStatus row={row} /> },
      {
        id: "last_sign_in_at",
        header: i18n._("Last sign-in"),
        ordering: "last_sign_in_at",
        cell: (row) => (row.last_sign_in_at ? moment(row.last_sign_in_at, i18n.locale) : i18n._("Never")),
      },
      ...(mayWrite
        ? [
            {
              id: "actions",
              header: i18n._("Actions"),
              cell: (row: Member) => <MemberActions row={row} showLink={setInvitation} />,
            },
          ]
        : []),
    ];
  }, [i18n, me, mayWrite, mutate, roles, titleOf]);
  return (
    <>
      <ListToolbar
        state={state}
        searchLabel={i18n._("Search members")}
        filters={[
          { name: "role", label: i18n._("Role"), options: roles.map(({ key }) => [key, titleOf(key)]) },
          {
            name: "is_active",
            label: i18n._("Status"),
            options: [
              ["true", i18n._("Active")],
              ["false", i18n._("Deactivated")],
            ],
          },
        ]}
      >
        {mayWrite && (
          <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={dialog.open}>
            {i18n._("Invite member")}
          </Button>
        )}
      </ListToolbar>
      {change.error && <ErrorAlert error={change.error} />}
      <DataTable
        id="members"
        name={i18n._("Members")}
        list={members}
        state={state}
        columns={columns}
        rowId={(row) => String(row.id)}
        rowName={(row) => row.name}
        empty={<NoMatch title={i18n._("No matching members")} state={state} />}
      />

      {isInviting && <InviteMember close={dialog.close} showLink={setInvitation} />}
      {invitation && <InvitationLink invitation={invitation} close={() => setInvitation(null)} />}
    </>
  );
}

function MemberStatus({ row }: { row: Member }) {
  const { i18n } = useLingui();
  const [color, Icon, title] = !row.is_active
    ? (["gray", IconCircleOff, i18n._("Deactivated")] as const)
    : row.is_invited
      ? (["blue", IconMail, i18n._("Invited")] as const)
      : (["green", IconCircleCheck, i18n._("Active")] as const);
  return (
    <Badge variant="light" color={color} leftSection={<Icon size={12} aria-hidden />}>
      {title}
    </Badge>
  );
}
