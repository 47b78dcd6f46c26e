import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay, useMe } from "../../shared/api/session";
import { Confirm, Failure, Field, Page, Waiting } from "../../shared/ui/parts";
import { useRoles } from "./roles";
import { TeamsPanel } from "./teams-panel";

export function MembersPage() {
  const { i18n } = useLingui();
  const me = useMe();
  const queries = useQueryClient();
  const mayWrite = useMay("members.write");
  const { roles, titleOf } = useRoles();
  const [invitation, setInvitation] = useState<{ name: string; url: string } | null>(null);
  const members = useQuery({ queryKey: ["members"], queryFn: () => unwrap(api.GET("/api/v1/members/")) });
  const refresh = () => queries.invalidateQueries({ queryKey: ["members"] });
  const change = useMutation({
    mutationFn: ({ id, body }: { id: number; body: Schemas["PatchedMemberChange"] }) =>
      unwrap(api.PATCH("/api/v1/members/{member_id}/", { params: { path: { member_id: id } }, body })),
    onSuccess: refresh,
  });
  const add = useMutation({
    mutationFn: (body: Schemas["MemberIn"]) => unwrap(api.POST("/api/v1/members/", { body })),
    onSuccess: (member) => {
      setInvitation({ name: member.name, url: member.invitation_url });
      return refresh();
    },
  });
  const invite = useMutation({
    mutationFn: (row: Schemas["MemberOut"]) =>
      unwrap(
        api.POST("/api/v1/members/{member_id}/invitation/", { params: { path: { member_id: row.id } } }),
      ),
    onSuccess: ({ invitation_url }, row) => setInvitation({ name: row.name, url: invitation_url }),
  });
  const removeFactors = useMutation({
    mutationFn: (row: Schemas["MemberOut"]) =>
      unwrap(api.DELETE("/api/v1/members/{member_id}/factors/", { params: { path: { member_id: row.id } } })),
  });
  const erase = useMutation({
    mutationFn: (row: Schemas["MemberOut"]) =>
      unwrap(api.POST("/api/v1/members/{member_id}/erase/", { params: { path: { member_id: row.id } } })),
    onSuccess: refresh,
  });
  const failure = change.error ?? invite.error ?? removeFactors.error ?? erase.error;
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    add.mutate(
      {
        email: String(data.get("email")),
        name: String(data.get("name")),
        role: String(data.get("role")),
      },
      { onSuccess: () => form.reset() },
    );
  };
  return (
    <Page
      title={i18n._("People")}
      actions={
        mayWrite && (
          <>
            <Link to="/security">{i18n._("Rules of signing in")}</Link>
            <Link to="/audit-log">{i18n._("Audit")}</Link>
          </>
        )
      }
    >
      {members.isPending && <Waiting />}
      {members.error && <Failure error={members.error} again={() => void members.refetch()} />}
      {failure && <Failure error={failure} />}
      {invitation && (
        <div className="verdict" role="status">
          <p>
            {i18n._(
              "Hand this link to {name}: it lets its holder choose the password, once, within three days.",
              {
                name: invitation.name,
              },
            )}
          </p>
          <code className="secret">{invitation.url}</code>{" "}
          <button
            type="button"
            className="small"
            onClick={() => void navigator.clipboard.writeText(invitation.url)}
          >
            {i18n._("Copy")}
          </button>
        </div>
      )}
      <div className="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{i18n._("Name")}</th>
              <th scope="col">{i18n._("E-mail address")}</th>
              <th scope="col">{i18n._("Role")}</th>
              <th scope="col">{i18n._("Access")}</th>
            </tr>
          </thead>
          <tbody>
            {members.data?.results.map((row) => (
              <tr key={row.id}>
                <th scope="row">{row.name}</th>
                <td>{row.email}</td>
                <td>
                  {mayWrite && row.user_id !== me.user_id ? (
                    <select
                      aria-label={i18n._("Role of {name}", { name: row.name })}
                      value={row.role}
                      onChange={(event) => change.mutate({ id: row.id, body: { role: event.target.value } })}
                    >
                      {roles.map((role) => (
                        <option key={role.key} value={role.key}>
                          {titleOf(role.key)}
                        </option>
                      ))}
                    </select>
                  ) : (
                    titleOf(row.role)
                  )}
                </td>
                <td>
                  {row.is_active ? i18n._("active") : i18n._("closed")}{" "}
                  {mayWrite && row.user_id !== me.user_id && (
                    <Confirm
                      ask={
                        row.is_active
                          ? i18n._("{name} is signed out and their tokens stop. Answers stay.", {
                              name: row.name,
                            })
                          : i18n._("Let {name} in again?", { name: row.name })
                      }
                      yes={row.is_active ? i18n._("Close access") : i18n._("Open access")}
                      onYes={() => change.mutate({ id: row.id, body: { is_active: !row.is_active } })}
                    >
                      {row.is_active ? i18n._("Close access") : i18n._("Open access")}
                    </Confirm>
                  )}{" "}
                  {mayWrite && row.is_active && (
                    <Confirm
                      ask={i18n._("Make a link by which {name} chooses a new password?", { name: row.name })}
                      yes={i18n._("Make the link")}
                      onYes={() => invite.mutate(row)}
                    >
                      {i18n._("Password forgotten")}
                    </Confirm>
                  )}{" "}
                  {mayWrite && row.user_id !== me.user_id && (
                    <Confirm
                      ask={i18n._(
                        "Be sure that it is {name} who asks. Their second factors end, their browsers sign out.",
                        {
                          name: row.name,
                        },
                      )}
                      yes={i18n._("Take the factors away")}
                      onYes={() => removeFactors.mutate(row)}
                    >
                      {i18n._("Device lost")}
                    </Confirm>
                  )}{" "}
                  {mayWrite && !row.is_active && row.user_id !== me.user_id && (
                    <Confirm
                      ask={i18n._(
                        "Name, address and remarks of {name} go for good; the answers stay, by nobody.",
                        {
                          name: row.name,
                        },
                      )}
                      yes={i18n._("Erase the person")}
                      onYes={() => erase.mutate(row)}
                    >
                      {i18n._("Erase…")}
                    </Confirm>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {mayWrite && (
        <section className="panel">
          <h2>{i18n._("Add a person")}</h2>
          <form className="form row" onSubmit={send}>
            <Field label={i18n._("Name")}>
              <input name="name" required maxLength={120} />
            </Field>
            <Field label={i18n._("E-mail address")}>
              <input name="email" type="email" required />
            </Field>
            <Field label={i18n._("Role")}>
              <select name="role">
                {roles.map((role) => (
                  <option key={role.key} value={role.key}>
                    {titleOf(role.key)}
                  </option>
                ))}
              </select>
            </Field>
            {add.error && <Failure error={add.error} />}
            <button type="submit" className="primary" disabled={add.isPending}>
              {i18n._("Add")}
            </button>
          </form>
        </section>
      )}
      {members.data && <TeamsPanel members={members.data.results} />}
    </Page>
  );
}
