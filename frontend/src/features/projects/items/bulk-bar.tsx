import { useLingui } from "@lingui/react";
import { Anchor, Button, CloseButton, Menu, Modal, Select, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowBarToUp, IconDots, IconEye, IconUser } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation } from "react-router";
import { api, type Schemas, unwrap } from "../../../shared/api/client";
import { ConfirmDialog } from "../../../shared/ui/confirm-button";
import { toast, toastError } from "../../../shared/ui/feedback";
import { fromItems } from "../../../shared/ui/origin";
import type { Project } from "../project-frame";
import { stateTitle } from "./item-words";
import styles from "./items.module.css";

type Row = Schemas["TaskRow"];
type Action = Schemas["BulkActionIn"];

const MOST_IN_REVIEW = 100; // tasks that one address holds

/** What is asked before it is done: it cannot be taken back in one step. */
type Question = "require_one_more" | "reopen" | "gold" | "onboarding";

/** What can be done with the selected items: only what applies to at least one of them. */
export function BulkBar({
  project,
  rows,
  state,
  total,
  areAllSelected,
  clear,
}: {
  project: Project;
  rows: Row[];
  /** The state by which alone the list is filtered; empty: it is filtered otherwise, or not at all. */
  state: string;
  total: number;
  areAllSelected: boolean;
  clear: () => void;
}) {
  const { i18n } = useLingui();
  const { search } = useLocation();
  const queries = useQueryClient();
  const [isWholeState, takeWholeState] = useState(false);
  const [question, ask] = useState<Question | null>(null);
  const [isAssigning, assigning] = useDisclosure(false);
  const ids = rows.map((row) => row.id);
  const isAll = isWholeState && state !== "";
  const number = isAll ? total : rows.length;
  const refresh = () => {
    void queries.invalidateQueries({ queryKey: ["tasks", project.id] });
    void queries.invalidateQueries({ queryKey: ["project", project.id] });
  };
  const fail = (error: unknown) =>
    toastError(error instanceof Error ? error.message : i18n._("Something went wrong."));
  const send = (body: Action) =>
    unwrap(
      api.POST("/api/v1/projects/{project_id}/tasks/bulk/", {
        params: { path: { project_id: project.id } },
        body,
      }),
    );
  const reach = (): Pick<Action, "task_ids" | "state"> =>
    isAll ? { state: state as NonNullable<Action["state"]> } : { task_ids: ids };
  const act = useMutation({
    mutationFn: async ({ body, undo }: { body: Action; undo?: (rows: Row[]) => Promise<unknown> }) => {
      const { count: changed } = await send(body);
      return { changed, undo };
    },
    onSuccess: ({ changed, undo }) => {
      const before = rows;
      clear();
      refresh();
      const text = i18n._("{count, plural, one {# item changed.} other {# items changed.}}", {
        count: changed,
      });
      toast(i18n, text, undo && !isAll ? () => undo(before).then(refresh, fail) : undefined);
    },
    onError: fail,
  });
  const gold = useMutation({
    mutationFn: (isQualification: boolean) =>
      Promise.all(
        ids.map((task) =>
          unwrap(
            api.PUT("/api/v1/tasks/{task_id}/gold/", {
              params: { path: { task_id: task } },
              body: { is_qualification: isQualification },
            }),
          ),
        ),
      ),
    onSuccess: () => {
      clear();
      refresh();
      const text = i18n._(
        "{count, plural, one {# item added to the gold set.} other {# items added to the gold set.}}",
        {
          count: ids.length,
        },
      );
      toast(i18n, text, () =>
        Promise.all(
          ids.map((task) =>
            unwrap(api.DELETE("/api/v1/tasks/{task_id}/gold/", { params: { path: { task_id: task } } })),
          ),
        ).then(refresh, fail),
      );
    },
    onError: fail,
  });
  const has = (...states: string[]) =>
    isAll ? states.includes(state) : rows.some((row) => states.includes(row.state));
  const questions: Record<Question, [title: string, consequence: string, confirm: string, run: () => void]> =
    {
      require_one_more: [
        i18n._(
          "{count, plural, one {Request another annotation of # item?} other {Request another annotation of # items?}}",
          { count: number },
        ),
        i18n._("Labeled items return to the queue for one more annotator. Existing annotations are kept."),
        i18n._("Request another annotation"),
        () => act.mutate({ body: { action: "require_one_more", ...reach() } }),
      ],
      reopen: [
        i18n._("{count, plural, one {Reopen # skipped item?} other {Reopen # skipped items?}}", {
          count: isAll ? number : rows.filter((row) => row.state === "skipped").length,
        }),
        i18n._("Skipped items return to the queue, and their skip reasons no longer count."),
        i18n._("Reopen skipped"),
        () => act.mutate({ body: { action: "reopen", ...reach() } }),
      ],
      gold: [
        i18n._("{count, plural, one {Mark # item as gold?} other {Mark # items as gold?}}", {
          count: ids.length,
        }),
        i18n._("Their current annotation becomes the ground truth by which annotators are measured."),
        i18n._("Mark as gold (ground truth)"),
        () => gold.mutate(false),
      ],
      onboarding: [
        i18n._("{count, plural, one {Use # item for onboarding?} other {Use # items for onboarding?}}", {
          count: ids.length,
        }),
        i18n._("New annotators label them first and see the ground truth afterwards."),
        i18n._("Use for onboarding"),
        () => gold.mutate(true),
      ],
    };
  const asked = question && questions[question];
  return (
    <section className={styles.bar} aria-label={i18n._("Selected items")}>
      <CloseButton aria-label={i18n._("Clear selection")} onClick={clear} />
      <Text size="sm" fw={600} role="status">
        {i18n._("{count, plural, one {# item selected} other {# items selected}}", { count: number })}
      </Text>
      {areAllSelected && state !== "" && total > rows.length && !isWholeState && (
        <Anchor component="button" type="button" size="sm" onClick={() => takeWholeState(true)}>
          {i18n._("Select {count, plural, one {# item} other {all # items}}: {state}", {
            count: total,
            state: stateTitle(i18n, state),
          })}
        </Anchor>
      )}
      {!isAll && has("done", "review") && (
        <Button
          component={Link}
          to={`/review/${project.id}?task=${ids.slice(0, MOST_IN_REVIEW).join(",")}&${fromItems(search)}`}
          variant="default"
          size="compact-md"
          leftSection={<IconEye size={15} aria-hidden />}
        >
          {i18n._("Open all")}
        </Button>
      )}
      {has("open") && (
        <Button
          variant="default"
          size="compact-md"
          leftSection={<IconArrowBarToUp size={15} aria-hidden />}
          onClick={() =>
            act.mutate({
              body: { action: "set_priority", priority: 1, ...reach() },
              undo: (before) =>
                Promise.all(
                  grouped(
                    before,
                    (row) => row.priority,
                    (priority, task_ids) => send({ action: "set_priority", priority, task_ids }),
                  ),
                ),
            })
          }
        >
          {i18n._("Move to top of queue")}
        </Button>
      )}
      {has("open") && (
        <Button
          variant="default"
          size="compact-md"
          leftSection={<IconUser size={15} aria-hidden />}
          onClick={assigning.open}
        >
          {i18n._("Assign…")}
        </Button>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" size="compact-md" leftSection={<IconDots size={15} aria-hidden />}>
            {i18n._("More actions")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item disabled={!has("done", "review")} onClick={() => ask("require_one_more")}>
            {i18n._("Request another annotation")}
          </Menu.Item>
          <Menu.Item disabled={!has("skipped")} onClick={() => ask("reopen")}>
            {i18n._("Reopen skipped")}
          </Menu.Item>
          <Menu.Item disabled={isAll || !has("done", "review")} onClick={() => ask("gold")}>
            {i18n._("Mark as gold (ground truth)")}
          </Menu.Item>
          <Menu.Item disabled={isAll || !has("done", "review")} onClick={() => ask("onboarding")}>
            {i18n._("Use for onboarding")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {asked && (
        <ConfirmDialog
          isOpen
          close={() => ask(null)}
          title={asked[0]}
          consequence={asked[1]}
          confirm={asked[2]}
          onConfirm={asked[3]}
          isDestructive={false}
        />
      )}
      <AssignDialog
        isOpen={isAssigning}
        close={assigning.close}
        number={number}
        assign={(to) =>
          act.mutate({
            body: { action: "assign", ...reach(), ...to },
            undo: (before) =>
              Promise.all(
                grouped(
                  before,
                  (row) => `${row.assignee_id}:${row.team_id}`,
                  (_, task_ids, row) =>
                    send({ action: "assign", task_ids, user_id: row.assignee_id, team_id: row.team_id }),
                ),
              ),
          })
        }
      />
    </section>
  );
}

/** One call for all rows that had the same before. */
function grouped<Key, Result>(
  rows: Row[],
  keyOf: (row: Row) => Key,
  run: (key: Key, ids: number[], first: Row) => Result,
): Result[] {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return [...groups].flatMap(([key, members]) =>
    members[0]
      ? [
          run(
            key,
            members.map((row) => row.id),
            members[0],
          ),
        ]
      : [],
  );
}

/** To whom the selected items go: nothing happens before it is confirmed. */
function AssignDialog({
  isOpen,
  close,
  number,
  assign,
}: {
  isOpen: boolean;
  close: () => void;
  number: number;
  assign: (to: { user_id?: number; team_id?: number }) => void;
}) {
  const { i18n } = useLingui();
  const [to, setTo] = useState<string | null>(null);
  const members = useQuery({
    queryKey: ["members", "all"],
    queryFn: () => unwrap(api.GET("/api/v1/members/", { params: { query: { limit: 200 } } })),
    enabled: isOpen,
  });
  const teams = useQuery({
    queryKey: ["teams"],
    queryFn: () => unwrap(api.GET("/api/v1/teams/")),
    enabled: isOpen,
  });
  const run = () => {
    const [what, id] = (to ?? "").split(":");
    close();
    assign(what === "team" ? { team_id: Number(id) } : what === "person" ? { user_id: Number(id) } : {});
  };
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={i18n._("{count, plural, one {Assign # item} other {Assign # items}}", { count: number })}
    >
      <Select
        label={i18n._("Assign to")}
        placeholder={i18n._("Choose a person or a team")}
        searchable
        data={[
          { value: "nobody", label: i18n._("Unassign") },
          {
            group: i18n._("Teams"),
            items: (teams.data?.results ?? []).map((row) => ({ value: `team:${row.id}`, label: row.name })),
          },
          {
            group: i18n._("People"),
            items: (members.data?.results ?? []).map((row) => ({
              value: `person:${row.user_id}`,
              label: row.name,
            })),
          },
        ]}
        value={to}
        onChange={setTo}
      />
      <Button mt="md" fullWidth onClick={run} disabled={to === null}>
        {i18n._("Assign")}
      </Button>
    </Modal>
  );
}
