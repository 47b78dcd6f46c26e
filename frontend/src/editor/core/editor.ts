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
  | "no_keypoint_selected";

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
  private selectedId: string | null = null;
  private pointIndex: number | null = null;
  private refused: Refusal | null = null;
  readonly hidden = new Set<string>();
  readonly locked = new Set<string>();
  allHidden = false;
  /** Grows with every commit, undo and redo: what autosave watches. */
  revision = 0;
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

  get selected(): Region | null {
    if (this.selectedId === null) return null;
    const change = this.pending.findLast((one) => one.kind === "region" && one.id === this.selectedId);
    if (change?.kind === "region") return change.after;
    return this.current.regions.get(this.selectedId) ?? null;
  }

  /** Place of the selected vertex or keypoint in the selected region; null where none is. */
  get selectedPoint(): number | null {
    const region = this.selected;
    if (this.pointIndex === null || region === null || !("points" in region)) return null;
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
    this.selectedId = null;
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
    if (this.selectedId === id) return;
    this.selectedId = id;
    this.letPointGo();
    this.changed();
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
    this.pending = changes;
    this.changed();
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
    const ids = changes.flatMap((one) => (one.kind === "region" ? [one.id] : []));
    this.lastStep = { before: this.current, ids };
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

  /** The key of a label: names the item, or the selected region. True where something took the name. */
  pickLabel(kind: Kind, label: string): boolean {
    const before = this.current.labels;
    if (kind.classes === "one") {
      this.commit([{ kind: "labels", before, after: [label] }]);
      return true;
    }
    if (kind.classes === "many") {
      const after = before.includes(label) ? before.filter((one) => one !== label) : [...before, label];
      this.commit([{ kind: "labels", before, after }]);
      return true;
    }
    const region = this.selected;
    if (region === null || this.locked.has(region.id)) return false;
    this.put({ ...region, label });
    return true;
  }

  /** Say something of the selected region, or of the item where none is selected; null takes it away. */
  setAttribute(id: string, value: AttributeValue | null): void {
    const region = this.selected;
    const before = region ? (region.attributes ?? {}) : this.current.attributes;
    const { [id]: _, ...rest } = before;
    const after = value === null ? rest : { ...rest, [id]: value };
    if (region) this.put({ ...region, attributes: after });
    else this.commit([{ kind: "attributes", before, after }]);
  }

  removeSelected(): void {
    const region = this.selected;
    if (!region || this.locked.has(region.id)) return;
    this.selectedId = null;
    this.letPointGo();
    // Arrows go with the span that they hang on.
    const hanging = [...this.current.regions.values()].filter(
      (one) => one.shape === "relation" && (one.from === region.id || one.to === region.id),
    );
    this.commit(
      [region, ...hanging].map((one) => ({ kind: "region", id: one.id, before: one, after: null })),
    );
  }

  /** Take regions over as new ones, in one undo step; returns how many. */
  insert(regions: readonly Region[], newId: () => string): number {
    const made = regions.filter(onPicture).map((region) => ({ ...region, id: newId() }));
    this.commit(made.map((after) => ({ kind: "region", id: after.id, before: null, after })));
    this.select(made.length === 1 ? (made[0]?.id ?? null) : null);
    return made.length;
  }
}

function same(change: ChangeSet[number]): boolean {
  return JSON.stringify(change.before) === JSON.stringify(change.after);
}
