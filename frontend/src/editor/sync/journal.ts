import { type IDBPDatabase, openDB } from "idb";
import type { Saved } from "../core/editor";
import type { Value } from "../core/kinds";

/** An answer on its way: kept until the server has said that it has it. */
export interface Outgoing {
  clientId: string;
  userId: number;
  projectId: number;
  taskId: number;
  value: Value | null;
  skipReason: string | null;
  activeMs: number;
  /** My answer that this one was made from, 0 for none. */
  sees: number;
  prelabelShown: boolean;
  madeAt: number;
  /** Set where the server refused for good; shown to the person, never thrown away silently. */
  refused: string | null;
  /** The code of the refusal: some can be settled by the person. */
  code: string;
}

/** Unfinished work on one task. */
export interface Work {
  key: string;
  saved: Saved;
  revision: number;
  activeMs: number;
}

/** The local journal: every committed gesture and every answer is here before it is anywhere else. */
export class Journal {
  private constructor(private readonly db: IDBPDatabase) {}

  static async open(name = "plateau"): Promise<Journal> {
    const db = await openDB(name, 1, {
      upgrade(made) {
        made.createObjectStore("work", { keyPath: "key" });
        made.createObjectStore("outbox", { keyPath: "clientId" });
      },
    });
    return new Journal(db);
  }

  async keepWork(work: Work): Promise<void> {
    await this.db.put("work", work);
  }

  async work(key: string): Promise<Work | undefined> {
    return (await this.db.get("work", key)) as Work | undefined;
  }

  /** The answer goes in and the unfinished work goes out in one transaction: neither can be lost alone. */
  async enqueue(outgoing: Outgoing, workKey: string): Promise<void> {
    const change = this.db.transaction(["outbox", "work"], "readwrite");
    await Promise.all([
      change.objectStore("outbox").put(outgoing),
      change.objectStore("work").delete(workKey),
      change.done,
    ]);
  }

  async put(outgoing: Outgoing): Promise<void> {
    await this.db.put("outbox", outgoing);
  }

  async remove(clientId: string): Promise<void> {
    await this.db.delete("outbox", clientId);
  }

  async outbox(userId: number): Promise<Outgoing[]> {
    const all = (await this.db.getAll("outbox")) as Outgoing[];
    return all.filter((one) => one.userId === userId).sort((a, b) => a.madeAt - b.madeAt);
  }
}

export function workKey(userId: number, taskId: number): string {
  return `${userId}:${taskId}`;
}
