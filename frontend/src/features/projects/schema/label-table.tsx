import type { I18n } from "@lingui/core";
import { useLingui } from "@lingui/react";
import { ActionIcon, Button, Group, Menu, Select, Text, Textarea, TextInput, Tooltip } from "@mantine/core";
import { IconGripVertical, IconPlus, IconShape, IconSitemap, IconTrash } from "@tabler/icons-react";
import { type DragEvent, type KeyboardEvent, useRef, useState } from "react";
import {
  inTreeOrder,
  isSkeleton,
  type LabelRow,
  labelsOf,
  levelOf,
  moved,
  type Problem,
  parentsFor,
  putUnder,
  type Shape,
  without,
} from "./label-rows";
import styles from "./schema.module.css";
import { SkeletonEditor } from "./skeleton-editor";
import { SkeletonFigure } from "./skeleton-figure";

/** Shapes by the words of the field. */
export function shapeTitle(i18n: I18n, shape: string): string {
  const titles: Record<string, string> = {
    box: i18n._("Bounding box"),
    polygon: i18n._("Polygon"),
    polyline: i18n._("Polyline"),
    skeleton: i18n._("Keypoints"),
    mask: i18n._("Mask"),
    span: i18n._("Text span"),
    relation: i18n._("Relation"),
  };
  return titles[shape] ?? shape;
}

export function problemText(i18n: I18n, problem: Problem | undefined): string | undefined {
  if (!problem) return undefined;
  return {
    no_name: i18n._("A name is required."),
    same_name: i18n._("Another label has this name."),
    same_key: i18n._("Another label has this key."),
    no_points: i18n._("Keypoints are required."),
    no_options: i18n._("Options are required."),
  }[problem];
}

/** The labels of a schema, a row each: order by dragging or arrow keys, color, name, key, shape, keypoints. */
export function LabelTable({
  rows,
  onChange,
  geometries,
  problems,
}: {
  rows: LabelRow[];
  onChange: (rows: LabelRow[]) => void;
  geometries: readonly string[];
  problems: ReadonlyMap<string, Problem>;
}) {
  const { i18n } = useLingui();
  const [dragged, drag] = useState<number | null>(null);
  const [spoken, speak] = useState("");
  const list = useRef<HTMLUListElement>(null);
  const move = (from: number, to: number) => {
    const name = rows[from]?.name ?? "";
    if (to < 0 || to >= rows.length) return;
    onChange(inTreeOrder(moved(rows, from, to)));
    speak(i18n._("{name} is label {place} of {count}", { name, place: to + 1, count: rows.length }));
  };
  const change = (id: string, part: Partial<LabelRow>) =>
    onChange(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  return (
    <>
      <ul className={styles.rows} ref={list} aria-label={i18n._("Labels")}>
        {rows.map((row, place) => (
          <Row
            key={row.id}
            row={row}
            geometries={geometries}
            problem={problems.get(row.id)}
            isDragged={dragged === place}
            change={(part) => change(row.id, part)}
            level={levelOf(rows, row)}
            parents={parentsFor(rows, row)}
            putUnder={(parent) => onChange(putUnder(rows, row.id, parent))}
            remove={() => onChange(without(rows, row.id))}
            handle={{
              onDragStart: () => drag(place),
              onDragEnd: () => drag(null),
              onKeyDown: (event) => {
                if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
                event.preventDefault();
                move(place, place + (event.key === "ArrowUp" ? -1 : 1));
              },
            }}
            onDragOver={(event) => {
              event.preventDefault();
              if (dragged === null || dragged === place) return;
              move(dragged, place);
              drag(place);
            }}
          />
        ))}
      </ul>
      <span className={styles.spoken} role="status">
        {spoken}
      </span>
      <AddLabels rows={rows} geometries={geometries} onChange={onChange} />
    </>
  );
}

interface Handle {
  onDragStart: () => void;
  onDragEnd: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
}

function Row({
  row,
  geometries,
  problem,
  isDragged,
  level,
  parents,
  putUnder,
  change,
  remove,
  handle,
  onDragOver,
}: {
  level: number;
  parents: readonly LabelRow[];
  putUnder: (parent: string) => void;
  row: LabelRow;
  geometries: readonly string[];
  problem: Problem | undefined;
  isDragged: boolean;
  change: (part: Partial<LabelRow>) => void;
  remove: () => void;
  handle: Handle;
  onDragOver: (event: DragEvent) => void;
}) {
  const { i18n } = useLingui();
  const [isOpen, open] = useState(false);
  const name = row.name || row.id;
  const hasPoints = isSkeleton(row, geometries);
  const fault = problemText(i18n, problem);
  const isAboutKey = problem === "same_key";
  return (
    <li
      className={styles.row}
      data-dragged={isDragged || undefined}
      style={{ marginInlineStart: `${level * 1.6}rem` }}
      onDragOver={onDragOver}
    >
      <Group gap={6} wrap="nowrap" align="start">
        <Tooltip label={i18n._("Drag, or use the arrow keys")}>
          <button
            type="button"
            draggable
            className={styles.handle}
            aria-label={i18n._("Move {name}", { name })}
            {...handle}
          >
            <IconGripVertical size={16} aria-hidden />
          </button>
        </Tooltip>
        <input
          type="color"
          className={styles.color}
          value={row.color}
          aria-label={i18n._("Color of {name}", { name })}
          onChange={(event) => change({ color: event.currentTarget.value })}
        />
        <TextInput
          flex="1 1 8rem"
          miw={90}
          value={row.name}
          maxLength={80}
          aria-label={i18n._("Name of {name}", { name: row.id })}
          error={isAboutKey ? undefined : fault}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <TextInput
          w={52}
          value={row.key}
          maxLength={1}
          placeholder="–"
          aria-label={i18n._("Key of {name}", { name })}
          title={isAboutKey ? fault : undefined}
          error={isAboutKey}
          onChange={(event) =>
            change({ key: event.currentTarget.value.toLowerCase().replace(/[^0-9a-z]/g, "") })
          }
          classNames={{ input: styles.key }}
        />
        {geometries.length > 1 && (
          <Select
            w={140}
            visibleFrom="xs"
            value={row.shape ?? ""}
            aria-label={i18n._("Shape of {name}", { name })}
            data={shapeChoices(i18n, geometries)}
            allowDeselect={false}
            onChange={(shape) => change({ shape: (shape ?? "") as Shape })}
          />
        )}
        {hasPoints && (
          <Button
            variant="default"
            px="xs"
            leftSection={<IconShape size={16} aria-hidden />}
            aria-expanded={isOpen}
            aria-label={i18n._("Keypoints of {name}", { name })}
            onClick={() => open(!isOpen)}
          >
            {row.skeleton?.points.length ?? 0}
          </Button>
        )}
        {(parents.length > 0 || row.parent) && (
          <ParentMenu name={name} parent={row.parent ?? ""} parents={parents} choose={putUnder} />
        )}
        <Tooltip label={i18n._("Remove")}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={36}
            aria-label={i18n._("Remove {name}", { name })}
            onClick={remove}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Group>
      {geometries.length > 1 && (
        <Select
          hiddenFrom="xs"
          mt={6}
          ml={30}
          value={row.shape ?? ""}
          aria-label={i18n._("Shape of {name}", { name })}
          data={shapeChoices(i18n, geometries)}
          allowDeselect={false}
          onChange={(shape) => change({ shape: (shape ?? "") as Shape })}
        />
      )}
      {isAboutKey && (
        <Text size="xs" c="var(--bad)" ml={30}>
          {fault}
        </Text>
      )}
      {hasPoints && (isOpen || problem === "no_points") && (
        <SkeletonEditor
          name={name}
          skeleton={row.skeleton ?? { points: [] }}
          color={row.color}
          onChange={(skeleton) => change({ skeleton })}
        />
      )}
      {hasPoints && !isOpen && row.skeleton && row.skeleton.points.length > 0 && (
        <SkeletonFigure skeleton={row.skeleton} color={row.color} size={72} />
      )}
    </li>
  );
}

/** Under which label this one stands. */
function ParentMenu({
  name,
  parent,
  parents,
  choose,
}: {
  name: string;
  parent: string;
  parents: readonly LabelRow[];
  choose: (parent: string) => void;
}) {
  const { i18n } = useLingui();
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <Tooltip label={i18n._("Group under…")}>
          <ActionIcon
            variant={parent ? "light" : "subtle"}
            color={parent ? undefined : "gray"}
            size={36}
            aria-label={i18n._("Group {name} under…", { name })}
          >
            <IconSitemap size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown mah={320} style={{ overflowY: "auto" }}>
        <Menu.Label>{i18n._("Group under…")}</Menu.Label>
        <Menu.Item disabled={parent === ""} onClick={() => choose("")}>
          {i18n._("No parent")}
        </Menu.Item>
        {parents.map((row) => (
          <Menu.Item key={row.id} disabled={row.id === parent} onClick={() => choose(row.id)}>
            {row.name || row.id}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function shapeChoices(i18n: I18n, geometries: readonly string[]): { value: string; label: string }[] {
  const isText = geometries.includes("span");
  const shapes = geometries.filter((shape) => shape !== "span");
  return [
    { value: "", label: isText ? i18n._("Text span") : i18n._("Any shape") },
    ...shapes.map((shape) => ({ value: shape, label: shapeTitle(i18n, shape) })),
  ];
}

/** One label by Enter, or many pasted at once, one a line. */
function AddLabels({
  rows,
  geometries,
  onChange,
}: {
  rows: LabelRow[];
  geometries: readonly string[];
  onChange: (rows: LabelRow[]) => void;
}) {
  const { i18n } = useLingui();
  const [text, setText] = useState("");
  const [isMany, setMany] = useState(false);
  const add = (lines: string) => {
    const made = labelsOf(lines, rows);
    if (made.length === 0) return;
    setText("");
    setMany(false);
    const start = geometries.length === 1 && geometries[0] === "skeleton" ? { points: [] } : null;
    onChange([...rows, ...made.map((row) => ({ ...row, skeleton: row.skeleton ?? start }))]);
  };
  const paste = (pasted: string) => {
    if (!pasted.trim().includes("\n")) return false;
    add(pasted);
    return true;
  };
  if (isMany)
    return (
      <>
        <Textarea
          mt="xs"
          label={i18n._("Labels, one per line")}
          value={text}
          data-autofocus
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Group mt="xs" gap="xs">
          <Button variant="light" onClick={() => add(text)}>
            {i18n._("Add labels")}
          </Button>
          <Button variant="subtle" color="gray" onClick={() => setMany(false)}>
            {i18n._("Cancel")}
          </Button>
        </Group>
      </>
    );
  return (
    <Group mt="xs" gap="xs" align="end">
      <TextInput
        flex="1 1 12rem"
        maw={320}
        label={i18n._("New label")}
        placeholder={i18n._("Name, then Enter")}
        value={text}
        maxLength={2000}
        onChange={(event) => setText(event.currentTarget.value)}
        onPaste={(event) => {
          if (paste(event.clipboardData.getData("text"))) event.preventDefault();
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          add(text);
        }}
      />
      <Button
        variant="light"
        leftSection={<IconPlus size={16} aria-hidden />}
        onClick={() => add(text)}
        disabled={text.trim() === ""}
      >
        {i18n._("Add label")}
      </Button>
      <Button variant="subtle" color="gray" onClick={() => setMany(true)}>
        {i18n._("Paste a list…")}
      </Button>
    </Group>
  );
}
