import { useLingui } from "@lingui/react";
import { memo } from "react";
import { count } from "../../shared/ui/numbers";
import { onPicture, type Region } from "../core/regions";
import { shapeOf } from "../shapes";
import { CodePoints } from "../text/codepoints";
import { Icon } from "./icons";
import type { Bench } from "./use-bench";

const SHOWN = 150;

/** What is marked, one line each; of very many only those around the selected one. */
export function RegionList({ bench, text }: { bench: Bench; text: string }) {
  const { i18n } = useLingui();
  const { editor } = bench;
  const regions = [...editor.doc.regions.values()];
  const at = regions.findIndex((region) => region.id === editor.selected?.id);
  const from = Math.max(0, Math.min(at < 0 ? 0 : at - SHOWN / 2, regions.length - SHOWN));
  const points = text ? new CodePoints(text) : null;
  const chosen = editor.selection.length;
  return (
    <section className="regions" aria-label={i18n._("Regions")}>
      <header>
        <h2>{i18n._("Regions: {number}", { number: count(regions.length, i18n.locale) })}</h2>
        {chosen > 1 && (
          <span className="muted">{i18n._("{number} selected", { number: count(chosen, i18n.locale) })}</span>
        )}
      </header>
      <ul>
        {regions.slice(from, from + SHOWN).map((region, index) => {
          const look = bench.project.labels.find((label) => label.id === region.label);
          return (
            <Row
              key={region.id}
              bench={bench}
              region={region}
              number={from + index + 1}
              name={look?.name ?? region.label}
              color={look?.color ?? "#888888"}
              summary={summary(region, bench, points)}
              isSelected={editor.isSelected(region.id)}
              isHidden={editor.hidden.has(region.id)}
              isLocked={editor.locked.has(region.id)}
              isMarked={bench.marks.has(region.id)}
            />
          );
        })}
      </ul>
      {regions.length > SHOWN && (
        <p className="muted">
          {i18n._("{shown} of {all} are listed.", {
            shown: count(SHOWN, i18n.locale),
            all: count(regions.length, i18n.locale),
          })}
        </p>
      )}
    </section>
  );
}

function summary(region: Region, bench: Bench, points: CodePoints | null): string {
  if (onPicture(region)) return shapeOf(region).summary(region);
  if (region.shape === "span") return points?.slice(region.start, region.end).slice(0, 40) ?? "";
  const ends = [region.from, region.to].map((id) => bench.editor.doc.regions.get(id));
  return ends
    .map((end) => (end?.shape === "span" ? (points?.slice(end.start, end.end).slice(0, 16) ?? "") : "?"))
    .join(" → ");
}

interface RowProps {
  bench: Bench;
  region: Region;
  number: number;
  name: string;
  color: string;
  summary: string;
  isSelected: boolean;
  isHidden: boolean;
  isLocked: boolean;
  /** The server refused it, or a reviewer's remark is about it. */
  isMarked: boolean;
}

/** Rows are drawn again only where something of theirs changed; the bench is read when they are clicked. */
const Row = memo(RowView, (before, after) =>
  (Object.keys(after) as (keyof RowProps)[]).every((key) => key === "bench" || before[key] === after[key]),
);

function RowView({ bench, region, number, name, color, summary, ...is }: RowProps) {
  const { i18n } = useLingui();
  const { editor } = bench;
  const occluded = region.shape === "skeleton" ? region.points.filter((point) => point[2] === 1).length : 0;
  const missing = bench.project.attributes.some(
    (attribute) =>
      attribute.required &&
      (attribute.labels.length === 0 || attribute.labels.includes(region.label)) &&
      region.attributes?.[attribute.id] === undefined &&
      region.shape !== "relation",
  );
  const choose = (event: React.MouseEvent) => {
    if (event.shiftKey) editor.selectMany(between(editor.doc.regions.keys(), editor.selected?.id, region.id));
    else if (event.ctrlKey || event.metaKey) editor.toggleSelected(region.id);
    else editor.select(region.id);
    bench.stage.current?.reveal(region.id);
  };
  return (
    <li className={is.isMarked ? "marked-row" : ""}>
      <button type="button" className="row" aria-pressed={is.isSelected} onClick={choose}>
        <span className="dot" aria-hidden="true" style={{ "--chip": color } as React.CSSProperties} />
        {number}. {name}
        <span className="muted num">{summary}</span>
        {occluded > 0 && (
          <span className="muted">
            {i18n._("occluded: {number}", { number: count(occluded, i18n.locale) })}
          </span>
        )}
        {missing && <span className="warn">{i18n._("incomplete")}</span>}
      </button>
      <button
        type="button"
        className="small quiet"
        aria-pressed={is.isHidden}
        aria-label={i18n._("Hide region {number}", { number })}
        title={i18n._("Hide region {number}", { number })}
        onClick={() => editor.toggleHidden(region.id)}
      >
        <Icon name={is.isHidden ? "eye-off" : "eye"} size={16} />
      </button>
      <button
        type="button"
        className="small quiet"
        aria-pressed={is.isLocked}
        aria-label={i18n._("Lock region {number}", { number })}
        title={i18n._("Lock region {number}", { number })}
        onClick={() => editor.toggleLocked(region.id)}
      >
        <Icon name={is.isLocked ? "lock" : "unlock"} size={16} />
      </button>
      <button
        type="button"
        className="small quiet"
        aria-label={i18n._("Delete region {number}", { number })}
        title={i18n._("Delete region {number}", { number })}
        disabled={is.isLocked}
        onClick={() => editor.remove([region.id])}
      >
        <Icon name="trash" size={16} />
      </button>
    </li>
  );
}

/** The ids from one to another in their order, both with it. */
function between(ids: Iterable<string>, from: string | undefined, to: string): string[] {
  const all = [...ids];
  const [a, b] = [from === undefined ? -1 : all.indexOf(from), all.indexOf(to)];
  if (a < 0) return [to];
  const range = all.slice(Math.min(a, b), Math.max(a, b) + 1);
  return [...range.filter((id) => id !== to), to];
}
