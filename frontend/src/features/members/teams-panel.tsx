import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { api, ifMatch, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { Confirm, Failure, Field } from "../../shared/ui/parts";

/** People who are given work together. */
export function TeamsPanel({ members }: { members: { user_id: number; name: string }[] }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const may = useMay("projects.write");
  const teams = useQuery({ queryKey: ["teams"], queryFn: () => unwrap(api.GET("/api/v1/teams/")) });
  const refresh = () => queries.invalidateQueries({ queryKey: ["teams"] });
  const make = useMutation({
    mutationFn: (body: Schemas["TeamIn"]) => unwrap(api.POST("/api/v1/teams/", { body })),
    onSuccess: refresh,
  });
  const change = useMutation({
    mutationFn: (team: Schemas["TeamOut"]) =>
      unwrap(
        api.PATCH("/api/v1/teams/{team_id}/", {
          params: { path: { team_id: team.id }, header: ifMatch(team) },
          body: { members: team.members },
        }),
      ),
    onSettled: refresh,
  });
  const drop = useMutation({
    mutationFn: (id: number) =>
      unwrap(api.DELETE("/api/v1/teams/{team_id}/", { params: { path: { team_id: id } } })),
    onSuccess: refresh,
  });
  // A tick shows at once; where the server refuses, it goes again.
  const membersOf = (team: Schemas["TeamOut"]) =>
    change.isPending && change.variables.id === team.id ? change.variables.members : team.members;
  const told = teams.error ?? make.error ?? change.error ?? drop.error;
  return (
    <section className="panel">
      <h2>{i18n._("Teams")}</h2>
      {told && <Failure error={told} />}
      {teams.data?.results.length === 0 && (
        <p className="muted">{i18n._("No teams yet. Tasks can be assigned to one as to a person.")}</p>
      )}
      {teams.data?.results.map((team) => (
        <fieldset key={team.id}>
          <legend>{team.name}</legend>
          {members.map((member) => (
            <label className="inline" key={member.user_id}>
              <input
                type="checkbox"
                disabled={!may || change.isPending}
                checked={membersOf(team).includes(member.user_id)}
                onChange={(event) =>
                  change.mutate({
                    ...team,
                    members: event.target.checked
                      ? [...team.members, member.user_id]
                      : team.members.filter((id) => id !== member.user_id),
                  })
                }
              />{" "}
              {member.name}
            </label>
          ))}
          {may && (
            <Confirm
              ask={i18n._("Dissolve it? Its tasks go to everybody.")}
              yes={i18n._("Dissolve")}
              onYes={() => drop.mutate(team.id)}
            >
              {i18n._("Dissolve…")}
            </Confirm>
          )}
        </fieldset>
      ))}
      {may && (
        <form
          className="actions"
          onSubmit={(event: FormEvent<HTMLFormElement>) => {
            event.preventDefault();
            make.mutate({ name: String(new FormData(event.currentTarget).get("team")), members: [] });
            event.currentTarget.reset();
          }}
        >
          <Field label={i18n._("New team")}>
            <input name="team" required maxLength={80} />
          </Field>
          <button type="submit">{i18n._("Make the team")}</button>
        </form>
      )}
    </section>
  );
}
