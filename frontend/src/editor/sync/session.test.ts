import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Saved } from "../core/editor";
import type { Value } from "../core/kinds";
import { Journal, type Outgoing } from "./journal";
import {
  type Dispatch,
  Gone,
  refusedRegion,
  type Server,
  Session,
  SignedOut,
  type Submitted,
  type Task,
} from "./session";

/** A server that keeps answers by task, can be away, and may answer after it has written. */
class Pretend {
  answers = new Map<string, Outgoing>();
  down = false;
  signedOut = false;
  /** Write, then lose the answer on its way back: the client must not send a second one. */
  losesAnswers = 0;
  refuses = new Set<number>();
  lessons = new Map<number, unknown>();
  private next = 1;

  private task(id: number): Task {
    const item = { id, name: `${id}.png`, image: "", text: "", width: 1, height: 1 };
    return {
      id,
      item,
      draft: null,
      annotation: null,
      annotation_id: 0,
      pre_annotation: null,
      unresolved_comments: 0,
    };
  }

  async lease(count: number): Promise<Dispatch> {
    if (this.down) throw new Gone();
    return { tasks: Array.from({ length: count }, () => this.task(this.next++)), blockedReason: "" };
  }

  async submit(out: Outgoing): Promise<Submitted> {
    if (this.down) throw new Gone();
    if (this.signedOut) throw new SignedOut();
    if (this.refuses.has(out.taskId)) throw new Error("Task assigned to somebody else now.");
    this.answers.set(out.clientId, out);
    this.log.push(`answer ${out.taskId}`);
    if (this.losesAnswers > 0) {
      this.losesAnswers -= 1;
      throw new Gone();
    }
    const id = this.answers.size;
    return {
      id,
      tasks: [this.task(this.next++)],
      blockedReason: "",
      feedback: this.lessons.get(out.taskId) ?? null,
    };
  }

  skip = (out: Outgoing) => this.submit(out);
  /** Everything that arrived, in its order: answers and unfinished work. */
  log: string[] = [];

  async draft(taskId: number, value: Value): Promise<void> {
    if (this.down) throw new Gone();
    this.log.push(`draft ${taskId} ${value.label}`);
  }

  async mine(): Promise<number[]> {
    return [77];
  }
  async unskip(id: number): Promise<Task> {
    this.log.push(`unskip ${id}`);
    return this.task(id);
  }
  async taskById(id: number): Promise<Task> {
    return this.task(id);
  }
}

let server: Pretend;
let name: string;
let clock = 0;

async function open(): Promise<Session> {
  const pretend = server;
  const door: Server = {
    lease: (count) => pretend.lease(count),
    submit: (out) => pretend.submit(out),
    skip: (out) => pretend.skip(out),
    draft: (id, value) => pretend.draft(id, value),
    mine: () => pretend.mine(),
    task: (id) => pretend.taskById(id),
    take: (id) => pretend.taskById(id),
    unskip: (id) => pretend.unskip(id),
    renew: async () => {},
    release: async () => {},
  };
  const session = new Session(
    door,
    await Journal.open(name),
    1,
    9,
    () => {},
    () => ++clock,
  );
  await session.start();
  return session;
}

beforeEach(() => {
  server = new Pretend();
  name = `test-${Math.random()}`;
});

const WORK: Saved = { doc: { labels: ["apple"], attributes: {}, regions: [] }, past: [], future: [] };
const APPLE = { value: { label: "apple" } };

describe("a labeling session", () => {
  it("holds the next items before they are asked for", async () => {
    const session = await open();
    expect(session.current?.id).toBe(1);
    expect(session.ahead.map((task) => task.id)).toEqual([2, 3, 4]);
    await session.finish(APPLE, 10);
    expect(session.current?.id).toBe(2);
    await vi.waitFor(() => expect(session.saveState).toBe("saved"));
    expect(session.ahead.map((task) => task.id)).toEqual([3, 4, 5]);
  });

  it("is looking for more, not at the end, while the answers that bring the next items are on their way", async () => {
    const session = await open();
    for (let number = 0; number < 4; number += 1) void session.finish(APPLE, 10);
    expect(session.current).toBeNull();
    expect(session.looking).toBe(true);
    await vi.waitFor(() => expect(session.saveState).toBe("saved"));
    expect(session.current?.id).toBe(5);
    expect(session.looking).toBe(false);
  });

  it("goes on offline and sends everything in order when the server is back", async () => {
    const session = await open();
    server.down = true;
    for (let number = 0; number < 4; number += 1) await session.finish(APPLE, 10);
    expect(session.current).toBeNull();
    await vi.waitFor(() => expect(session.saveState).toBe("offline"));
    expect(server.answers.size).toBe(0);
    server.down = false;
    await session.flush();
    expect([...server.answers.values()].map((out) => out.taskId)).toEqual([1, 2, 3, 4]);
    await vi.waitFor(() => expect(session.saveState).toBe("saved"));
    expect(session.current).not.toBeNull();
  });

  it("sends an answer whose receipt was lost again under the same id, so that it counts once", async () => {
    const session = await open();
    server.losesAnswers = 1;
    await session.finish(APPLE, 10);
    await vi.waitFor(() => expect(session.saveState).toBe("offline"));
    await session.flush();
    expect(server.answers.size).toBe(1);
    expect(session.pending).toEqual([]);
  });

  it("finds after a reload what was not sent, and sends it", async () => {
    const before = await open();
    server.down = true;
    await before.finish(APPLE, 10);
    await before.finish({ skip: "dark" }, 10);
    before.close();
    server.down = false;
    const after = await open();
    await vi.waitFor(() => expect(server.answers.size).toBe(2));
    expect([...server.answers.values()].map((out) => out.skipReason)).toEqual([null, "dark"]);
    await vi.waitFor(() => expect(after.pending).toEqual([]));
  });

  it("keeps and shows an answer that the server refuses for good, and goes on with the others", async () => {
    const session = await open();
    server.refuses.add(1);
    await session.finish(APPLE, 10);
    await session.finish(APPLE, 10);
    await vi.waitFor(() => expect(session.saveState).toBe("saved"));
    expect(session.refused.map((out) => [out.taskId, out.refused])).toEqual([
      [1, "Task assigned to somebody else now."],
    ]);
    expect([...server.answers.values()].map((out) => out.taskId)).toEqual([2]);
    session.close();
    const after = await open();
    expect(after.refused).toHaveLength(1);
    await after.dismiss(after.refused[0]?.clientId ?? "");
    expect((await open()).refused).toHaveLength(0);
  });

  it("keeps what a signed-out person answers, says so, and sends it once they are back", async () => {
    const session = await open();
    server.signedOut = true;
    await session.finish(APPLE, 10);
    await vi.waitFor(() => expect(session.saveState).toBe("signed_out"));
    expect([session.refused, session.waiting]).toEqual([[], 1]);
    server.signedOut = false;
    await session.flush();
    expect(session.saveState).toBe("saved");
    expect(server.answers.size).toBe(1);
  });

  it("sends a refused answer again when the person says so", async () => {
    const session = await open();
    server.refuses.add(1);
    await session.finish(APPLE, 10);
    await vi.waitFor(() => expect(session.refused).toHaveLength(1));
    server.refuses.clear();
    await session.insist(session.refused[0]?.clientId ?? "");
    await vi.waitFor(() => expect(server.answers.size).toBe(1));
    expect(session.refused).toEqual([]);
  });

  it("goes back to the last answer and then on to where it was", async () => {
    const session = await open();
    await session.finish(APPLE, 10);
    await vi.waitFor(() => expect(session.saveState).toBe("saved"));
    expect(session.current?.id).toBe(2);
    expect(await session.back()).toBe("annotation");
    expect(session.current?.id).toBe(1);
    await session.finish({ value: { label: "pear" } }, 10);
    expect(session.current?.id).toBe(2);
  });

  it("says that unfinished work waits while the server is away, and sends the newest when it is back", async () => {
    const session = await open();
    const task = session.current as Task;
    server.down = true;
    await session.keep(task, WORK, { label: "apple" }, 1, 10);
    await vi.waitFor(() => expect(session.saveState).toBe("offline"));
    await session.keep(task, WORK, { label: "pear" }, 2, 10);
    expect(session.waiting).toBe(1);
    server.down = false;
    await vi.waitFor(() => expect(session.saveState).toBe("saved"), 3000);
    expect(server.log).toEqual(["draft 1 pear"]);
    expect(session.waiting).toBe(0);
  });

  it("keeps unfinished work on an item that is put off, and sends none after its answer", async () => {
    const session = await open();
    const task = session.current as Task;
    expect(session.later()).toBe(true);
    await session.keep(task, WORK, null, 1, 10);
    expect(await session.work(task.id)).toEqual(WORK);
    const next = session.current as Task;
    const promise = session.keep(next, WORK, { label: "apple" }, 2, 10);
    const done = session.finish(APPLE, 10);
    await session.keep(next, WORK, { label: "late" }, 3, 10);
    await Promise.all([promise, done]);
    await vi.waitFor(() => expect(session.saveState).toBe("saved"));
    expect(server.log.at(-1)).toBe(`answer ${next.id}`);
    expect(await session.work(next.id)).toBeUndefined();
  });

  it("takes a skip back: from the journal while it waits there, else from the server", async () => {
    const session = await open();
    await session.finish({ skip: "dark" }, 10);
    await vi.waitFor(() => expect(session.saveState).toBe("saved"));
    expect(await session.back()).toBe("skip");
    expect(server.log).toContain("unskip 1");
    expect(session.current?.id).toBe(1);
    server.down = true;
    await session.finish({ skip: "dark" }, 10);
    expect(await session.back()).toBe("skip");
    expect([session.current?.id, session.pending.length]).toEqual([1, 0]);
    server.down = false;
    await session.flush();
    expect(server.log.filter((line) => line === "answer 1")).toHaveLength(1);
  });

  it("opens a refused annotation again with what was submitted, and lets it go once that is corrected", async () => {
    const session = await open();
    server.refuses.add(1);
    await session.finish(APPLE, 10);
    await vi.waitFor(() => expect(session.refused).toHaveLength(1));
    await session.reopen(session.refused[0]?.clientId ?? "");
    expect([session.current?.id, session.current?.annotation]).toEqual([1, APPLE.value]);
    expect(session.reopened?.why).toBe("Task assigned to somebody else now.");
    expect(session.ahead[0]?.id).toBe(2);
    server.refuses.clear();
    await session.finish({ value: { label: "pear" } }, 10);
    await vi.waitFor(() => expect(session.saveState).toBe("saved"));
    expect([session.refused.length, session.reopened]).toEqual([0, null]);
    expect([...server.answers.values()].map((answer) => answer.value)).toContainEqual({ label: "pear" });
  });

  it("counts what was submitted here, without the corrections of earlier ones", async () => {
    const session = await open();
    await session.finish(APPLE, 10);
    await session.finish({ skip: "dark" }, 10);
    await vi.waitFor(() => expect(session.saveState).toBe("saved"));
    expect([session.submittedCount, session.unsentCount]).toEqual([1, 0]);
  });
});

describe("a refusal", () => {
  it("names the region that it is about", () => {
    const value = { regions: [{ id: "a" }, { id: "b" }] };
    expect(refusedRegion(value, "value.regions.1: the label 'road' is for the shape polygon")).toBe("b");
    expect(refusedRegion(value, "The lease is lost.")).toBe("");
  });
});
