import { apply, type Change, type ChangeSet, type Doc, EMPTY, invert, type Region } from "./document";
import { Observable } from "./observable";

const MAX_STEPS = 500;

export interface Saved {
  doc: { label: string | null; regions: Region[] };
  past: ChangeSet[];
  future: ChangeSet[];
}

/**
 * The document with its undo. A gesture begins, previews, then commits or rolls back; a commit is one
 * undo step and one outgoing change set.
 */
export class Editor extends Observable {
  private current: Doc = EMPTY;
  private pending: ChangeSet = [];
  private past: ChangeSet[] = [];
  private future: ChangeSet[] = [];
  private selectedId: string | null = null;
  /** Grows with every commit, undo and redo: what autosave watches. */
  revision = 0;

  /** The document without the running gesture. */
  get doc(): Doc {
    return this.current;
  }

  /** The document with the running gesture. */
  get shown(): Doc {
    return this.pending.length > 0 ? apply(this.current, this.pending) : this.current;
  }

  get selected(): Region | null {
    return this.selectedId === null ? null : (this.shown.regions.get(this.selectedId) ?? null);
  }

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  /** Another item: its document, and its undo steps where they were kept. */
  load(doc: Doc, saved?: Saved): void {
    this.current = saved
      ? { label: saved.doc.label, regions: new Map(saved.doc.regions.map((r) => [r.id, r])) }
      : doc;
    this.past = saved?.past ?? [];
    this.future = saved?.future ?? [];
    this.pending = [];
    this.selectedId = null;
    this.changed();
  }

  save(): Saved {
    const { label, regions } = this.current;
    return { doc: { label, regions: [...regions.values()] }, past: this.past, future: this.future };
  }

  select(id: string | null): void {
    if (this.selectedId === id) return;
    this.selectedId = id;
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
    const real = changes.filter((change) => !same(change));
    if (real.length > 0) {
      this.current = apply(this.current, real);
      this.past = [...this.past, real].slice(-MAX_STEPS);
      this.future = [];
      this.revision += 1;
    }
    this.changed();
  }

  undo(): void {
    this.pending = [];
    const step = this.past.at(-1);
    if (!step) return;
    this.past = this.past.slice(0, -1);
    this.future = [...this.future, step];
    this.current = apply(this.current, invert(step));
    this.revision += 1;
    this.changed();
  }

  redo(): void {
    const step = this.future.at(-1);
    if (!step) return;
    this.future = this.future.slice(0, -1);
    this.past = [...this.past, step];
    this.current = apply(this.current, step);
    this.revision += 1;
    this.changed();
  }

  /** The key of a label: names the picture, or the selected region. */
  pickLabel(kind: string, label: string): void {
    if (kind === "classification") {
      this.commit([{ kind: "label", before: this.current.label, after: label }]);
      return;
    }
    const region = this.selected;
    if (region) this.commit([{ kind: "region", id: region.id, before: region, after: { ...region, label } }]);
  }

  removeSelected(): void {
    const region = this.selected;
    if (!region) return;
    this.selectedId = null;
    this.commit([{ kind: "region", id: region.id, before: region, after: null }]);
  }
}

function same(change: Change): boolean {
  return JSON.stringify(change.before) === JSON.stringify(change.after);
}
