import { useLingui } from "@lingui/react";
import { ActionIcon, Group, MultiSelect, Text, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import type { Schemas } from "../../../shared/api/client";
import { AddByName } from "./add-by-name";
import styles from "./schema.module.css";
import { SkeletonFigure } from "./skeleton-figure";

type Skeleton = Schemas["SkeletonIn"];
type Edge = [number, number];

/** Keypoints by name, in the order in which they are placed; what joins them is seen on the figure at once. */
export function SkeletonEditor({
  name,
  skeleton,
  color,
  onChange,
}: {
  name: string;
  skeleton: Skeleton;
  color: string;
  onChange: (skeleton: Skeleton) => void;
}) {
  const { i18n } = useLingui();
  const { points } = skeleton;
  const edges: Edge[] = skeleton.edges ?? [];
  const add = (text: string) => {
    const names = text
      .split(",")
      .map((part) => part.trim().slice(0, 80))
      .filter((point) => point && !points.includes(point));
    if (names.length === 0) return false;
    onChange({ points: [...points, ...new Set(names)], edges });
    return true;
  };
  const remove = (place: number) => {
    const shift = (at: number) => (at > place ? at - 1 : at);
    onChange({
      points: points.filter((_, at) => at !== place),
      edges: edges
        .filter(([a, b]) => a !== place && b !== place)
        .map(([a, b]) => [shift(a), shift(b)] as Edge),
    });
  };
  const connect = (place: number, others: string[]) =>
    onChange({
      points,
      edges: [
        ...edges.filter(([a, b]) => a !== place && b !== place),
        ...others.map((other) => [place, Number(other)] as Edge),
      ],
    });
  const join = (a: number, b: number) => {
    const others = edges.filter(([c, d]) => !(c === a && d === b) && !(c === b && d === a));
    onChange({ points, edges: others.length < edges.length ? others : [...edges, [a, b]] });
  };
  const partners = (place: number) =>
    edges.flatMap(([a, b]) => (a === place ? [String(b)] : b === place ? [String(a)] : []));
  return (
    <div className={styles.skeleton}>
      <div>
        <SkeletonFigure skeleton={skeleton} color={color} size={200} join={join} />
        <Text size="xs" c="dimmed" maw={200}>
          {i18n._("Click two keypoints to connect or disconnect them.")}
        </Text>
      </div>
      <div className={styles.points}>
        <Text size="sm" c="dimmed" mb="xs">
          {i18n._("Annotators place the keypoints in this order.")}
        </Text>
        <ol>
          {points.map((point, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a keypoint is its place; its name is being typed
            <li key={place}>
              <Group gap={6} wrap="nowrap" align="start">
                <Text size="sm" w={24} ta="end" pt={7} className="num">
                  {place + 1}
                </Text>
                <TextInput
                  flex="1 1 8rem"
                  value={point}
                  maxLength={80}
                  required
                  aria-label={i18n._("Keypoint {number} of {name}", { number: place + 1, name })}
                  onChange={(event) => {
                    const next = event.currentTarget.value;
                    onChange({ points: points.map((value, at) => (at === place ? next : value)), edges });
                  }}
                />
                <MultiSelect
                  flex="1 1 8rem"
                  aria-label={i18n._("Connected to {point}", { point })}
                  placeholder={partners(place).length === 0 ? i18n._("Connected to") : ""}
                  data={points.flatMap((other, at) =>
                    at === place ? [] : [{ value: String(at), label: other || String(at + 1) }],
                  )}
                  value={partners(place)}
                  onChange={(others) => connect(place, others)}
                />
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size={36}
                  aria-label={i18n._("Remove {name}", { name: point })}
                  onClick={() => remove(place)}
                >
                  <IconTrash size={16} aria-hidden />
                </ActionIcon>
              </Group>
            </li>
          ))}
        </ol>
        <AddByName label={i18n._("New keypoint")} button={i18n._("Add keypoint")} add={add} />
      </div>
    </div>
  );
}
