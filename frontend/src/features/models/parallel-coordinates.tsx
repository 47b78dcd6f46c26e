import { useLingui } from "@lingui/react";
import { Button, Group, Table } from "@mantine/core";
import { type KeyboardEvent, useState } from "react";
import chartStyles from "../../shared/ui/chart/chart.module.css";
import { looksOf } from "../../shared/ui/chart/look";
import type { ParallelAxis, Subject } from "./compare-subjects";
import styles from "./parallel-coordinates.module.css";

const TOP = 46;
const HEIGHT = 300;
const STEP = 150; // pixels from one axis to the next
const SIDE = 70;

/** A line for each subject over an axis for each parameter that differs and each metric. A table has the same values. */
export function ParallelCoordinates({
  subjects,
  axes,
  titleOf,
}: {
  subjects: Subject[];
  axes: ParallelAxis[];
  titleOf: (axis: ParallelAxis) => string;
}) {
  const { i18n } = useLingui();
  const [at, setAt] = useState<number | null>(null);
  const [isTable, setTable] = useState(false);
  const figure = (value: number) =>
    new Intl.NumberFormat(i18n.locale, { maximumSignificantDigits: 4 }).format(value);
  const valueText = (axis: ParallelAxis, index: number) => {
    const value = axis.values[index];
    if (value === null || value === undefined) return "–";
    return axis.categories?.[value] ?? figure(value);
  };
  const looks = looksOf(subjects.map(({ key, name }) => ({ key, name, mark: "line" as const, points: [] })));
  const width = 2 * SIDE + STEP * (axes.length - 1);
  const x = (index: number) => SIDE + STEP * index;
  const y = (axis: ParallelAxis, value: number) =>
    axis.high === axis.low
      ? TOP + (HEIGHT - TOP - 24) / 2
      : HEIGHT - 24 - ((value - axis.low) / (axis.high - axis.low)) * (HEIGHT - TOP - 24);
  const walk = (event: KeyboardEvent) => {
    const last = subjects.length - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowRight")
      setAt(at === null ? 0 : Math.min(last, at + 1));
    else if (event.key === "ArrowUp" || event.key === "ArrowLeft")
      setAt(at === null ? last : Math.max(0, at - 1));
    else if (event.key === "Escape") setAt(null);
    else return;
    event.preventDefault();
  };
  const reported = at === null ? undefined : subjects[at];
  return (
    <figure className={`${chartStyles.figure} ${styles.figure}`} aria-label={i18n._("Parallel coordinates")}>
      <Group mb="xs">
        <Button variant="default" size="xs" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
          {i18n._("View as table")}
        </Button>
      </Group>
      {isTable ? (
        <Table.ScrollContainer minWidth={160 + 120 * axes.length}>
          <Table aria-label={i18n._("Parallel coordinates")}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{i18n._("Name")}</Table.Th>
                {axes.map((axis) => (
                  <Table.Th key={`${axis.kind} ${axis.key}`} scope="col">
                    {titleOf(axis)}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {subjects.map((subject, index) => (
                <Table.Tr key={subject.key}>
                  <Table.Th scope="row">{subject.name}</Table.Th>
                  {axes.map((axis) => (
                    <Table.Td key={`${axis.kind} ${axis.key}`} className="num">
                      {valueText(axis, index)}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      ) : (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
        <div
          className={styles.area}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys read the lines out
          tabIndex={0}
          role="group"
          aria-label={i18n._("Parallel coordinates")}
          aria-description={i18n._("Arrow keys read one line after the other.")}
          onKeyDown={walk}
          onBlur={() => setAt(null)}
        >
          <svg viewBox={`0 0 ${width} ${HEIGHT}`} width={width} height={HEIGHT} aria-hidden="true">
            {axes.map((axis, index) => (
              <g key={`${axis.kind} ${axis.key}`}>
                <text className={styles.title} x={x(index)} y={16} textAnchor="middle">
                  {shortened(titleOf(axis))}
                </text>
                <text className={styles.tick} x={x(index)} y={TOP - 10} textAnchor="middle">
                  {axis.categories?.[axis.high] ?? figure(axis.high)}
                </text>
                <line className={styles.axis} x1={x(index)} x2={x(index)} y1={TOP} y2={HEIGHT - 24} />
                <text className={styles.tick} x={x(index)} y={HEIGHT - 8} textAnchor="middle">
                  {axis.low === axis.high ? "" : (axis.categories?.[axis.low] ?? figure(axis.low))}
                </text>
              </g>
            ))}
            {subjects.map((subject, index) => {
              const points = axes.flatMap((axis, place) => {
                const value = axis.values[index];
                return value === null || value === undefined ? [] : [`${x(place)},${y(axis, value)}`];
              });
              return (
                <g
                  key={subject.key}
                  className={styles.line}
                  data-state={at === null ? "" : at === index ? "on" : "off"}
                  stroke={looks.get(subject.key)?.color}
                  onPointerEnter={() => setAt(index)}
                  onPointerLeave={() => setAt(null)}
                >
                  <polyline points={points.join(" ")} strokeDasharray={looks.get(subject.key)?.dash} />
                  {points.map((point) => {
                    const [cx, cy] = point.split(",");
                    return <circle key={point} cx={cx} cy={cy} r={4} />;
                  })}
                </g>
              );
            })}
          </svg>
          <p className={styles.reading} role="status">
            {reported &&
              `${reported.name}: ${axes.map((axis) => `${titleOf(axis)} ${valueText(axis, at ?? 0)}`).join("; ")}`}
          </p>
        </div>
      )}
      <ul className={styles.legend}>
        {subjects.map((subject, index) => (
          <li key={subject.key}>
            <button
              type="button"
              aria-pressed={at === index}
              onClick={() => setAt(at === index ? null : index)}
              onPointerEnter={() => setAt(index)}
              onPointerLeave={() => setAt(null)}
            >
              <svg width="18" height="8" aria-hidden="true">
                <line x1="0" x2="18" y1="4" y2="4" strokeWidth="3" stroke={looks.get(subject.key)?.color} />
              </svg>
              {subject.name}
            </button>
          </li>
        ))}
      </ul>
    </figure>
  );
}

const shortened = (title: string) => (title.length > 22 ? `${title.slice(0, 21)}…` : title);
