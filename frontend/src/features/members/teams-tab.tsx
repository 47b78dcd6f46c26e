import { useLingui } from "@lingui/react";
import {
  Avatar,
  Button,
  Card,
  Group,
  Modal,
  MultiSelect,
  SimpleGrid,
  Skeleton,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { IconPencil, IconPlus, IconUsersGroup } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, ifMatch, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { ConfirmButton } from "../../shared/ui/confirm-button";
import { DialogButtons } from "../../shared/ui/dialog-buttons";
import { EmptyState, ErrorAlert, toast } from "../../shared/ui/feedback";
import { useListState } from "../../shared/ui/list/list-state";
import { ListToolbar } from "../../shared/ui/list/list-toolbar";
import { NoMatch } from "../../shared/ui/list/no-match";

type Team = Schemas["TeamOut"];
type Member = Schemas["MemberOut"];
const ALL = 200; // the largest page

/** Teams: people who are given tasks together. */
export function TeamsTab() {
  const { i18n } = useLingui();
  const mayWrite = useMay("projects.write");
  const queries = useQueryClient();
  const state = useListState([]);
  const [edited, setEdited] = useState<Team | "new" | null>(null);
  const teams = useQuery({
    queryKey: ["teams", state.query],
    queryFn: () => unwrap(api.GET("/api/v1/teams/", { params: { query: { limit: ALL, ...state.query } } })),
  });
  const members = useQuery({
    queryKey: ["members", "all"],
    queryFn: () => unwrap(api.GET("/api/v1/members/", { params: { query: { limit: ALL } } })),
  });
  const remove = useMutation({
    mutationFn: (team: Team) =>
      unwrap(api.DELETE("/api/v1/teams/{team_id}/", { params: { path: { team_id: team.id } } })),
    onSuccess: (_, team) => {
      toast(i18n, i18n._("Team {name} is deleted.", { name: team.name }));
      return queries.invalidateQueries({ queryKey: ["teams"] });
    },
  });
  const people = members.data?.results ?? [];
  const nameOf = (id: number) => people.find(({ user_id }) => user_id === id)?.name ?? "…";
  const create = mayWrite && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited("new")}>
      {i18n._("Create team")}
    </Button>
  );
  const rows = teams.data?.results ?? [];
  return (
    <>
      <ListToolbar state={state} searchLabel={i18n._("Search teams")}>
        {create}
      </ListToolbar>
      {teams.isPending && <Skeleton height={140} role="status" aria-label={i18n._("Loading…")} />}
      {teams.error && <ErrorAlert error={teams.error} retry={() => void teams.refetch()} />}
      {members.error && <ErrorAlert error={members.error} retry={() => void members.refetch()} />}
      {remove.error && <ErrorAlert error={remove.error} />}
      {teams.data &&
        rows.length === 0 &&
        (state.isFiltered ? (
          <NoMatch title={i18n._("No matching teams")} state={state} />
        ) : (
          <EmptyState title={i18n._("No teams yet")} Icon={IconUsersGroup} action={create}>
            {i18n._("Tasks can be assigned to a team as well as to a person.")}
          </EmptyState>
        ))}
      <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }}>
        {rows.map((team) => (
          <Card withBorder key={team.id} component="section" aria-label={team.name}>
            <Group justify="space-between" align="flex-start" wrap="nowrap">
              <div>
                <Title order={2}>{team.name}</Title>
                <Text size="sm" c="dimmed">
                  {i18n._("{count, plural, =0 {No members} one {# member} other {# members}}", {
                    count: team.members.length,
                  })}
                </Text>
              </div>
              {mayWrite && (
                <Group gap="xs" justify="flex-end">
                  <Button
                    size="compact-sm"
                    variant="default"
                    leftSection={<IconPencil size={14} aria-hidden />}
                    onClick={() => setEdited(team)}
                  >
                    {i18n._("Edit team")}
                  </Button>
                  <ConfirmButton
                    size="compact-sm"
                    title={i18n._("Delete team {name}?", { name: team.name })}
                    consequence={i18n._("Its tasks become available to all annotators of their projects.")}
                    confirm={i18n._("Delete team")}
                    onConfirm={() => remove.mutate(team)}
                  >
                    {i18n._("Delete team…")}
                  </ConfirmButton>
                </Group>
              )}
            </Group>
            <Group gap="xs" mt="sm">
              {team.members.map((id) => (
                <Group key={id} gap={6} wrap="nowrap">
                  <Avatar name={nameOf(id)} size={22} color="blue" aria-hidden />
                  <Text size="sm">{nameOf(id)}</Text>
                </Group>
              ))}
            </Group>
          </Card>
        ))}
      </SimpleGrid>
      {edited && (
        <TeamEditor
          team={edited === "new" ? null : edited}
          people={people.filter(({ is_active }) => is_active)}
          close={() => setEdited(null)}
        />
      )}
    </>
  );
}

/** Name and members of a new or an existing team. */
function TeamEditor({ team, people, close }: { team: Team | null; people: Member[]; close: () => void }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const [name, setName] = useState(team?.name ?? "");
  const [members, setMembers] = useState((team?.members ?? []).map(String));
  const save = useMutation({
    mutationFn: (body: Schemas["TeamIn"]) =>
      team
        ? unwrap(
            api.PATCH("/api/v1/teams/{team_id}/", {
              params: { path: { team_id: team.id }, header: ifMatch(team) },
              body,
            }),
          )
        : unwrap(api.POST("/api/v1/teams/", { body })),
    onSuccess: (saved) => {
      toast(
        i18n,
        team
          ? i18n._("Team {name} is saved.", { name: saved.name })
          : i18n._("Team {name} is created.", { name: saved.name }),
      );
      close();
      return queries.invalidateQueries({ queryKey: ["teams"] });
    },
  });
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    save.mutate({ name: name.trim(), members: members.map(Number) });
  };
  return (
    <Modal opened onClose={close} title={team ? i18n._("Edit team") : i18n._("Create team")}>
      <form onSubmit={send}>
        <Stack gap="sm">
          <TextInput
            label={i18n._("Name")}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            required
            maxLength={80}
            data-autofocus
          />
          <MultiSelect
            label={i18n._("Members")}
            placeholder={members.length === 0 ? i18n._("Select members") : ""}
            data={people.map((person) => ({ value: String(person.user_id), label: person.name }))}
            value={members}
            onChange={setMembers}
            searchable
            hidePickedOptions
            nothingFoundMessage={i18n._("No matching members")}
          />
          {save.error && <ErrorAlert error={save.error} />}
          <DialogButtons close={close} isPending={save.isPending} mt="xs">
            {team ? i18n._("Save team") : i18n._("Create team")}
          </DialogButtons>
        </Stack>
      </form>
    </Modal>
  );
}
