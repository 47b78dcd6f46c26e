import type { I18n } from "@lingui/core";
import { useLingui } from "@lingui/react";
import { ActionIcon, Group, Select, Skeleton, Switch, Table, Text, Tooltip } from "@mantine/core";
import { IconArrowsLeftRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Schemas, unwrap } from "../../../shared/api/client";
import { ErrorAlert } from "../../../shared/ui/feedback";
import { moment, percent } from "../../../shared/ui/numbers";
import type { Project } from "../project-frame";
import styles from "./compare.module.css";
import { eventTitle } from "./event-title";
import { type Labels, type Mark, MarkShape } from "./mark-shape";

type Event = Schemas["TaskEventOut"];
type Difference = Schemas["AnnotationDifferenceOut"];
type Part = Schemas["PartDifferenceOut"];
type Piece = Mark & { start?: number; end?: number; number?: number; from?: string; to?: string };

const COLORS = { first: "#1769e0", second: "#e8590c" };
const DASHES = { first: undefined, second: "6 4" };
const MOST_PIXELS = 30_000_000; // of a picture that is shown whole here

/** Any two annotations of an item, also the model's, drawn together, with what they say differently. */
export function CompareTab({
  project,
  task,
  events,
  thumbnail,
}: {
  project: Project;
  task: Schemas["TaskOut"];
  events: Event[];
  thumbnail: string;
}) {
  const { i18n } = useLingui();
  const choices = references(i18n, events, task);
  const [chosen, choose] = useState<[string, string] | null>(null);
  const [showsSame, showSame] = useState(false);
  const [pointed, point] = useState<number | null>(null);
  const [first, second] = chosen ?? [choices.at(-2)?.value ?? "", choices.at(-1)?.value ?? ""];
  const result = useQuery({
    queryKey: ["task-difference", task.id, first, second],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/tasks/{task_id}/difference/", {
          params: { path: { task_id: task.id }, query: { first, second } },
        }),
      ),
    enabled: first !== "" && second !== "",
  });
  if (choices.length < 2)
    return (
      <Text size="sm" c="dimmed">
        {i18n._("Two annotations, or an annotation and a prediction, are needed to compare.")}
      </Text>
    );
  const change = (side: 0 | 1, value: string | null) => {
    const after: [string, string] = [first, second];
    after[side] = value ?? after[side];
    choose(after);
  };
  const rows = (result.data?.parts ?? []).map((part, place) => ({ part, place }));
  const shown = rows.filter(({ part }) => showsSame || part.state !== "same");
  return (
    <>
      <Group gap="xs" align="end" wrap="nowrap" mb="sm">
        <Select
          flex={1}
          size="sm"
          label={i18n._("Annotation {name}", { name: "A" })}
          allowDeselect={false}
          data={choices}
          value={first}
          onChange={(value) => change(0, value)}
        />
        <Tooltip label={i18n._("Swap A and B")}>
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={i18n._("Swap A and B")}
            onClick={() => choose([second, first])}
          >
            <IconArrowsLeftRight size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <Select
          flex={1}
          size="sm"
          label={i18n._("Annotation {name}", { name: "B" })}
          allowDeselect={false}
          data={choices}
          value={second}
          onChange={(value) => change(1, value)}
        />
      </Group>
      {result.error && <ErrorAlert error={result.error} retry={() => void result.refetch()} />}
      {result.isPending && <Skeleton height={180} role="status" aria-label={i18n._("Loading…")} />}
      {result.data && (
        <>
          <Text size="sm" role="status" mb="xs">
            {inOneSentence(i18n, result.data)}
          </Text>
          <Drawing
            project={project}
            task={task}
            thumbnail={thumbnail}
            parts={rows.filter(({ part, place }) => showsSame || part.state !== "same" || place === pointed)}
            pointed={pointed}
          />
          {result.data.same_count > 0 && (
            <Switch
              my="xs"
              size="sm"
              label={i18n._("Show what is the same ({count})", { count: result.data.same_count })}
              checked={showsSame}
              onChange={(event) => showSame(event.currentTarget.checked)}
            />
          )}
          {shown.length > 0 && (
            <Table.ScrollContainer minWidth={380}>
              <Table aria-label={i18n._("Differences")} verticalSpacing={4}>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th scope="col">{i18n._("Found in")}</Table.Th>
                    <Table.Th scope="col">{i18n._("What")}</Table.Th>
                    <Table.Th scope="col">{i18n._("Difference")}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {shown.map(({ part, place }) => (
                    <Table.Tr
                      key={place}
                      tabIndex={0}
                      className={styles.row}
                      data-pointed={place === pointed || undefined}
                      onMouseEnter={() => point(place)}
                      onMouseLeave={() => point(null)}
                      onFocus={() => point(place)}
                      onBlur={() => point(null)}
                    >
                      <Table.Td>
                        <Sides part={part} />
                      </Table.Td>
                      <Table.Td>{whatItIs(i18n, part, project.labels, task.item.text)}</Table.Td>
                      <Table.Td>{inWords(i18n, part)}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          )}
        </>
      )}
    </>
  );
}

function references(i18n: I18n, events: Event[], task: Schemas["TaskOut"]) {
  const matches = events
    .filter((event) => event.annotation_id)
    .map((event) => ({
      value: String(event.annotation_id),
      label: [eventTitle(i18n, event.type), event.actor, moment(event.created_at, i18n.locale)]
        .filter(Boolean)
        .join(" · "),
    }));
  const prediction = task.pre_annotation;
  return prediction
    ? [...matches, { value: "prediction", label: `${i18n._("Prediction")} · ${prediction.model}` }]
    : matches;
}

function inOneSentence(i18n: I18n, difference: Difference): string {
  const counts: [number, string][] = [
    [difference.changed_count, i18n._("{count} changed", { count: difference.changed_count })],
    [difference.only_first_count, i18n._("{count} only in A", { count: difference.only_first_count })],
    [difference.only_second_count, i18n._("{count} only in B", { count: difference.only_second_count })],
    [difference.same_count, i18n._("{count} the same", { count: difference.same_count })],
  ];
  const similarity = i18n._("Similarity {share}", { share: percent(difference.similarity, i18n.locale, 0) });
  return [similarity, ...counts.filter(([number]) => number > 0).map(([, text]) => text)].join(" · ");
}

function Sides({ part }: { part: Part }) {
  return (
    <span className={styles.sides}>
      {part.first && <span className={styles.a}>A</span>}
      {part.second && <span className={styles.b}>B</span>}
    </span>
  );
}

function whatItIs(i18n: I18n, part: Part, labels: Labels, text: string): string {
  const [a, b] = [part.first as Piece | null, part.second as Piece | null];
  const name = (id: string | undefined) => labels.find((label) => label.id === id)?.name ?? id ?? "";
  const numbers = [a?.number, b?.number].filter((number) => number !== undefined);
  if (numbers.length > 0) return numbers.join(" → ");
  const both = [...new Set([a, b].filter(Boolean).map((entry) => name(entry?.label)))].filter(Boolean);
  const title = both.join(" → ") || i18n._("Item");
  const span = a ?? b;
  if (part.part !== "span" || span?.start === undefined) return title;
  return `${title}: “${Array.from(text).slice(span.start, span.end).join("").slice(0, 60)}”`;
}

function inWords(i18n: I18n, part: Part): string {
  if (part.state === "only_first") return i18n._("Only in A");
  if (part.state === "only_second") return i18n._("Only in B");
  if (part.state === "same") return i18n._("Same");
  const share = percent(part.similarity ?? 0, i18n.locale, 0);
  const words = {
    label: i18n._("Label changed"),
    geometry:
      part.part === "item"
        ? i18n._("Value changed, similarity {share}", { share })
        : i18n._("Moved, similarity {share}", { share }),
    attributes: i18n._("Attributes changed"),
    value: i18n._("Value changed"),
  };
  return part.changes.map((change) => words[change]).join(", ");
}

/** Both annotations over the item: A in solid blue, B in dashed orange. */
function Drawing({
  project,
  task,
  thumbnail,
  parts,
  pointed,
}: {
  project: Project;
  task: Schemas["TaskOut"];
  thumbnail: string;
  parts: { part: Part; place: number }[];
  pointed: number | null;
}) {
  const { i18n } = useLingui();
  const { width, height, image, text } = task.item;
  const regions = parts.filter(({ part }) => part.part === "region");
  const spans = parts.filter(({ part }) => part.part === "span");
  if (regions.length === 0 && spans.length === 0) return null;
  const legend = (
    <Text size="xs" c="dimmed" component="p" m={0} className={styles.legend}>
      <span>
        <span className={styles.a}>A</span> {i18n._("blue, solid")}
      </span>
      <span>
        <span className={styles.b}>B</span> {i18n._("orange, dashed")}
      </span>
      <span>{i18n._("Thick: only one has it")}</span>
    </Text>
  );
  if (spans.length > 0)
    return (
      <>
        <MarkedText text={text} spans={spans} pointed={pointed} />
        {legend}
      </>
    );
  if (!image || !width || !height) return null;
  const source = width * height > MOST_PIXELS && thumbnail ? thumbnail : image;
  const byId = new Map(project.labels.map((label) => [label.id, label]));
  return (
    <>
      <span className={styles.picture} style={{ aspectRatio: `${width} / ${height}` }}>
        <img src={source} alt={task.item.name} />
        <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="xMidYMid meet" aria-hidden>
          {regions.map(({ part, place }) => (
            <g
              key={place}
              data-state={part.state}
              data-pointed={place === pointed || undefined}
              opacity={pointed === null || place === pointed ? 1 : 0.35}
            >
              {(["first", "second"] as const).map((side) => {
                const mark = part[side] as Mark | null;
                if (!mark) return null;
                const label = byId.get(String(mark.label));
                return (
                  <MarkShape
                    key={side}
                    mark={mark}
                    label={label}
                    color={COLORS[side]}
                    dashes={DASHES[side]}
                  />
                );
              })}
            </g>
          ))}
        </svg>
      </span>
      {legend}
    </>
  );
}

function MarkedText({
  text,
  spans,
  pointed,
}: {
  text: string;
  spans: { part: Part; place: number }[];
  pointed: number | null;
}) {
  const characters = Array.from(text);
  const cuts = new Set([0, characters.length]);
  for (const { part } of spans)
    for (const side of [part.first, part.second] as (Piece | null)[])
      if (side?.start !== undefined && side.end !== undefined) cuts.add(side.start).add(side.end);
  const at = [...cuts].filter((cut) => cut <= characters.length).sort((a, b) => a - b);
  const covers = (side: Part["first"], start: number, end: number) => {
    const piece = side as Piece | null;
    return piece?.start !== undefined && piece.start <= start && (piece.end ?? 0) >= end;
  };
  return (
    <p className={styles.words}>
      {at.slice(1).map((end, place) => {
        const start = at[place] ?? 0;
        const here = characters.slice(start, end).join("");
        const inFirst = spans.some(({ part }) => covers(part.first, start, end));
        const inSecond = spans.some(({ part }) => covers(part.second, start, end));
        if (!inFirst && !inSecond) return here;
        const isPointed = spans.some(
          (span) =>
            span.place === pointed &&
            (covers(span.part.first, start, end) || covers(span.part.second, start, end)),
        );
        return (
          <mark
            key={start}
            data-first={inFirst || undefined}
            data-second={inSecond || undefined}
            data-pointed={isPointed || undefined}
          >
            {here}
          </mark>
        );
      })}
    </p>
  );
}
