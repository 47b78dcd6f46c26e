import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay, useMe } from "../../shared/api/session";
import { Confirm, Failure, Field, Page, Waiting } from "../../shared/ui/parts";
import { TeamsPanel } from "./teams-panel";

type Role = Schemas["MemberIn"]["role"];
const ROLES: Role[] = ["customer", "annotator", "reviewer", "manager", "scientist", "admin"];

export function PeoplePage() {
  const { i18n } = useLingui();
  const me = useMe();
  const queries = useQueryClient();
  const mayWrite = useMay("members:write");
  const names: Record<Role, string> = {
    annotator: i18n._("annotator"),
    customer: i18n._("customer"),
    reviewer: i18n._("reviewer"),
    manager: i18n._("manager"),
    scientist: i18n._("scientist"),
    admin: i18n._("admin"),
  };
  const members = useQuery({ queryKey: ["members"], queryFn: () => unwrap(api.GET("/api/v1/members/")) });
  const refresh = () => queries.invalidateQueries({ queryKey: ["members"] });
  const change = useMutation({
    mutationFn: ({ id, body }: { id: number; body: Schemas["PatchedMemberChange"] }) =>
      unwrap(api.PATCH("/api/v1/members/{member_id}/", { params: { path: { member_id: id } }, body })),
    onSuccess: refresh,
  });
  const add = useMutation({
    mutationFn: (body: Schemas["MemberIn"]) => unwrap(api.POST("/api/v1/members/", { body })),
    onSuccess: refresh,
  });
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    add.mutate(
      {
        email: String(data.get("email")),
        name: String(data.get("name")),
        role: String(data.get("role")) as Role,
        password: String(data.get("password")),
      },
      { onSuccess: () => form.reset() },
    );
  };
  return (
    <Page title={i18n._("People")}>
      {members.isPending && <Waiting />}
      {members.error && <Failure error={members.error} again={() => void members.refetch()} />}
      {change.error && <Failure error={change.error} />}
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
            {members.data?.rows.map((row) => (
              <tr key={row.id}>
                <th scope="row">{row.name}</th>
                <td>{row.email}</td>
                <td>
                  {mayWrite && row.user_id !== me.user_id ? (
                    <select
                      aria-label={i18n._("Role of {name}", { name: row.name })}
                      value={row.role}
                      onChange={(event) =>
                        change.mutate({ id: row.id, body: { role: event.target.value as Role } })
                      }
                    >
                      {ROLES.map((role) => (
                        <option key={role} value={role}>
                          {names[role]}
                        </option>
                      ))}
                    </select>
                  ) : (
                    names[row.role as Role]
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
                {ROLES.map((role) => (
                  <option key={role} value={role}>
                    {names[role]}
                  </option>
                ))}
              </select>
            </Field>
            <Field
              label={i18n._("First password")}
              hint={i18n._("At least 12 characters; hand it over in person.")}
            >
              <input name="password" type="text" autoComplete="off" minLength={12} required />
            </Field>
            {add.error && <Failure error={add.error} />}
            <button type="submit" className="primary" disabled={add.isPending}>
              {i18n._("Add")}
            </button>
          </form>
        </section>
      )}
      {members.data && <TeamsPanel members={members.data.rows} />}
    </Page>
  );
}
