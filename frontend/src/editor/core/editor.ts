import {
  apply,
  type ChangeSet,
  type Doc,
  EMPTY,
  fromPlain,
  invert,
  type PlainDoc,
  toPlain,
} from "./document";
import type { Kind } from "./kinds";
import { Observable } from "./observable";
import { type AttributeValue, onPicture, type Region } from "./regions";

const MAX_STEPS = 500;

/** Why a change of points was not made. */
export type Refusal =
  | "polygon_needs_three"
  | "line_needs_two"
  | "skeleton_needs_one"
  | "no_keypoint_selected"
  | "pixels_unreadable"
  | "select_two_areas"
  | "not_loaded"
  | "nothing_left"
  | "split_needs_crossing";

export interface Saved {
  doc: PlainDoc;
  past: ChangeSet[];
  future: ChangeSet[];
}

/**
 * The document with its undo. A gesture begins, previews, then commits or rolls back; a commit is one
 * undo step and one outgoing change set. Hidden and locked regions are a matter of the screen, not of the answer.
 */
export class Editor extends Observable {
  private current: Doc = EMPTY;
  private pending: ChangeSet = [];
  private past: ChangeSet[] = [];
  private future: ChangeSet[] = [];
  /** In the order of selecting: the last one is the one that handles and panels are of. */
  private selectedIds: readonly string[] = [];
  private isLoose = false;
  private pointIndex: number | null = null;
  private refused: Refusal | null = null;
  readonly hidden = new Set<string>();
  readonly locked = new Set<string>();
  allHidden = false;
  /** Grows with every commit, undo and redo: what autosave watches. */
  revision = 0;
  /** Grows with everything but the movements of a running gesture: what panels watch. */
  settled = 0;
  /** The last change of the document, for whoever draws only what changed. */
  lastStep: { before: Doc; ids: readonly string[] } | null = null;

  /** The document without the running gesture. */
  get doc(): Doc {
    return this.current;
  }

  /** The document with the running gesture. */
  get shown(): Doc {
    return this.pending.length > 0 ? apply(this.current, this.pending) : this.current;
  }

  /** What the running gesture makes or changes. */
  get underway(): ChangeSet {
    return this.pending;
  }

  private get selectedId(): string | null {
    return this.selectedIds.at(-1) ?? null;
  }

  get selected(): Region | null {
    return this.selectedId === null ? null : this.now(this.selectedId);
  }

  /** Every selected region, with the running gesture. */
  get selection(): Region[] {
    return this.selectedIds.map((id) => this.now(id)).filter((other) => other !== null);
  }

  isSelected(id: string): boolean {
    return this.selectedIds.includes(id);
  }

  /** The selected region was just drawn and is there to go on with: a label's key is for the next one. */
  get selectionIsLoose(): boolean {
    return this.isLoose;
  }

  private now(id: string): Region | null {
    const change = this.pending.findLast((candidate) => candidate.kind === "region" && candidate.id === id);
    if (change?.kind === "region") return change.after;
    return this.current.regions.get(id) ?? null;
  }

  /** Place of the selected vertex or keypoint in the selected region; null where none is. */
  get selectedPoint(): number | null {
    const region = this.selected;
    if (this.pointIndex === null || region === null || !("points" in region)) return null;
    if (this.selectedIds.length > 1) return null;
    return this.pointIndex < region.points.length ? this.pointIndex : null;
  }

  /** Why the last change of points was not made; null after anything that was. */
  get refusal(): Refusal | null {
    return this.refused;
  }

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  isHidden(id: string): boolean {
    return this.allHidden || this.hidden.has(id);
  }

  /** Another item: its document, and its undo steps where they were kept. */
  load(doc: Doc, saved?: Saved): void {
    this.current = saved ? fromPlain(saved.doc) : doc;
    this.lastStep = null;
    this.past = saved?.past ?? [];
    this.future = saved?.future ?? [];
    this.pending = [];
    this.selectedIds = [];
    this.isLoose = false;
    this.letPointGo();
    this.hidden.clear();
    this.locked.clear();
    this.allHidden = false;
    this.changed();
  }

  save(): Saved {
    return { doc: toPlain(this.current), past: this.past, future: this.future };
  }

  select(id: string | null): void {
    const same = this.selectedId === id && this.selectedIds.length === (id === null ? 0 : 1);
    if (same && !this.isLoose) return;
    if (!same) this.letPointGo();
    this.selectedIds = id === null ? [] : [id];
    this.isLoose = false;
    this.changed();
  }

  /** Select these and no others; the last one is the one that panels are of. */
  selectMany(ids: readonly string[]): void {
    this.selectedIds = [...new Set(ids)];
    this.isLoose = false;
    this.letPointGo();
    this.changed();
  }

  /** One more, or one less. */
  toggleSelected(id: string): void {
    const others = this.selectedIds.filter((selectedId) => selectedId !== id);
    this.selectMany(this.isSelected(id) ? others : [...others, id]);
  }

  /** A region was drawn: it stays selected, stays at hand to go on with, or is let go. */
  drawn(id: string, then: "selected" | "loose" | "free"): void {
    this.select(then === "free" ? null : id);
    this.isLoose = then === "loose";
  }

  /** A vertex or keypoint of the selected region, by its place; null for none. */
  selectPoint(index: number | null): void {
    if (this.pointIndex === index && this.refused === null) return;
    this.pointIndex = index;
    this.refused = null;
    this.changed();
  }

  refuse(refusal: Refusal): void {
    this.refused = refusal;
    this.changed();
  }

  private letPointGo(): void {
    this.pointIndex = null;
    this.refused = null;
  }

  /** The next region in the order of making, or the one before; round at the ends. */
  selectNext(step: 1 | -1): void {
    const ids = [...this.current.regions.keys()];
    if (ids.length === 0) return;
    const at = this.selectedId === null ? (step === 1 ? -1 : 0) : ids.indexOf(this.selectedId);
    this.select(ids[(at + step + ids.length) % ids.length] ?? null);
  }

  toggleHidden(id: string): void {
    if (!this.hidden.delete(id)) this.hidden.add(id);
    this.changed();
  }

  toggleAllHidden(): void {
    this.allHidden = !this.allHidden;
    this.changed();
  }

  toggleLocked(id: string): void {
    if (!this.locked.delete(id)) this.locked.add(id);
    this.changed();
  }

  preview(changes: ChangeSet): void {
    const begins = this.pending.length === 0 && changes.length > 0;
    this.pending = changes;
    if (begins) this.changed();
    else super.changed();
  }

  protected override changed(): void {
    this.settled += 1;
    super.changed();
  }

  rollback(): void {
    if (this.pending.length === 0) return;
    this.pending = [];
    this.changed();
  }

  commit(changes: ChangeSet = this.pending): void {
    this.pending = [];
    const real = changes.filter((change) => change.before !== change.after && !same(change));
    if (real.length > 0) {
      this.step(real);
      this.past = [...this.past, real].slice(-MAX_STEPS);
      this.future = [];
    }
    this.changed();
  }

  private step(changes: ChangeSet): void {
    const ids = changes.flatMap((change) => (change.kind === "region" ? [change.id] : []));
    // Another order is another picture of everything.
    this.lastStep = changes.some((change) => change.kind === "order") ? null : { before: this.current, ids };
    this.current = apply(this.current, changes);
    this.revision += 1;
    this.refused = null;
  }

  undo(): void {
    this.pending = [];
    const step = this.past.at(-1);
    if (!step) return;
    this.past = this.past.slice(0, -1);
    this.future = [...this.future, step];
    this.pointIndex = null; // its place may be another point's
    this.step(invert(step));
    this.changed();
  }

  redo(): void {
    const step = this.future.at(-1);
    if (!step) return;
    this.future = this.future.slice(0, -1);
    this.past = [...this.past, step];
    this.pointIndex = null;
    this.step(step);
    this.changed();
  }

  /** Put a region in, or in another's place. */
  put(region: Region): void {
    const before = this.current.regions.get(region.id) ?? null;
    this.commit([{ kind: "region", id: region.id, before, after: region }]);
  }

  /** The key of a label: names the item, or the selected regions that it fits. True where something took the name. */
  pickLabel(kind: Kind, label: string, fits: (region: Region) => boolean = () => true): boolean {
    const before = this.current.labels;
    if (kind.classes === "one") {
      this.commit([{ kind: "labels", before, after: [label] }]);
      return true;
    }
    if (kind.classes === "many") {
      const after = before.includes(label) ? before.filter((value) => value !== label) : [...before, label];
      this.commit([{ kind: "labels", before, after }]);
      return true;
    }
    const changed = this.changeSelection((region) => (fits(region) ? { ...region, label } : region));
    return changed.some(fits);
  }

  /** Change every selected region that is not locked, in one undo step; returns those that may change. */
  changeSelection(change: (region: Region) => Region): Region[] {
    const free = this.selection.filter((region) => !this.locked.has(region.id));
    this.commit(
      free.map((before) => ({ kind: "region", id: before.id, before, after: change(before) }) as const),
    );
    return free;
  }

  /** Say something of the selected regions, or of the item where none is selected; null takes it away. */
  setAttribute(id: string, value: AttributeValue | null, labels: readonly string[] = []): void {
    const said = (before: Doc["attributes"]) => {
      const { [id]: _, ...rest } = before;
      return value === null ? rest : { ...rest, [id]: value };
    };
    if (this.selectedIds.length > 0)
      this.changeSelection((region) =>
        region.shape === "relation" || (labels.length > 0 && !labels.includes(region.label))
          ? region
          : { ...region, attributes: said(region.attributes ?? {}) },
      );
    else {
      const before = this.current.attributes;
      this.commit([{ kind: "attributes", before, after: said(before) }]);
    }
  }

  removeSelected(): void {
    this.remove(this.selectedIds);
  }

  /** Delete regions, with the arrows that hang on them; locked ones stay. */
  remove(ids: readonly string[]): void {
    const gone = new Set(ids.filter((id) => this.current.regions.has(id) && !this.locked.has(id)));
    if (gone.size === 0) return;
    const hanging = [...this.current.regions.values()].filter(
      (region) => region.shape === "relation" && (gone.has(region.from) || gone.has(region.to)),
    );
    for (const region of hanging) gone.add(region.id);
    this.selectMany(this.selectedIds.filter((id) => !gone.has(id)));
    this.commit(
      [...gone].map((id) => ({
        kind: "region",
        id,
        before: this.current.regions.get(id) ?? null,
        after: null,
      })),
    );
  }

  /** Draw the selected regions above all others, or below: masks above hide masks below. */
  reorder(to: "front" | "back"): void {
    const before = [...this.current.regions.keys()];
    const rest = before.filter((id) => !this.isSelected(id));
    const chosen = before.filter((id) => this.isSelected(id));
    if (chosen.length === 0) return;
    this.commit([
      { kind: "order", before, after: to === "front" ? [...rest, ...chosen] : [...chosen, ...rest] },
    ]);
  }

  /** Put regions in the place of others, in one undo step, and select what came. */
  replace(gone: readonly Region[], made: readonly Region[]): void {
    this.commit([
      ...gone.map((before) => ({ kind: "region", id: before.id, before, after: null }) as const),
      ...made.map(
        (after) =>
          ({
            kind: "region",
            id: after.id,
            before: this.current.regions.get(after.id) ?? null,
            after,
          }) as const,
      ),
    ]);
    this.selectMany(made.map((region) => region.id));
  }

  /** Take regions over as new ones, in one undo step; returns how many. */
  insert(regions: readonly Region[], newId: () => string): number {
    const made = regions.filter(onPicture).map((region) => ({ ...region, id: newId() }));
    this.commit(made.map((after) => ({ kind: "region", id: after.id, before: null, after })));
    this.selectMany(made.length === 1 ? made.map((entry) => entry.id) : []);
    return made.length;
  }
}

function same(change: ChangeSet[number]): boolean {
  return JSON.stringify(change.before) === JSON.stringify(change.after);
}
