import type { Saved } from "../core/editor";
import type { Value } from "../core/kinds";
import { Observable } from "../core/observable";
import { type Journal, type Outgoing, workKey } from "./journal";

export interface Task {
  id: number;
  item: {
    id: number;
    name: string;
    image: string;
    text: string;
    width: number | null;
    height: number | null;
  };
  draft: { value: unknown; revision: number } | null;
  /** The value of the person's own annotation. */
  annotation: unknown;
  /** The person's own annotation, 0 for none. */
  annotation_id: number;
  pre_annotation: { value: unknown; score: number | null; model: string } | null;
  unresolved_comments: number;
}

/** Why nothing is dispatched. */
export type BlockedReason = "" | "paused" | "limit_reached" | "not_assigned";

export interface Dispatch {
  tasks: Task[];
  blockedReason: BlockedReason;
}

export interface Submitted extends Dispatch {
  /** The annotation's id; 0 for a skip. */
  id: number;
  /** The trusted value, after a qualification task. */
  feedback: unknown;
}

/** What the session needs of the server. A call rejects with `Gone` where no answer came. */
export interface Server {
  /** With `resume`, those that are held come first. */
  lease(count: number, resume: boolean): Promise<Dispatch>;
  submit(outgoing: Outgoing): Promise<Submitted>;
  skip(outgoing: Outgoing): Promise<Submitted>;
  renew(taskIds: number[]): Promise<void>;
  release(): Promise<void>;
  draft(taskId: number, value: Value, revision: number): Promise<void>;
  /** Take a skip back; the task is the person's again. */
  unskip(taskId: number): Promise<Task>;
  task(taskId: number): Promise<Task>;
  /** The task, held by the person where it is free and they may ask for it. */
  take(taskId: number): Promise<Task>;
  mine(): Promise<number[]>;
}

/** No answer from the server: worth trying again. Any other rejection is a refusal for good. */
export class Gone extends Error {}

/** The server does not know who asks any more: worth trying again after signing in. */
export class SignedOut extends Gone {}

/** A refusal with its stable code. */
export interface Coded {
  code: string;
}

/** Which tasks another window of this browser works on. */
export interface Windows {
  /** True where the task is this window's from now on; false where another one has it. */
  claim(taskId: number): Promise<boolean>;
  free(taskId: number): void;
}

const ALONE: Windows = { claim: async () => true, free: () => {} };

export type SaveState = "saved" | "waiting" | "offline" | "signed_out";

const AHEAD = 3;
const RETRY_MS = [500, 1000, 2000, 4000, 8000];

/**
 * One person labeling one project: holds the next items, sends answers in their order, and never
 * forgets one.
 */
export class Session extends Observable {
  current: Task | null = null;
  ahead: Task[] = [];
  pending: Outgoing[] = [];
  refused: Outgoing[] = [];
  answered: number[] = [];
  blockedReason: BlockedReason = "";
  /** A qualification task that was just labeled, with the trusted value. */
  feedback: { task: Task; own: Value; trusted: unknown } | null = null;
  saveState: SaveState = "saved";
  ready = false;
  /** Annotations submitted on this screen, on tasks that had none of this person. */
  submittedCount = 0;
  /** A refused annotation that is open again: what the server said, and the region that it named. */
  reopened: { taskId: number; clientId: string; why: string; region: string } | null = null;
  /** Tasks that came back by themselves with the person's own annotation. */
  private returned = new WeakSet<Task>();
  /** Tasks whose answer is on its way into the journal. */
  private leaving = new Set<number>();
  /** Tasks of annotations on their way, to show the feedback of a qualification task. */
  private submittedTasks = new Map<string, Task>();
  /** Unfinished work that the server does not have yet, the newest of each task. */
  private drafts = new Map<number, { value: Value; revision: number }>();
  private sending = false;
  private filling = false;
  private tries = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private closed = false;

  constructor(
    private readonly server: Server,
    private readonly journal: Journal,
    readonly userId: number,
    readonly projectId: number,
    private readonly preload: (task: Task) => void = () => {},
    private readonly now: () => number = Date.now,
    private readonly newId: () => string = () => crypto.randomUUID(),
    private readonly windows: Windows = ALONE,
  ) {
    super();
  }

  /** Send what an earlier visit left, then take up the tasks that are held. */
  async start(): Promise<void> {
    const stored = await this.journal.outbox(this.userId);
    const mine = stored.filter((outgoing) => outgoing.projectId === this.projectId);
    this.refused = mine.filter((outgoing) => outgoing.refused !== null);
    this.pending = mine.filter((outgoing) => outgoing.refused === null);
    void this.flush();
    await this.fill();
    this.ready = true;
    this.changed();
  }

  /** How much is here that the server does not have yet. */
  get waiting(): number {
    return this.pending.length + this.leaving.size + this.drafts.size;
  }

  /** Tasks that were skipped on this screen, as the server knows. */
  private skipped = new Set<number>();

  /** Whether more items may still come: an answer brings the next ones with it. */
  get looking(): boolean {
    return this.filling || (this.waiting > 0 && this.saveState === "waiting");
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  /** Lease until the next items are in the browser. */
  async fill(): Promise<void> {
    this.filling = true;
    this.changed();
    try {
      const dispatch = await this.server.lease(AHEAD + 1, true);
      this.blockedReason = dispatch.blockedReason;
      await this.take(dispatch.tasks);
      if (this.current === null && this.ahead.length === 0 && dispatch.tasks.length > 0)
        await this.take((await this.server.lease(AHEAD + 1, false)).tasks); // another window has all that is held
      if (this.waiting === 0) this.saveState = "saved";
    } catch (reason) {
      if (!(reason instanceof Gone)) throw reason;
      this.away(reason);
    } finally {
      this.filling = false;
    }
    this.advance();
  }

  private async take(tasks: Task[]): Promise<void> {
    const known = new Set([
      this.current?.id,
      ...this.ahead.map((task) => task.id),
      ...this.pending.map((outgoing) => outgoing.taskId),
      ...this.leaving,
    ]);
    for (const task of tasks) {
      if (known.has(task.id)) continue;
      known.add(task.id);
      if (!(await this.windows.claim(task.id))) continue;
      if (task.annotation_id > 0) this.returned.add(task);
      // What was sent back comes first: its author still knows it.
      const place =
        task.annotation_id > 0 ? this.ahead.findIndex((candidate) => !this.returned.has(candidate)) : -1;
      this.ahead.splice(place < 0 ? this.ahead.length : place, 0, task);
      this.preload(task);
    }
  }

  /** Whether a task was sent back to this person. */
  wasReturned(task: Task): boolean {
    return this.returned.has(task);
  }

  /** Annotations that were submitted here and that the server does not have yet. */
  get unsentCount(): number {
    return this.pending.filter((outgoing) => outgoing.value !== null && outgoing.parentAnnotationId === 0)
      .length;
  }

  private advance(): void {
    if (this.current === null) this.current = this.ahead.shift() ?? null;
    this.changed();
  }

  /** Take an answer (or a skip): the next item at once, the journal, then the server when it can. */
  async finish(
    answer: { value: Value } | { skip: string },
    activeMs: number,
    preAnnotationShown = false,
  ): Promise<void> {
    const task = this.current;
    if (task === null) return;
    const outgoing: Outgoing = {
      clientId: this.newId(),
      userId: this.userId,
      projectId: this.projectId,
      taskId: task.id,
      value: "value" in answer ? answer.value : null,
      skipReason: "skip" in answer ? answer.skip : null,
      activeMs: Math.round(activeMs),
      parentAnnotationId: task.annotation_id,
      preAnnotationShown,
      madeAt: this.now(),
      refused: null,
      code: "",
    };
    this.submittedTasks.set(outgoing.clientId, task);
    // The next item shows in this very moment, so that no key is lost. Until the answer is in the journal
    // its gestures are there as unfinished work: a crash in between brings the item back with its label.
    this.current = null;
    this.drafts.delete(task.id);
    this.leaving.add(task.id);
    this.answered = [...this.answered.filter((id) => id !== task.id), task.id];
    if (outgoing.value !== null && outgoing.parentAnnotationId === 0) this.submittedCount += 1;
    const { reopened } = this;
    if (this.saveState === "saved") this.saveState = "waiting";
    this.advance();
    await this.journal.enqueue(outgoing, workKey(this.userId, task.id));
    this.leaving.delete(task.id);
    if (reopened?.taskId === task.id) await this.dismiss(reopened.clientId); // the new one is in the journal
    this.pending.push(outgoing);
    this.changed();
    void this.flush();
  }

  /** Send the journal in its order; one request at a time, so that the server sees answers as they were given. */
  async flush(): Promise<void> {
    if (this.sending || this.closed) return;
    this.sending = true;
    clearTimeout(this.timer);
    try {
      while (!this.closed) {
        const [first] = this.pending;
        const [draft] = this.drafts;
        if (first ? !(await this.send(first)) : draft ? !(await this.sendDraft(draft)) : true) break;
      }
      if (this.waiting > 0) return;
      this.saveState = "saved";
      if (this.current === null && this.ready) await this.fill();
    } finally {
      this.sending = false;
      this.changed();
    }
  }

  /** False where the server did not answer; tried again later. */
  private async send(outgoing: Outgoing): Promise<boolean> {
    try {
      const submitted =
        outgoing.value !== null ? await this.server.submit(outgoing) : await this.server.skip(outgoing);
      this.tries = 0;
      this.saveState = "waiting";
      await this.journal.remove(outgoing.clientId);
      this.pending = this.pending.filter((other) => other !== outgoing);
      if (outgoing.value === null) this.skipped.add(outgoing.taskId);
      await this.arrived(outgoing, submitted);
      return true;
    } catch (reason) {
      if (reason instanceof Gone) return this.away(reason);
      const code = String((reason as Partial<Coded>).code ?? "");
      const refused = {
        ...outgoing,
        code,
        refused: reason instanceof Error ? reason.message : String(reason),
      };
      await this.journal.put(refused);
      this.pending = this.pending.filter((other) => other !== outgoing);
      this.refused = [...this.refused, refused];
      return true;
    }
  }

  /** Unfinished work to the server. A refusal is told when the answer is given: the work is in the journal. */
  private async sendDraft([taskId, draft]: [number, { value: Value; revision: number }]): Promise<boolean> {
    try {
      await this.server.draft(taskId, draft.value, draft.revision);
      this.tries = 0;
    } catch (reason) {
      if (reason instanceof Gone) return this.away(reason);
    }
    if (this.drafts.get(taskId) === draft) this.drafts.delete(taskId);
    return true;
  }

  private away(reason: Gone): false {
    this.saveState = reason instanceof SignedOut ? "signed_out" : "offline";
    this.retryLater();
    return false;
  }

  /** The server has an answer: later ones to the same task are made from it, and the next task is here. */
  private async arrived(outgoing: Outgoing, submitted: Submitted): Promise<void> {
    for (const later of this.pending) {
      if (later.taskId !== outgoing.taskId || submitted.id === 0) continue;
      later.parentAnnotationId = submitted.id;
      await this.journal.put(later);
    }
    const task = this.submittedTasks.get(outgoing.clientId);
    this.submittedTasks.delete(outgoing.clientId);
    if (submitted.feedback && task && outgoing.value)
      this.feedback = { task, own: outgoing.value, trusted: submitted.feedback };
    if (this.current?.id !== outgoing.taskId) this.windows.free(outgoing.taskId);
    this.blockedReason = submitted.blockedReason;
    await this.take(submitted.tasks);
    this.advance();
  }

  /** The feedback was read. */
  dismissFeedback(): void {
    this.feedback = null;
    this.changed();
  }

  private retryLater(): void {
    const wait = RETRY_MS[Math.min(this.tries, RETRY_MS.length - 1)] ?? 8000;
    this.tries += 1;
    this.timer = setTimeout(() => void this.flush(), wait);
  }

  /** Put the item off: those after it come first. False where there is no other. */
  later(): boolean {
    if (this.current === null || this.ahead.length === 0) return false;
    this.ahead.push(this.current);
    this.current = null;
    this.advance();
    return true;
  }

  /** Keep the tasks that are here for longer. */
  async renew(): Promise<void> {
    const ids = [this.current, ...this.ahead].filter((other) => other !== null).map((task) => task.id);
    if (ids.length > 0) await this.server.renew(ids).catch(() => {});
  }

  /** Going home: what is not answered goes back to the others. Unfinished work stays in the journal. */
  async leave(): Promise<void> {
    await this.flush();
    if (this.pending.length === 0) await this.server.release().catch(() => {});
    this.close();
  }

  /** Send a refused answer again, as one made from what the server has now. */
  async insist(clientId: string): Promise<void> {
    const match = this.refused.find((outgoing) => outgoing.clientId === clientId);
    if (!match) return;
    const current = await this.server.task(match.taskId);
    const again = {
      ...match,
      clientId: this.newId(),
      parentAnnotationId: current.annotation_id,
      refused: null,
      code: "",
    };
    await this.journal.put(again);
    await this.dismiss(clientId);
    this.pending.push(again);
    this.changed();
    void this.flush();
  }

  /** What the server has for a refused answer's task. */
  async theirs(clientId: string): Promise<unknown> {
    const match = this.refused.find((outgoing) => outgoing.clientId === clientId);
    return match ? (await this.server.task(match.taskId)).annotation : null;
  }

  /** Let a refused answer go; the person saw it. */
  async dismiss(clientId: string): Promise<void> {
    await this.journal.remove(clientId);
    this.refused = this.refused.filter((outgoing) => outgoing.clientId !== clientId);
    if (this.reopened?.clientId === clientId) this.reopened = null;
    this.changed();
  }

  /** Back to the answer before; the item on the screen waits its turn. */
  async back(): Promise<"annotation" | "skip" | "none"> {
    if (this.answered.length === 0) {
      const ids = await this.server.mine();
      this.answered = ids.reverse();
    }
    const id = this.answered.filter((value) => value !== this.current?.id).at(-1);
    if (id === undefined) return "none";
    await this.flush();
    const waiting = this.pending.find((outgoing) => outgoing.taskId === id);
    const isSkip = waiting ? waiting.value === null : this.skipped.has(id);
    if (waiting && isSkip) {
      await this.journal.remove(waiting.clientId);
      this.pending = this.pending.filter((outgoing) => outgoing !== waiting);
    }
    const task = isSkip && !waiting ? await this.server.unskip(id) : await this.server.task(id);
    this.skipped.delete(id);
    this.answered = this.answered.filter((value) => value !== id);
    this.show(waiting?.value ? { ...task, annotation: waiting.value } : task);
    return isSkip ? "skip" : "annotation";
  }

  /** Open the task of a refused annotation with what was submitted, to correct it. */
  async reopen(clientId: string): Promise<void> {
    const match = this.refused.find((outgoing) => outgoing.clientId === clientId);
    if (!match) return;
    const task = this.current?.id === match.taskId ? this.current : await this.server.task(match.taskId);
    if (this.current?.id === match.taskId) this.current = null;
    this.ahead = this.ahead.filter((other) => other.id !== match.taskId);
    this.reopened = {
      taskId: match.taskId,
      clientId,
      why: match.refused ?? "",
      region: refusedRegion(match.value, match.refused ?? ""),
    };
    this.show({ ...task, annotation: match.value ?? task.annotation, draft: null });
  }

  /** Show one task, by its address; the item on the screen waits its turn. */
  async open(taskId: number): Promise<void> {
    if (this.current?.id === taskId) return;
    const task = this.ahead.find((candidate) => candidate.id === taskId) ?? (await this.server.take(taskId));
    this.ahead = this.ahead.filter((other) => other.id !== taskId);
    this.show(task);
  }

  private show(task: Task): void {
    if (this.current) this.ahead.unshift(this.current);
    this.current = task;
    this.changed();
  }

  /** Unfinished work on a task, with its undo steps. */
  async work(taskId: number): Promise<Saved | undefined> {
    return (await this.journal.work(workKey(this.userId, taskId)))?.saved;
  }

  /** Keep unfinished work on a task that is here: in the journal at once, with a value on the server soon. */
  async keep(
    task: Task,
    saved: Saved,
    value: Value | null,
    revision: number,
    activeMs: number,
  ): Promise<void> {
    if (this.current !== task && !this.ahead.includes(task)) return; // it was answered in between
    if (value !== null) {
      this.drafts.set(task.id, { value, revision });
      if (this.saveState === "saved") this.saveState = "waiting";
      this.changed();
    }
    await this.journal.keepWork({ key: workKey(this.userId, task.id), saved, revision, activeMs });
    if (value !== null) void this.flush();
  }
}

/** The id of the region that a refusal names, as in `value.regions.0: …`; empty where it names none. */
export function refusedRegion(value: Value | null, why: string): string {
  const match = /value\.(regions|spans|relations)\.(\d+)/.exec(why);
  const rows = match ? value?.[match[1] ?? ""] : undefined;
  const row = Array.isArray(rows) ? (rows[Number(match?.[2])] as { id?: string } | undefined) : undefined;
  return row?.id ?? "";
}
