import { useLingui } from "@lingui/react";
import { count } from "../../shared/ui/numbers";
import { onPicture, type Region } from "../core/regions";
import { shapeOf } from "../shapes";
import { CodePoints } from "../text/codepoints";
import type { Bench } from "./use-bench";

const SHOWN = 150;

/** What is marked, one line each; of very many only those around the selected one. */
export function RegionList({ bench, text }: { bench: Bench; text: string }) {
  const { i18n } = useLingui();
  const { editor } = bench;
  const regions = [...editor.doc.regions.values()];
  const at = regions.findIndex((one) => one.id === editor.selected?.id);
  const from = Math.max(0, Math.min(at < 0 ? 0 : at - SHOWN / 2, regions.length - SHOWN));
  const points = text ? new CodePoints(text) : null;
  return (
    <section className="regions" aria-label={i18n._("Regions")}>
      <h2>{i18n._("Regions: {number}", { number: count(regions.length, i18n.locale) })}</h2>
      <ul>
        {regions.slice(from, from + SHOWN).map((region, index) => (
          <Row key={region.id} bench={bench} region={region} number={from + index + 1} points={points} />
        ))}
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

function Row({
  bench,
  region,
  number,
  points,
}: {
  bench: Bench;
  region: Region;
  number: number;
  points: CodePoints | null;
}) {
  const { i18n } = useLingui();
  const { editor } = bench;
  const look = bench.project.labels.find((one) => one.id === region.label);
  const occluded = region.shape === "skeleton" ? region.points.filter((point) => point[2] === 1).length : 0;
  const missing = bench.project.attributes.some(
    (one) =>
      one.required &&
      (one.labels.length === 0 || one.labels.includes(region.label)) &&
      region.attributes?.[one.id] === undefined &&
      region.shape !== "relation",
  );
  return (
    <li>
      <button
        type="button"
        className="row"
        aria-pressed={editor.selected?.id === region.id}
        onClick={() => {
          editor.select(region.id);
          bench.stage.current?.reveal(region.id);
        }}
      >
        <span
          className="dot"
          aria-hidden="true"
          style={{ "--chip": look?.color ?? "#888" } as React.CSSProperties}
        />
        {number}. {look?.name ?? region.label}
        <span className="muted num">{summary(region, bench, points)}</span>
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
        aria-pressed={editor.hidden.has(region.id)}
        aria-label={i18n._("Hide region {number}", { number })}
        onClick={() => editor.toggleHidden(region.id)}
      >
        {editor.hidden.has(region.id) ? "◌" : "◉"}
      </button>
      <button
        type="button"
        className="small quiet"
        aria-pressed={editor.locked.has(region.id)}
        aria-label={i18n._("Lock region {number}", { number })}
        onClick={() => editor.toggleLocked(region.id)}
      >
        {editor.locked.has(region.id) ? "▣" : "▢"}
      </button>
    </li>
  );
}
