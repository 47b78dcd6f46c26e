import { useLingui } from "@lingui/react";
import { ActionIcon, Menu } from "@mantine/core";
import {
  IconDots,
  IconKey,
  IconKeyOff,
  IconLogout,
  IconShieldX,
  IconTrash,
  IconUserCheck,
  IconUserOff,
} from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ifMatch, type Schemas, unwrap } from "../../shared/api/client";
import { useMe } from "../../shared/api/session";
import { ConfirmDialog } from "../../shared/ui/confirm-button";
import { toast, toastError } from "../../shared/ui/feedback";
import type { InvitationShown } from "./invitation-link";

type Member = Schemas["MemberOut"];

interface Act {
  key: string;
  Icon: typeof IconKey;
  title: string;
  question: string;
  consequence: string;
  confirm: string;
  isDestructive: boolean;
  run: () => Promise<unknown>;
  done: string;
  /** Whether a toast offers to take it back. */
  canUndo?: boolean;
}

/** What an admin can do with a member; each asks first and names the consequence. */
export function MemberActions({
  row,
  showLink,
}: {
  row: Member;
  showLink: (invitation: InvitationShown) => void;
}) {
  const { i18n } = useLingui();
  const me = useMe();
  const queries = useQueryClient();
  const [asked, setAsked] = useState<string | null>(null);
  const { name } = row;
  const path = { params: { path: { member_id: row.id } } };
  const setActive = (member: Member, isActive: boolean) =>
    unwrap(
      api.PATCH("/api/v1/members/{member_id}/", {
        params: { path: { member_id: member.id }, header: ifMatch(member) },
        body: { is_active: isActive },
      }),
    );
  const run = useMutation({
    mutationFn: (act: Act) => act.run(),
    onSuccess: (result, act) => {
      const changed = result as Member | undefined;
      if (act.canUndo && changed)
        toast(i18n, act.done, () =>
          setActive(changed, row.is_active)
            .catch((error: Error) => toastError(error.message))
            .finally(() => queries.invalidateQueries({ queryKey: ["members"] })),
        );
      else if (act.done) toast(i18n, act.done);
    },
    onError: (error) => toastError(error.message),
    onSettled: () => queries.invalidateQueries({ queryKey: ["members"] }),
  });
  const sendLink = async () => {
    const made = await unwrap(api.POST("/api/v1/members/{member_id}/invitation/", path));
    showLink({ name, url: made.invitation_url, isEmailed: made.is_emailed, isReset: !row.is_invited });
  };
  const isSelf = row.user_id === me.user_id;
  const acts: Act[] = [];
  if (row.is_active)
    acts.push({
      key: "password",
      Icon: IconKey,
      title: row.is_invited ? i18n._("Send invitation again…") : i18n._("Send password reset link…"),
      question: row.is_invited
        ? i18n._("Send a new invitation link to {name}?", { name })
        : i18n._("Send a password reset link to {name}?", { name }),
      consequence: i18n._("The link is shown to you once. Earlier links keep working until one is used."),
      confirm: row.is_invited ? i18n._("Send invitation") : i18n._("Send password reset link"),
      isDestructive: false,
      run: sendLink,
      done: "",
    });
  if (!isSelf && row.is_active) {
    acts.push(
      {
        key: "factors",
        Icon: IconShieldX,
        title: i18n._("Reset 2FA…"),
        question: i18n._("Reset 2FA of {name}?", { name }),
        consequence: i18n._(
          "Make sure that {name} asked for it. All their authenticator apps, passkeys and recovery codes are removed, and they are signed out.",
          { name },
        ),
        confirm: i18n._("Reset 2FA"),
        isDestructive: true,
        run: () => unwrap(api.DELETE("/api/v1/members/{member_id}/factors/", path)),
        done: i18n._("2FA of {name} is reset.", { name }),
      },
      {
        key: "sessions",
        Icon: IconLogout,
        title: i18n._("Sign out everywhere…"),
        question: i18n._("Sign {name} out everywhere?", { name }),
        consequence: i18n._("All browsers of {name} must sign in again.", { name }),
        confirm: i18n._("Sign out"),
        isDestructive: true,
        run: () => unwrap(api.DELETE("/api/v1/members/{member_id}/sessions/", path)),
        done: i18n._("{name} is signed out everywhere.", { name }),
      },
      {
        key: "deactivate",
        Icon: IconUserOff,
        title: i18n._("Deactivate…"),
        question: i18n._("Deactivate {name}?", { name }),
        consequence: i18n._("{name} is signed out and their API tokens stop working. Annotations are kept.", {
          name,
        }),
        confirm: i18n._("Deactivate"),
        isDestructive: true,
        run: () => setActive(row, false),
        done: i18n._("{name} is deactivated.", { name }),
        canUndo: true,
      },
    );
  }
  if (!isSelf && !row.is_active) {
    acts.push(
      {
        key: "reactivate",
        Icon: IconUserCheck,
        title: i18n._("Reactivate…"),
        question: i18n._("Reactivate {name}?", { name }),
        consequence: i18n._("{name} can sign in again with the same role.", { name }),
        confirm: i18n._("Reactivate"),
        isDestructive: false,
        run: () => setActive(row, true),
        done: i18n._("{name} is reactivated.", { name }),
        canUndo: true,
      },
      {
        key: "tokens",
        Icon: IconKeyOff,
        title: i18n._("Revoke all API tokens…"),
        question: i18n._("Revoke all API tokens of {name}?", { name }),
        consequence: i18n._("Scripts that use these tokens stop working immediately."),
        confirm: i18n._("Revoke tokens"),
        isDestructive: true,
        run: () => unwrap(api.DELETE("/api/v1/members/{member_id}/tokens/", path)),
        done: i18n._("API tokens of {name} are revoked.", { name }),
      },
      {
        key: "erase",
        Icon: IconTrash,
        title: i18n._("Erase…"),
        question: i18n._("Erase {name}?", { name }),
        consequence: i18n._(
          "Permanently deletes the profile and comments of {name}. Annotations are kept and anonymized.",
          { name },
        ),
        confirm: i18n._("Erase member"),
        isDestructive: true,
        run: () => unwrap(api.POST("/api/v1/members/{member_id}/erase/", path)),
        done: i18n._("{name} is erased.", { name }),
      },
    );
  }
  if (acts.length === 0) return null;
  const act = acts.find(({ key }) => key === asked);
  return (
    <>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={i18n._("Actions for {name}", { name })}
            loading={run.isPending}
          >
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {acts.map(({ key, title, Icon, isDestructive }) => (
            <Menu.Item
              key={key}
              leftSection={<Icon size={16} aria-hidden />}
              color={isDestructive ? "red" : undefined}
              onClick={() => setAsked(key)}
            >
              {title}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {act && (
        <ConfirmDialog
          isOpen
          close={() => setAsked(null)}
          title={act.question}
          consequence={act.consequence}
          confirm={act.confirm}
          isDestructive={act.isDestructive}
          onConfirm={() => run.mutate(act)}
        />
      )}
    </>
  );
}
