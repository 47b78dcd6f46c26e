import type { I18n } from "@lingui/core";
import { useLingui } from "@lingui/react";
import { Button, Drawer, Group, Skeleton, Tabs, Text, Textarea, Timeline } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation } from "react-router";
import { brief } from "../../../editor/core/brief";
import { kindOf } from "../../../editor/core/kinds";
import { api, type Schemas, unwrap } from "../../../shared/api/client";
import { useMay } from "../../../shared/api/session";
import { ErrorAlert } from "../../../shared/ui/feedback";
import { NeighborButtons, type Neighbors } from "../../../shared/ui/list/neighbors";
import type { OpenedList } from "../../../shared/ui/list/opened-list";
import { moment, percent } from "../../../shared/ui/numbers";
import { fromItems } from "../../../shared/ui/origin";
import type { Project } from "../project-frame";
import { CompareTab } from "./compare-tab";
import { CorrectLabel } from "./correct-label";
import { eventTitle } from "./event-title";
import { TaskState } from "./item-parts";
import { ItemPicture } from "./item-picture";
import styles from "./items.module.css";

type Event = Schemas["TaskEventOut"];

/** One item beside the list: picture, annotations, history, comments, prediction; its neighbors by arrow keys. */
export function ItemDrawer({
  project,
  taskId,
  row,
  annotatedIds,
  neighbors,
  open,
}: {
  project: Project;
  taskId: number;
  /** As the list has it; missing where a link leads to an item that the list does not show. */
  row: Schemas["TaskRow"] | undefined;
  /** The rows of the list that have an annotation: the editor goes from one to the next. */
  annotatedIds: number[];
  neighbors: Neighbors;
  open: (taskId: number | null) => void;
}) {
  const { i18n } = useLingui();
  const { search } = useLocation();
  const path = { params: { path: { task_id: taskId } } };
  const task = useQuery({
    queryKey: ["task", taskId],
    queryFn: () => unwrap(api.GET("/api/v1/tasks/{task_id}/", path)),
  });
  const history = useQuery({
    queryKey: ["task-history", taskId],
    queryFn: () => unwrap(api.GET("/api/v1/tasks/{task_id}/history/", path)),
  });
  const mayReview = useMay("labels.review");
  const [tab, setTab] = useState("annotations");
  const names = new Map(project.labels.map((label) => [label.id, label.name]));
  const events = history.data?.results ?? [];
  const annotations = events.filter((event) => event.value);
  const inWords = (event: Event) =>
    event.value ? valueInWords(project, event.value, names) : (event.text ?? "");
  const prediction = task.data?.pre_annotation;
  const isAnnotated = row ? row.value !== null : annotations.length > 0;
  return (
    <Drawer
      opened
      onClose={() => open(null)}
      position="right"
      size="lg"
      title={row?.name ?? task.data?.item.name ?? i18n._("Item")}
    >
      <Group justify="space-between" mb="sm">
        <Group gap="sm">
          <NeighborButtons neighbors={neighbors} />
          {row && <TaskState state={row.state} />}
        </Group>
        {!project.archived && (
          <Button
            component={Link}
            to={`/${isAnnotated ? "review" : "label"}/${project.id}?task=${taskId}&${fromItems(search)}`}
            state={{ list: { ids: isAnnotated ? annotatedIds : [] } satisfies OpenedList }}
            leftSection={<IconPencil size={16} aria-hidden />}
          >
            {i18n._("Open in editor")}
          </Button>
        )}
      </Group>
      {row?.image && tab !== "compare" && (
        <span className={styles.large}>
          <ItemPicture row={row} labels={project.labels} />
        </span>
      )}
      {task.error && <ErrorAlert error={task.error} retry={() => void task.refetch()} />}
      {task.isPending && <Skeleton height={60} mt="sm" />}
      {task.data?.item.image && !row?.image && (
        <img src={task.data.item.image} alt={task.data.item.name} className={styles.alone} />
      )}
      {task.data && !row?.image && (
        <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
          {task.data.item.text}
        </Text>
      )}
      {row && (
        <dl className={styles.facts} style={{ marginBlock: "0.75rem" }}>
          {facts(i18n, row).map(([title, text]) => (
            <div key={title} style={{ display: "contents" }}>
              <dt>{title}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      )}
      {row?.value && typeof row.value.label === "string" && mayReview && !project.archived && (
        <CorrectLabel key={taskId} project={project} taskId={taskId} current={row.value.label} />
      )}
      <Tabs
        value={tab}
        onChange={(value) => setTab(value ?? "annotations")}
        keepMounted={false}
        styles={{ tab: { paddingInline: "var(--mantine-spacing-xs)" } }}
      >
        <Tabs.List>
          <Tabs.Tab value="annotations">
            {i18n._("Annotations")} ({annotations.length})
          </Tabs.Tab>
          <Tabs.Tab value="compare">{i18n._("Compare")}</Tabs.Tab>
          <Tabs.Tab value="history">{i18n._("History")}</Tabs.Tab>
          <Tabs.Tab value="comments">
            {i18n._("Comments")}
            {task.data && task.data.unresolved_comments > 0 && ` (${task.data.unresolved_comments})`}
          </Tabs.Tab>
          <Tabs.Tab value="predictions">{i18n._("Prediction")}</Tabs.Tab>
          <Tabs.Tab value="metadata">{i18n._("Metadata")}</Tabs.Tab>
        </Tabs.List>
        {history.error && <ErrorAlert error={history.error} retry={() => void history.refetch()} />}
        <Tabs.Panel value="annotations" pt="sm">
          {history.data && annotations.length === 0 && <None>{i18n._("No annotations yet.")}</None>}
          <Events events={annotations} inWords={inWords} />
        </Tabs.Panel>
        <Tabs.Panel value="compare" pt="sm">
          {task.data && history.data && (
            <CompareTab
              key={taskId}
              project={project}
              task={task.data}
              events={events}
              thumbnail={row?.image ?? ""}
            />
          )}
        </Tabs.Panel>
        <Tabs.Panel value="history" pt="sm">
          {history.data && events.length === 0 && <None>{i18n._("No activity yet.")}</None>}
          <Events events={events} inWords={inWords} />
        </Tabs.Panel>
        <Tabs.Panel value="comments" pt="sm">
          <Comments key={taskId} taskId={taskId} isReadOnly={project.archived} />
        </Tabs.Panel>
        <Tabs.Panel value="predictions" pt="sm">
          {task.data && !prediction && <None>{i18n._("No prediction for this item.")}</None>}
          {prediction && (
            <Text size="sm">
              {valueInWords(project, prediction.value, names)}
              <Text span c="dimmed">
                {` · ${prediction.model}`}
                {prediction.score !== null &&
                  ` · ${i18n._("confidence {share}", { share: percent(prediction.score, i18n.locale, 0) })}`}
              </Text>
            </Text>
          )}
        </Tabs.Panel>
        <Tabs.Panel value="metadata" pt="sm">
          {task.data && Object.keys(task.data.item.meta).length === 0 && (
            <None>{i18n._("No metadata.")}</None>
          )}
          <dl className={styles.facts}>
            {Object.entries(task.data?.item.meta ?? {}).map(([key, value]) => (
              <div key={key} style={{ display: "contents" }}>
                <dt>{key}</dt>
                <dd>{typeof value === "object" ? JSON.stringify(value) : String(value)}</dd>
              </div>
            ))}
          </dl>
        </Tabs.Panel>
      </Tabs>
    </Drawer>
  );
}

function valueInWords(project: Project, value: Record<string, unknown>, names: Map<string, string>): string {
  if (typeof value.number === "number") return String(value.number);
  return brief(kindOf(project.project_type), value, names);
}

function facts(i18n: I18n, row: Schemas["TaskRow"]): [title: string, text: string][] {
  const matches: [string, string][] = [
    [i18n._("Annotator"), row.annotator],
    [i18n._("Agreement"), row.agreement === null ? "" : percent(row.agreement, i18n.locale, 0)],
    [i18n._("Assigned to"), row.assignee || row.team],
    [i18n._("Skip reason"), row.skip_reason],
    [i18n._("Size"), row.width && row.height ? `${row.width} × ${row.height} px` : ""],
  ];
  return matches.filter(([, text]) => text !== "");
}

function None({ children }: { children: string }) {
  return (
    <Text size="sm" c="dimmed">
      {children}
    </Text>
  );
}

function Events({ events, inWords }: { events: Event[]; inWords: (event: Event) => string }) {
  const { i18n } = useLingui();
  return (
    <Timeline bulletSize={14} lineWidth={2} active={events.length}>
      {events.map((event) => (
        <Timeline.Item
          key={`${event.type} ${event.created_at}`}
          title={
            <Text size="sm" fw={600}>
              {eventTitle(i18n, event.type)}
            </Text>
          }
        >
          <Text size="sm">{inWords(event)}</Text>
          <Text size="xs" c="dimmed">
            {[event.actor, moment(event.created_at, i18n.locale)].filter(Boolean).join(" · ")}
          </Text>
        </Timeline.Item>
      ))}
    </Timeline>
  );
}

function Comments({ taskId, isReadOnly }: { taskId: number; isReadOnly: boolean }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const [text, setText] = useState("");
  const comments = useQuery({
    queryKey: ["task-comments", taskId],
    queryFn: () =>
      unwrap(api.GET("/api/v1/tasks/{task_id}/comments/", { params: { path: { task_id: taskId } } })),
  });
  const refresh = () => {
    void queries.invalidateQueries({ queryKey: ["task-comments", taskId] });
    void queries.invalidateQueries({ queryKey: ["task", taskId] });
    void queries.invalidateQueries({ queryKey: ["task-history", taskId] });
  };
  const post = useMutation({
    mutationFn: () =>
      unwrap(
        api.POST("/api/v1/tasks/{task_id}/comments/", {
          params: { path: { task_id: taskId } },
          body: { text: text.trim() },
        }),
      ),
    onSuccess: () => {
      setText("");
      refresh();
    },
  });
  const resolve = useMutation({
    mutationFn: ({ id, isResolved }: { id: number; isResolved: boolean }) =>
      unwrap(
        api.PATCH("/api/v1/comments/{comment_id}/", {
          params: { path: { comment_id: id } },
          body: { is_resolved: isResolved },
        }),
      ),
    onSuccess: refresh,
  });
  const error = comments.error ?? post.error ?? resolve.error;
  return (
    <>
      {comments.isPending && <Skeleton height={40} />}
      {comments.data?.results.length === 0 && <None>{i18n._("No comments yet.")}</None>}
      {comments.data?.results.map((row) => (
        <Group key={row.id} justify="space-between" align="start" wrap="nowrap" mb="xs">
          <div>
            <Text size="sm" td={row.is_resolved ? "line-through" : undefined}>
              {row.text}
            </Text>
            <Text size="xs" c="dimmed">
              {[row.author, moment(row.created_at, i18n.locale)].filter(Boolean).join(" · ")}
            </Text>
          </div>
          {!isReadOnly && (
            <Button
              variant="subtle"
              size="compact-sm"
              onClick={() => resolve.mutate({ id: row.id, isResolved: !row.is_resolved })}
            >
              {row.is_resolved ? i18n._("Reopen") : i18n._("Resolve")}
            </Button>
          )}
        </Group>
      ))}
      {error && <ErrorAlert error={error} />}
      {!isReadOnly && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            post.mutate();
          }}
        >
          <Textarea
            label={i18n._("Comment")}
            value={text}
            maxLength={2000}
            minRows={2}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button type="submit" mt="xs" loading={post.isPending} disabled={!text.trim()}>
            {i18n._("Post")}
          </Button>
        </form>
      )}
    </>
  );
}
