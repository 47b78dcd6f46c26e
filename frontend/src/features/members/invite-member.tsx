import { useLingui } from "@lingui/react";
import { Modal, Select, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { DialogButtons } from "../../shared/ui/dialog-buttons";
import { ErrorAlert } from "../../shared/ui/feedback";
import type { InvitationShown } from "./invitation-link";
import { useRoles } from "./roles";
import { useSendsEmail } from "./use-sends-email";

/** Asks who is invited and as what. What was typed stays where the server refuses it. */
export function InviteMember({
  close,
  showLink,
}: {
  close: () => void;
  showLink: (invitation: InvitationShown) => void;
}) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const { roles, titleOf } = useRoles();
  const sendsEmail = useSendsEmail();
  const [role, setRole] = useState<string | null>("annotator");
  const invite = useMutation({
    mutationFn: (body: Schemas["MemberIn"]) => unwrap(api.POST("/api/v1/members/", { body })),
    onSuccess: (member) => {
      showLink({
        name: member.name,
        url: member.invitation_url,
        isEmailed: member.is_emailed,
        isReset: false,
      });
      close();
      return queries.invalidateQueries({ queryKey: ["members"] });
    },
  });
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    invite.mutate({
      name: String(form.get("name")).trim(),
      email: String(form.get("email")).trim(),
      role: role ?? "",
    });
  };
  return (
    <Modal opened onClose={close} title={i18n._("Invite member")}>
      <form onSubmit={send}>
        <Stack gap="sm">
          <TextInput label={i18n._("Name")} name="name" required maxLength={120} data-autofocus />
          <TextInput label={i18n._("E-mail address")} name="email" type="email" required />
          <Select
            label={i18n._("Role")}
            data={roles.map(({ key }) => ({ value: key, label: titleOf(key) }))}
            value={role}
            onChange={setRole}
            allowDeselect={false}
            required
          />
          {invite.error && <ErrorAlert error={invite.error} />}
          <DialogButtons close={close} isPending={invite.isPending} isDisabled={!role} mt="xs">
            {sendsEmail ? i18n._("Send invitation") : i18n._("Create invitation link")}
          </DialogButtons>
        </Stack>
      </form>
    </Modal>
  );
}
