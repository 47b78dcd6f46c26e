import { useCallback, useEffect, useMemo, useState } from "react";
import { type Proposal, proposalsFor } from "../../editor/core/compare";
import type { Doc } from "../../editor/core/document";
import { docOf } from "../../editor/core/kinds";
import { onPicture, type PictureRegion } from "../../editor/core/regions";
import type { Bench } from "../../editor/panels/use-bench";
import { shapeOf } from "../../editor/shapes";
import type { Case } from "./use-cases";

const newId = () => crypto.randomUUID().slice(0, 13);

/** The annotations of all people on the case, and what they mark that the one on the screen does not. */
export interface Others {
  docs: readonly Doc[];
  /** Which of them are laid over the item. */
  shown: ReadonlySet<number>;
  toggle: (from: number) => void;
  proposals: readonly Proposal[];
  /** The proposal that the keys are about. */
  at: Proposal | null;
  next: () => void;
  take: (proposal: Proposal | null) => void;
  takeAll: (from: number) => void;
}

export function nameOf(from: number): string {
  return String.fromCharCode(65 + from);
}

export function useOthers(bench: Bench, current: Case | null): Others {
  const { editor, kind, showGhosts } = bench;
  const docs = useMemo(
    () =>
      current && current.annotations.length > 1
        ? current.annotations.map((annotation) => docOf(kind, annotation))
        : [],
    [current, kind],
  );
  const [shown, setShown] = useState<ReadonlySet<number>>(new Set());
  const [chosen, setChosen] = useState<string | null>(null);
  useEffect(() => {
    setShown(new Set(docs.keys()));
    setChosen(null);
  }, [docs]);
  const { doc } = editor;
  const proposals = useMemo(
    () => proposalsFor(doc, docs, (region) => (onPicture(region) ? shapeOf(region).bounds(region) : null)),
    [doc, docs],
  );
  const seen = proposals.filter(({ from }) => shown.has(from));
  const at = seen.find(({ region }) => region.id === chosen) ?? null;
  const ghost = at?.region.id ?? null;
  const ghosts = useMemo(
    () =>
      proposals
        .filter(({ from }) => shown.has(from))
        .map(({ region }) => region)
        .filter((region): region is PictureRegion => onPicture(region)),
    [proposals, shown],
  );
  useEffect(() => showGhosts(ghosts, ghost), [ghosts, ghost, showGhosts]);

  const toggle = useCallback((from: number) => {
    setShown((before) => {
      const after = new Set(before);
      if (!after.delete(from)) after.add(from);
      return after;
    });
  }, []);
  const next = () => {
    const place = at ? seen.indexOf(at) : -1;
    setChosen(seen[(place + 1) % Math.max(1, seen.length)]?.region.id ?? null);
  };
  const take = (proposal: Proposal | null) => {
    const taken = proposal ?? at ?? seen[0];
    if (!taken) return;
    const place = seen.indexOf(taken);
    setChosen((seen[place + 1] ?? seen[place - 1])?.region.id ?? null);
    editor.put({ ...taken.region, id: newId() });
    editor.select(null);
  };
  const takeAll = (from: number) => {
    const other = docs[from];
    if (!other) return;
    const { labels, attributes, regions } = editor.doc;
    editor.commit([
      { kind: "labels", before: labels, after: other.labels },
      { kind: "attributes", before: attributes, after: other.attributes },
      ...[...regions.values()]
        .filter((region) => !other.regions.has(region.id))
        .map((before) => ({ kind: "region", id: before.id, before, after: null }) as const),
      ...[...other.regions.values()].map(
        (after) => ({ kind: "region", id: after.id, before: regions.get(after.id) ?? null, after }) as const,
      ),
    ]);
    editor.select(null);
  };
  return { docs, shown, toggle, proposals: seen, at, next, take, takeAll };
}
