import { type IDBPDatabase, openDB } from "idb";
import type { Saved } from "../core/editor";
import type { Value } from "../core/kinds";

/** An annotation or a skip on its way: in the journal until the server has confirmed it. */
export interface Outgoing {
  clientId: string;
  userId: number;
  projectId: number;
  taskId: number;
  value: Value | null;
  skipReason: string | null;
  activeMs: number;
  /** The person's own annotation that this one was made from, 0 for none. */
  parentAnnotationId: number;
  preAnnotationShown: boolean;
  madeAt: number;
  /** Set where the server refused for good; shown to the person, never thrown away silently. */
  refused: string | null;
  /** The code of the refusal: some can be settled by the person. */
  code: string;
}

/** An entry as 0.2.0 wrote it; browsers may hold some for as long as their owners stay away. */
export interface FormerOutgoing extends Omit<Outgoing, "parentAnnotationId" | "preAnnotationShown"> {
  sees: number;
  prelabelShown: boolean;
}

const FORMER_CODES: Record<string, string> = {
  answered_elsewhere: "annotated_elsewhere",
  lease_lost: "task_lease_lost",
};

/** An entry in today's names, whichever version wrote it. */
function translated(stored: Outgoing | FormerOutgoing): Outgoing {
  if ("parentAnnotationId" in stored) return stored;
  const { sees, prelabelShown, ...rest } = stored;
  return {
    ...rest,
    parentAnnotationId: sees,
    preAnnotationShown: prelabelShown,
    code: FORMER_CODES[rest.code] ?? rest.code,
  };
}

/** Unfinished work on one task. */
export interface Work {
  key: string;
  saved: Saved;
  revision: number;
  activeMs: number;
}

/** The local journal: every committed gesture and every annotation is here before it is anywhere else. */
export class Journal {
  private constructor(private readonly db: IDBPDatabase) {}

  static async open(name = "plateau"): Promise<Journal> {
    const db = await openDB(name, 1, {
      upgrade(created) {
        created.createObjectStore("work", { keyPath: "key" });
        created.createObjectStore("outbox", { keyPath: "clientId" });
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

  /** The annotation goes in and the unfinished work goes out in one transaction: neither can be lost alone. */
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
    const stored = (await this.db.getAll("outbox")) as (Outgoing | FormerOutgoing)[];
    return stored
      .map(translated)
      .filter((outgoing) => outgoing.userId === userId)
      .sort((a, b) => a.madeAt - b.madeAt);
  }
}

export function workKey(userId: number, taskId: number): string {
  return `${userId}:${taskId}`;
}
