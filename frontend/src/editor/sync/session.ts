import type { Value } from "../core/document";
import type { Saved } from "../core/editor";
import { Observable } from "../core/observable";
import { type Journal, type Outgoing, workKey } from "./journal";

export interface Task {
  id: number;
  item: { id: number; name: string; image: string; width: number | null; height: number | null };
  draft: { value: unknown; revision: number } | null;
  answer: unknown;
}

/** What the session needs of the server. A call rejects with `Gone` where no answer came. */
export interface Server {
  lease(count: number): Promise<Task[]>;
  submit(outgoing: Outgoing): Promise<Task[]>;
  skip(outgoing: Outgoing): Promise<Task[]>;
  draft(taskId: number, value: Value, revision: number): Promise<void>;
  task(taskId: number): Promise<Task>;
  mine(): Promise<number[]>;
}

/** No answer from the server: worth trying again. Any other rejection is a refusal for good. */
export class Gone extends Error {}

export type SaveState = "saved" | "waiting" | "offline";

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
  saveState: SaveState = "saved";
  ready = false;
  /** Tasks whose answer is on its way into the journal. */
  private leaving = new Set<number>();
  private sending = false;
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
  ) {
    super();
  }

  /** Send what an earlier visit left, then take up the tasks that are held. */
  async start(): Promise<void> {
    const kept = await this.journal.outbox(this.userId);
    const mine = kept.filter((one) => one.projectId === this.projectId);
    this.refused = mine.filter((one) => one.refused !== null);
    this.pending = mine.filter((one) => one.refused === null);
    void this.flush();
    await this.fill();
    this.ready = true;
    this.changed();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  /** Lease until the next items are in the browser. */
  async fill(): Promise<void> {
    try {
      this.take(await this.server.lease(AHEAD + 1));
      if (this.pending.length === 0) this.saveState = "saved";
    } catch (reason) {
      if (!(reason instanceof Gone)) throw reason;
      this.saveState = "offline";
    }
    this.advance();
  }

  private take(tasks: Task[]): void {
    const known = new Set([
      this.current?.id,
      ...this.ahead.map((one) => one.id),
      ...this.pending.map((one) => one.taskId),
      ...this.leaving,
    ]);
    for (const task of tasks) {
      if (known.has(task.id)) continue;
      known.add(task.id);
      this.ahead.push(task);
      this.preload(task);
    }
  }

  private advance(): void {
    if (this.current === null) this.current = this.ahead.shift() ?? null;
    this.changed();
  }

  /** Take an answer (or a skip): the next item at once, the journal, then the server when it can. */
  async finish(answer: { value: Value } | { skip: string }, activeMs: number): Promise<void> {
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
      madeAt: this.now(),
      refused: null,
    };
    // The next item shows in this very moment, so that no key is lost. Until the answer is in the journal
    // its gestures are there as unfinished work: a crash in between brings the item back with its label.
    this.current = null;
    this.leaving.add(task.id);
    if (outgoing.value !== null) this.answered = [...this.answered.filter((id) => id !== task.id), task.id];
    if (this.saveState === "saved") this.saveState = "waiting";
    this.advance();
    await this.journal.enqueue(outgoing, workKey(this.userId, task.id));
    this.leaving.delete(task.id);
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
      while (this.pending.length > 0 && !this.closed) {
        const first = this.pending[0] as Outgoing;
        if (!(await this.send(first))) return;
      }
      if (this.leaving.size === 0) this.saveState = "saved";
      if (this.current === null && this.ready) await this.fill();
    } finally {
      this.sending = false;
      this.changed();
    }
  }

  /** False where the server did not answer; tried again later. */
  private async send(outgoing: Outgoing): Promise<boolean> {
    try {
      const next =
        outgoing.value !== null ? await this.server.submit(outgoing) : await this.server.skip(outgoing);
      this.tries = 0;
      this.saveState = "waiting";
      await this.journal.remove(outgoing.clientId);
      this.pending = this.pending.filter((one) => one !== outgoing);
      this.take(next);
      this.advance();
      return true;
    } catch (reason) {
      if (reason instanceof Gone) {
        this.saveState = "offline";
        this.retryLater();
        return false;
      }
      const refused = { ...outgoing, refused: reason instanceof Error ? reason.message : String(reason) };
      await this.journal.put(refused);
      this.pending = this.pending.filter((one) => one !== outgoing);
      this.refused = [...this.refused, refused];
      return true;
    }
  }

  private retryLater(): void {
    const wait = RETRY_MS[Math.min(this.tries, RETRY_MS.length - 1)] ?? 8000;
    this.tries += 1;
    this.timer = setTimeout(() => void this.flush(), wait);
  }

  /** Let a refused answer go; the person saw it. */
  async dismiss(clientId: string): Promise<void> {
    await this.journal.remove(clientId);
    this.refused = this.refused.filter((one) => one.clientId !== clientId);
    this.changed();
  }

  /** Back to the answer before; the item on the screen waits its turn. */
  async back(): Promise<boolean> {
    if (this.answered.length === 0) {
      const ids = await this.server.mine();
      this.answered = ids.reverse();
    }
    const id = this.answered.filter((one) => one !== this.current?.id).at(-1);
    if (id === undefined) return false;
    await this.flush();
    const waiting = this.pending.find((one) => one.taskId === id);
    const task = await this.server.task(id);
    this.answered = this.answered.filter((one) => one !== id);
    if (this.current) this.ahead.unshift(this.current);
    this.current = waiting?.value ? { ...task, answer: waiting.value } : task;
    this.changed();
    return true;
  }

  /** Unfinished work on a task, with its undo steps. */
  async work(taskId: number): Promise<Saved | undefined> {
    return (await this.journal.work(workKey(this.userId, taskId)))?.saved;
  }

  /** Keep unfinished work: here at once, on the server soon. */
  async keep(saved: Saved, value: Value | null, revision: number, activeMs: number): Promise<void> {
    const task = this.current;
    if (task === null) return;
    await this.journal.keepWork({ key: workKey(this.userId, task.id), saved, revision, activeMs });
    if (value !== null) await this.server.draft(task.id, value, revision).catch(() => {});
  }
}
