import { useLingui } from "@lingui/react";
import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { LabelLook } from "../canvas/look";
import type { Editor } from "../core/editor";
import type { RelationRegion, SpanRegion } from "../core/regions";
import { addSpan } from "./add-span";
import { CodePoints, trimmed } from "./codepoints";
import { segments } from "./segments";

/** What the person has marked with the mouse or the keys, in code points. */
export interface Marked {
  anchor: number;
  focus: number;
}

/**
 * A text with its spans. Mark with the mouse and the label that is picked is put on at once; or move with the
 * arrows, hold shift to mark, and press a label's key.
 */
export function TextStage({
  editor,
  text,
  labels,
  drawLabel,
  linking,
  marked,
  setMarked,
  keepsSelected,
}: {
  editor: Editor;
  text: string;
  labels: readonly LabelLook[];
  drawLabel: string | null;
  /** The span that an arrow is being drawn from. */
  linking: string | null;
  marked: Marked;
  setMarked: (marked: Marked) => void;
  keepsSelected: boolean;
}) {
  const { i18n } = useLingui();
  const points = useMemo(() => new CodePoints(text), [text]);
  useEffect(() => void import("../../shared/ui/theme/fonts-ja").catch(() => {}), []);
  const frame = useRef<HTMLDivElement>(null);
  const looks = new Map(labels.map((label) => [label.id, label]));
  const rows = [...editor.doc.regions.values()];
  const spans = rows.filter((row): row is SpanRegion => row.shape === "span");
  const arrows = rows.filter((row): row is RelationRegion => row.shape === "relation");
  const cut = segments(
    points.length,
    editor.allHidden ? [] : spans.filter((span) => !editor.hidden.has(span.id)),
  );

  const take = () => {
    const selection = window.getSelection();
    if (!selection || selection.isCollapsed || !frame.current?.contains(selection.anchorNode)) return;
    const [a, b] = [
      offset(selection.anchorNode, selection.anchorOffset),
      offset(selection.focusNode, selection.focusOffset),
    ];
    if (a === null || b === null) return;
    const range = trimmed(points, points.fromUnit(a), points.fromUnit(b));
    selection.removeAllRanges();
    if (range && drawLabel) addSpan(editor, range, drawLabel, keepsSelected);
  };

  const keys = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const focus = event.ctrlKey ? wordEdge(points, marked.focus, step) : clampTo(marked.focus + step, points);
    setMarked({ anchor: event.shiftKey ? marked.anchor : focus, focus });
  };

  const [low, high] = [Math.min(marked.anchor, marked.focus), Math.max(marked.anchor, marked.focus)];
  return (
    <div className="text-stage" ref={frame}>
      {/* biome-ignore lint/a11y/useSemanticElements: a text that is marked, not typed into */}
      <div
        className="text"
        role="textbox"
        aria-readonly="true"
        aria-multiline="true"
        aria-label={i18n._("Text to label")}
        tabIndex={0}
        onMouseUp={take}
        onKeyDown={keys}
      >
        {cut.map((segment) => (
          <Piece
            key={segment.start}
            {...segment}
            points={points}
            looks={looks}
            editor={editor}
            linking={linking}
            low={low}
            high={high}
            caret={marked.focus}
          />
        ))}
      </div>
      <Arrows frame={frame} arrows={editor.allHidden ? [] : arrows} looks={looks} version={editor.version} />
    </div>
  );
}

function offset(node: Node | null, within: number): number | null {
  const holder = (node instanceof Element ? node : node?.parentElement)?.closest("[data-unit]");
  return holder ? Number(holder.getAttribute("data-unit")) + within : null;
}

function clampTo(at: number, points: CodePoints): number {
  return Math.max(0, Math.min(points.length, at));
}

function wordEdge(points: CodePoints, from: number, step: number): number {
  const blank = (at: number) => /\s/.test(points.slice(at, at + 1));
  let at = clampTo(from + step, points);
  while (at > 0 && at < points.length && blank(at) === blank(at - 1)) at += step;
  return at;
}

function Piece({
  start,
  end,
  spans,
  points,
  looks,
  editor,
  linking,
  low,
  high,
  caret,
}: {
  start: number;
  end: number;
  spans: SpanRegion[];
  points: CodePoints;
  looks: Map<string, LabelLook>;
  editor: Editor;
  linking: string | null;
  low: number;
  high: number;
  caret: number;
}) {
  const top = spans.at(-1);
  const selected = spans.some((span) => span.id === editor.selected?.id);
  const color = top ? (looks.get(top.label)?.color ?? "#888888") : "";
  const begins = spans.filter((span) => span.start === start);
  const parts = cutAt(start, end, [low, high]);
  const press = () => {
    if (!top || window.getSelection()?.isCollapsed === false) return;
    editor.select(top.id);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: by keys spans are chosen with [ and ], or in the list
    <span
      className={`piece${top ? " marked" : ""}${selected ? " chosen" : ""}`}
      data-linking={linking && top?.id === linking ? "" : undefined}
      data-span={top?.id}
      style={top ? ({ "--chip": color } as React.CSSProperties) : undefined}
      onMouseDown={press}
    >
      {begins.length > 0 && (
        <span className="tags" contentEditable={false}>
          {begins.map((span) => (
            <small
              key={span.id}
              className="tag"
              data-tag={span.id}
              title={looks.get(span.label)?.name ?? span.label}
              style={{ "--chip": looks.get(span.label)?.color ?? "#888888" } as React.CSSProperties}
            >
              {looks.get(span.label)?.name ?? span.label}
            </small>
          ))}
        </span>
      )}
      {parts.map(([from, to]) => (
        <span
          key={from}
          data-unit={points.toUnit(from)}
          className={from >= low && to <= high && low < high ? "picked" : undefined}
          data-caret={caret === from && low === high ? "" : undefined}
        >
          {points.slice(from, to)}
        </span>
      ))}
    </span>
  );
}

function cutAt(start: number, end: number, cuts: number[]): [number, number][] {
  const at = [start, ...cuts.filter((cut) => cut > start && cut < end), end];
  const unique = [...new Set(at)];
  return unique.slice(1).map((to, index) => [unique[index] ?? start, to]);
}

/** Arrows between spans, laid over the text. */
function Arrows({
  frame,
  arrows,
  looks,
  version,
}: {
  frame: React.RefObject<HTMLDivElement | null>;
  arrows: RelationRegion[];
  looks: Map<string, LabelLook>;
  version: number;
}) {
  const [paths, setPaths] = useState<
    { id: string; d: string; color: string; name: string; x: number; y: number }[]
  >([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: laid out again with every version of the document
  useLayoutEffect(() => {
    const box = frame.current?.getBoundingClientRect();
    if (!box) return;
    const place = (id: string) => {
      const match = frame.current?.querySelector(`[data-tag="${id}"]`)?.getBoundingClientRect();
      return match ? { x: match.left - box.left + match.width / 2, y: match.top - box.top } : null;
    };
    const made = arrows.flatMap((arrow) => {
      const [a, b] = [place(arrow.from), place(arrow.to)];
      const look = looks.get(arrow.label);
      if (!a || !b) return [];
      const high = Math.min(a.y, b.y) - 14 - Math.min(30, Math.abs(a.x - b.x) / 12);
      const d = `M${a.x},${a.y} C${a.x},${high} ${b.x},${high} ${b.x},${b.y}`;
      return [
        {
          id: arrow.id,
          d,
          color: look?.color ?? "#888",
          name: look?.name ?? arrow.label,
          x: (a.x + b.x) / 2,
          y: high + 6,
        },
      ];
    });
    setPaths(made);
  }, [version, frame]);
  return (
    <svg className="arrows" aria-hidden="true">
      <defs>
        <marker
          id="arrow-end"
          viewBox="0 0 8 8"
          refX="6"
          refY="4"
          markerWidth="7"
          markerHeight="7"
          orient="auto"
        >
          <path d="M0,0 L8,4 L0,8 z" fill="context-stroke" />
        </marker>
      </defs>
      {paths.map((entry) => (
        <g key={entry.id}>
          <path d={entry.d} stroke={entry.color} markerEnd="url(#arrow-end)" />
          <text x={entry.x} y={entry.y} textAnchor="middle">
            {entry.name}
          </text>
        </g>
      ))}
    </svg>
  );
}
