import "fake-indexeddb/auto";
import { openDB } from "idb";
import { describe, expect, it, vi } from "vitest";
import { type FormerOutgoing, Journal, type Outgoing } from "./journal";
import { type Server, Session, type Submitted, type Task } from "./session";

/** Entries as the browser of 0.2.0 left them: one that never reached its server, one that was refused. */
const FORMER: FormerOutgoing[] = [
  {
    clientId: "00000000-0000-4000-8000-000000000001",
    userId: 1,
    projectId: 9,
    taskId: 4,
    value: { label: "apple" },
    skipReason: null,
    activeMs: 1200,
    sees: 31,
    prelabelShown: true,
    madeAt: 1,
    refused: null,
    code: "",
  },
  {
    clientId: "00000000-0000-4000-8000-000000000002",
    userId: 1,
    projectId: 9,
    taskId: 5,
    value: { label: "pear" },
    skipReason: null,
    activeMs: 900,
    sees: 0,
    prelabelShown: false,
    madeAt: 2,
    refused: "You answered this task elsewhere in the meantime.",
    code: "answered_elsewhere",
  },
];

/** The database as 0.2.0 made it. */
async function formerDatabase(name: string): Promise<void> {
  const db = await openDB(name, 1, {
    upgrade(created) {
      created.createObjectStore("work", { keyPath: "key" });
      created.createObjectStore("outbox", { keyPath: "clientId" });
    },
  });
  for (const entry of FORMER) await db.put("outbox", entry);
  await db.put("work", { key: "1:6", saved: { doc: "half done" }, revision: 7, activeMs: 10 });
  db.close();
}

describe("the journal of an earlier version", () => {
  it("gives its annotations in today's names", async () => {
    await formerDatabase("former-read");
    const [waiting, refused] = await (await Journal.open("former-read")).outbox(1);
    expect(waiting).toMatchObject({
      parentAnnotationId: 31,
      preAnnotationShown: true,
      value: { label: "apple" },
    });
    expect(waiting).not.toHaveProperty("sees");
    expect(waiting).not.toHaveProperty("prelabelShown");
    expect(refused).toMatchObject({
      parentAnnotationId: 0,
      code: "annotated_elsewhere",
      value: { label: "pear" },
    });
  });

  it("keeps unfinished work", async () => {
    await formerDatabase("former-work");
    const work = await (await Journal.open("former-work")).work("1:6");
    expect(work?.saved).toEqual({ doc: "half done" });
  });

  it("is sent under the same idempotency key, and what was refused waits for the person", async () => {
    await formerDatabase("former-send");
    const sent: Outgoing[] = [];
    const nothing = { tasks: [] as Task[], blockedReason: "" as const };
    const server: Server = {
      lease: async () => nothing,
      submit: async (outgoing): Promise<Submitted> => {
        sent.push({ ...outgoing });
        return { ...nothing, id: 40, feedback: null };
      },
      skip: async () => ({ ...nothing, id: 0, feedback: null }),
      renew: async () => {},
      release: async () => {},
      draft: async () => {},
      task: async () => Promise.reject(new Error("not asked for")),
      take: async () => Promise.reject(new Error("not asked for")),
      unskip: async () => Promise.reject(new Error("not asked for")),
      mine: async () => [],
    };
    const journal = await Journal.open("former-send");
    const session = new Session(server, journal, 1, 9);
    await session.start();
    await vi.waitFor(() => expect(session.saveState).toBe("saved"));
    expect(sent.map((outgoing) => outgoing.clientId)).toEqual([FORMER[0]?.clientId]);
    expect(sent[0]).toMatchObject({ parentAnnotationId: 31, preAnnotationShown: true });
    expect(session.refused.map((outgoing) => outgoing.taskId)).toEqual([5]);
    expect((await journal.outbox(1)).map((outgoing) => outgoing.taskId)).toEqual([5]);
  });
});
