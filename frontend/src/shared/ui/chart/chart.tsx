import { useLingui } from "@lingui/react";
import { ActionIcon, Button, Menu, Table, Tooltip } from "@mantine/core";
import { IconDownload, IconTable, IconZoomReset } from "@tabler/icons-react";
import { type KeyboardEvent, type PointerEvent, type ReactNode, useId, useRef, useState } from "react";
import styles from "./chart.module.css";
import { saveCsv, savePng, saveSvg } from "./export";
import { looksOf } from "./look";
import {
  type Axis,
  binWidth,
  csvRows,
  type Decision,
  type Interval,
  nearest,
  type Point,
  type Reference,
  type Series,
  scaleOf,
  spotsOf,
  stacked,
  ticksOf,
  xExtent,
  yExtent,
  zoomed,
} from "./model";
import { Plot, Swatch } from "./plot";
import { useWidth } from "./use-width";

const TOP = 14;
const BOTTOM = 42;
const RIGHT = 16;
const DIGIT = 7.2; // pixels of a figure in the ticks' size
const SHORTEST_DRAG = 8; // pixels: less is a click

export interface ChartProps {
  /** What the chart shows; its name for screen readers, and its heading where `hasHeading`. */
  title: string;
  hasHeading?: boolean;
  /** Of the files that it is saved as. */
  fileName: string;
  series: Series[];
  x: Axis;
  y: Axis;
  references?: Reference[];
  decision?: Decision | null;
  height?: number;
  /** Controls of the chart's own, before those that every chart has. */
  children?: ReactNode;
}

/**
 * The one chart: axes with units, line = measured, bars = interval, band = interval of a forecast, dashed = forecast,
 * dot = decision. Pointing or the arrow keys read it out, dragging or + and - zoom, the legend hides series, and a
 * table has the same numbers.
 */
export function Chart({
  title,
  hasHeading = false,
  fileName,
  series,
  x: xAxis,
  y: yAxis,
  references = [],
  decision = null,
  height = 300,
  children,
}: ChartProps) {
  const { i18n } = useLingui();
  const clip = useId();
  const drawing = useRef<SVGSVGElement>(null);
  const [area, width] = useWidth<HTMLDivElement>();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [zoom, setZoom] = useState<Interval | null>(null);
  const [at, setAt] = useState<number | null>(null);
  const [drag, setDrag] = useState<Interval | null>(null);
  const [isTable, setIsTable] = useState(false);
  if (!series.some(({ points }) => points.length > 0)) return null;

  const looks = looksOf(series);
  const shown = series.filter((line) => !hidden.has(line.partOf ?? line.key));
  const whole = xExtent(series, xAxis);
  const xDomain = zoom ?? whole;
  const yDomain = yExtent(shown, references, yAxis, xDomain);
  const yTicks = ticksOf(yAxis, yDomain, Math.max(3, Math.floor(height / 50)));
  const step = Math.abs((yTicks[1] ?? 1) - (yTicks[0] ?? 0));
  const yText = (value: number) => yAxis.formatTick?.(value, step) ?? yAxis.format(value);
  const left = 34 + DIGIT * Math.max(...yTicks.map((tick) => yText(tick).length), 1);
  const range: Interval = [left, width - RIGHT];
  const x = scaleOf(xAxis, xDomain, range);
  const y = scaleOf(yAxis, yDomain, [height - BOTTOM, TOP]);
  const xTicks = ticksOf(xAxis, xDomain, Math.max(2, Math.floor((range[1] - range[0]) / 84)));
  const xStep = Math.abs((xTicks[1] ?? 1) - (xTicks[0] ?? 0));
  const xText = (value: number) =>
    xAxis.categories?.[value] ?? xAxis.formatTick?.(value, xStep) ?? xAxis.format(value);
  const xValue = (value: number) => xAxis.categories?.[value] ?? xAxis.format(value);
  const bases = stacked(shown);
  const bin = Math.abs(x(xDomain[0] + binWidth(shown)) - x(xDomain[0]));
  const spots = spotsOf(shown, xDomain);
  const spot = at === null ? undefined : spots[Math.min(at, spots.length - 1)];

  const valueText = ({ y: value, low, high }: Point) =>
    value === null
      ? "–"
      : low === undefined || high === undefined
        ? yAxis.format(value)
        : i18n._("{value} ({low} to {high})", {
            value: yAxis.format(value),
            low: yAxis.format(low),
            high: yAxis.format(high),
          });
  const reported = spot
    ? `${xAxis.label} ${xValue(spot.x)}: ${spot.values
        .map(({ series: line, point }) =>
          [line.name, valueText(point), line.interval, point.note].filter(Boolean).join(" "),
        )
        .join("; ")}`
    : "";
  const walk = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const last = spots.length - 1;
    const place = placeAfter(event.key, at, last);
    if (place !== undefined) setAt(place);
    else if (event.key === "+") zoomBy(0.5);
    else if (event.key === "-") zoomBy(2);
    else if (event.key === "0") setZoom(null);
    else return;
    event.preventDefault();
  };
  const zoomBy = (factor: number) => {
    const center = spot?.x ?? x.invert((range[0] + range[1]) / 2);
    setZoom(zoomed(x, range, center, factor, whole));
    setAt(null);
  };
  const placeOf = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const scale = box.width > 0 ? width / box.width : 1;
    return Math.min(Math.max((event.clientX - box.left) * scale, range[0]), range[1]);
  };
  const point = (event: PointerEvent<SVGSVGElement>) => {
    const place = placeOf(event);
    if (drag) setDrag([drag[0], place]);
    setAt(spots.length > 0 ? nearest(spots, place, x) : null);
  };
  const release = (event: PointerEvent<SVGSVGElement>) => {
    if (!drag) return;
    const [from, to] = [drag[0], placeOf(event)].sort((a, b) => a - b) as Interval;
    setDrag(null);
    if (to - from < SHORTEST_DRAG) return;
    setZoom([x.invert(from), x.invert(to)]);
    setAt(null);
  };
  const legend = series.filter((line) => line.partOf === undefined);
  const nameOf = (entry: Series) =>
    entry.interval
      ? i18n._("{name}, {interval}", { name: entry.name, interval: entry.interval })
      : entry.name;
  const legendLines = shown
    .filter((other) => other.partOf === undefined)
    .map((entry) => ({ name: nameOf(entry), color: looks.get(entry.key)?.color ?? "currentColor" }));

  return (
    <figure className={styles.figure} aria-label={title}>
      <div className={styles.head}>
        {hasHeading && <span className={styles.title}>{title}</span>}
        {children}
        <div className={styles.tools}>
          {zoom && (
            <Button
              size="compact-xs"
              variant="default"
              leftSection={<IconZoomReset size={14} aria-hidden />}
              onClick={() => setZoom(null)}
            >
              {i18n._("Reset zoom")}
            </Button>
          )}
          <Tooltip label={i18n._("View as table")}>
            <ActionIcon
              variant={isTable ? "light" : "subtle"}
              color="gray"
              aria-label={i18n._("View as table")}
              aria-pressed={isTable}
              onClick={() => setIsTable(!isTable)}
            >
              <IconTable size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
          <Menu position="bottom-end">
            <Menu.Target>
              <Tooltip label={i18n._("Save chart")}>
                <ActionIcon variant="subtle" color="gray" aria-label={i18n._("Save chart")}>
                  <IconDownload size={16} aria-hidden />
                </ActionIcon>
              </Tooltip>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item
                onClick={() => drawing.current && void savePng(drawing.current, fileName, title, legendLines)}
              >
                {i18n._("Image (PNG)")}
              </Menu.Item>
              <Menu.Item
                onClick={() => drawing.current && saveSvg(drawing.current, fileName, title, legendLines)}
              >
                {i18n._("Drawing (SVG)")}
              </Menu.Item>
              <Menu.Item
                onClick={() =>
                  saveCsv(
                    fileName,
                    [xAxis.label, "series", yAxis.label, "low", "high", "interval"],
                    csvRows(series, xAxis),
                  )
                }
              >
                {i18n._("Numbers (CSV)")}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms */}
      <div
        ref={area}
        className={styles.area}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys read the chart out
        tabIndex={0}
        role="group"
        aria-label={title}
        aria-description={i18n._("Arrow keys read the values; + and - zoom, 0 shows everything.")}
        onKeyDown={walk}
        onBlur={() => setAt(null)}
      >
        <svg
          ref={drawing}
          className={styles.drawing}
          viewBox={`0 0 ${width} ${height}`}
          height={height}
          role="img"
          aria-label={i18n._("{y} against {x}", { y: yAxis.label, x: xAxis.label })}
          onPointerDown={(event) => {
            if (event.button !== 0) return;
            const place = placeOf(event);
            setDrag([place, place]);
          }}
          onPointerMove={point}
          onPointerUp={release}
          onPointerLeave={() => {
            setAt(null);
            setDrag(null);
          }}
          onDoubleClick={() => setZoom(null)}
        >
          <clipPath id={clip}>
            <rect
              x={range[0]}
              y={TOP - 8}
              width={Math.max(0, range[1] - range[0])}
              height={height - BOTTOM - TOP + 16}
            />
          </clipPath>
          {yTicks.map((tick) => (
            <g key={tick}>
              <line className={styles.grid} x1={range[0]} x2={range[1]} y1={y(tick)} y2={y(tick)} />
              <text className={styles.tick} x={range[0] - 8} y={y(tick)} dy="0.32em" textAnchor="end">
                {yText(tick)}
              </text>
            </g>
          ))}
          <line
            className={styles.axis}
            x1={range[0]}
            x2={range[1]}
            y1={height - BOTTOM}
            y2={height - BOTTOM}
          />
          {xTicks.map((tick) => (
            <g key={tick}>
              <line
                className={styles.axis}
                x1={x(tick)}
                x2={x(tick)}
                y1={height - BOTTOM}
                y2={height - BOTTOM + 4}
              />
              <text className={styles.tick} x={x(tick)} y={height - BOTTOM + 18} textAnchor="middle">
                {xText(tick)}
              </text>
            </g>
          ))}
          <text className={styles.label} x={(range[0] + range[1]) / 2} y={height - 5} textAnchor="middle">
            {xAxis.scale === "log" ? i18n._("{axis} (log scale)", { axis: xAxis.label }) : xAxis.label}
          </text>
          <text
            className={styles.label}
            transform={`translate(12,${(TOP + height - BOTTOM) / 2}) rotate(-90)`}
            textAnchor="middle"
          >
            {yAxis.label}
          </text>
          <g clipPath={`url(#${clip})`}>
            {[...shown]
              .sort((a, b) => Number(b.isBackground ?? false) - Number(a.isBackground ?? false))
              .map((entry) => {
                const look = looks.get(entry.key);
                return (
                  look && (
                    <Plot
                      key={entry.key}
                      series={entry}
                      look={look}
                      x={x}
                      y={y}
                      bin={bin}
                      base={bases.get(entry.key)}
                    />
                  )
                );
              })}
            {references.map((reference) => (
              <ReferenceLine
                key={reference.label}
                reference={reference}
                place={reference.axis === "x" ? x(reference.value) : y(reference.value)}
                range={range}
                height={height}
              />
            ))}
            {decision && <circle className={styles.decision} cx={x(decision.x)} cy={y(decision.y)} r={7} />}
          </g>
          <g data-screen-only="">
            {drag && Math.abs(drag[1] - drag[0]) >= SHORTEST_DRAG && (
              <rect
                className={styles.selection}
                x={Math.min(...drag)}
                width={Math.abs(drag[1] - drag[0])}
                y={TOP}
                height={height - BOTTOM - TOP}
              />
            )}
            {spot && (
              <>
                <line className={styles.cursor} x1={x(spot.x)} x2={x(spot.x)} y1={TOP} y2={height - BOTTOM} />
                {spot.values.map(({ series: line, point: value }) => (
                  <circle
                    key={line.key}
                    className={styles.cursorMark}
                    cx={x(spot.x)}
                    cy={y((bases.get(line.key)?.get(spot.x) ?? 0) + (value.y ?? 0))}
                    r={4.5}
                  />
                ))}
              </>
            )}
          </g>
        </svg>
        {spot && (
          <div
            className={styles.tooltip}
            aria-hidden="true"
            style={x(spot.x) > width / 2 ? { right: width - x(spot.x) + 12 } : { left: x(spot.x) + 12 }}
          >
            <strong>
              {xAxis.label} {xValue(spot.x)}
            </strong>
            <ul>
              {spot.values.map(({ series: line, point: value }, index) => {
                const look = looks.get(line.key);
                return (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a series may have two results at one place
                  <li key={index}>
                    {look ? <Swatch series={line} look={look} /> : <span />}
                    <span>
                      {line.name} {valueText(value)} <span className={styles.interval}>{line.interval}</span>{" "}
                      {value.note}
                    </span>
                  </li>
                );
              })}
            </ul>
          </div>
        )}
        <p className="visually-hidden" role="status">
          {reported}
        </p>
      </div>
      {(legend.length > 1 || legend[0]?.interval || decision) && (
        <figcaption className={styles.legend}>
          {legend.map((entry) => {
            const look = looks.get(entry.key);
            const content = (
              <>
                {look && <Swatch series={entry} look={look} />}
                {nameOf(entry)}
              </>
            );
            return legend.length > 1 ? (
              <button
                key={entry.key}
                type="button"
                className={styles.legendItem}
                aria-pressed={!hidden.has(entry.key)}
                onClick={() => {
                  const after = new Set(hidden);
                  if (!after.delete(entry.key)) after.add(entry.key);
                  setHidden(after);
                }}
              >
                {content}
              </button>
            ) : (
              <span key={entry.key} className={styles.legendItem}>
                {content}
              </span>
            );
          })}
          {decision && (
            <span className={styles.legendItem}>
              <svg width="16" height="16" aria-hidden="true">
                <circle className={styles.decision} cx="8" cy="8" r="6" />
              </svg>
              {decision.label}
            </span>
          )}
        </figcaption>
      )}
      {isTable && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard scrolls it
        <section className={styles.table} tabIndex={0} aria-label={title}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{xAxis.label}</Table.Th>
                {shown
                  .filter((other) => !other.isBackground)
                  .map((entry) => (
                    <Table.Th key={entry.key} scope="col">
                      {nameOf(entry)}
                    </Table.Th>
                  ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {spotsOf(shown, whole).map((row) => (
                <Table.Tr key={row.x}>
                  <Table.Th scope="row">{xValue(row.x)}</Table.Th>
                  {shown
                    .filter((other) => !other.isBackground)
                    .map((entry) => (
                      <Table.Td key={entry.key} className="num">
                        {row.values
                          .filter(({ series: owner }) => owner.key === entry.key)
                          .map(({ point: value }) => valueText(value))
                          .join(" · ") || "–"}
                      </Table.Td>
                    ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </section>
      )}
    </figure>
  );
}

/** Where a key leads from a place among others; undefined: it is not a key that walks. */
function placeAfter(key: string, at: number | null, last: number): number | null | undefined {
  switch (key) {
    case "ArrowRight":
      return Math.min((at ?? -1) + 1, last);
    case "ArrowLeft":
      return Math.max((at ?? last + 1) - 1, 0);
    case "Home":
      return 0;
    case "End":
      return last;
    case "Escape":
      return null;
    default:
      return undefined;
  }
}

function ReferenceLine({
  reference,
  place,
  range,
  height,
}: {
  reference: Reference;
  place: number;
  range: Interval;
  height: number;
}) {
  return reference.axis === "y" ? (
    <g>
      <line className={styles.reference} x1={range[0]} x2={range[1]} y1={place} y2={place} />
      <text className={styles.referenceText} x={range[0] + 6} y={place - 6}>
        {reference.label}
      </text>
    </g>
  ) : (
    <g>
      <line className={styles.reference} x1={place} x2={place} y1={TOP} y2={height - BOTTOM} />
      <text className={styles.referenceText} x={place + 4} y={TOP + 4}>
        {reference.label}
      </text>
    </g>
  );
}
