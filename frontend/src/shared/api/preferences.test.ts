import { QueryClient } from "@tanstack/react-query";
import { expect, it } from "vitest";
import { serve } from "../testing/server";
import { changeMe } from "./preferences";
import { ME, type Me } from "./session";

const person = { name: "Aoi", preferences: {} } as unknown as Me;

/** A server that answers a change when told so; it notes what arrived. */
function slowServer() {
  const arrived: unknown[] = [];
  const answers: (() => void)[] = [];
  serve({
    "PATCH /api/v1/me/": ({ body }) =>
      new Promise((answer) => {
        arrived.push(body);
        answers.push(() => answer(Response.json({ ...person, ...(body as Partial<Me>) })));
      }),
  });
  return { arrived, answerNext: () => answers.shift()?.() };
}

function queriesOf(me: Me): QueryClient {
  const queries = new QueryClient();
  queries.setQueryData(ME.queryKey, me);
  return queries;
}

const DARK = { preferences: { theme: "dark" } } as const;
const LIGHT = { preferences: { theme: "light" } } as const;

it("sends changes one after the other, and shows the last one throughout", async () => {
  const { arrived, answerNext } = slowServer();
  const queries = queriesOf(person);
  const first = changeMe(queries, DARK);
  const second = changeMe(queries, LIGHT);
  await expect.poll(() => arrived).toEqual([DARK]);
  answerNext();
  await first;
  expect(queries.getQueryData(ME.queryKey)?.preferences.theme).toBe("light");
  await expect.poll(() => arrived).toEqual([DARK, LIGHT]);
  answerNext();
  await second;
});

it("sends what still waits when the page is left", async () => {
  const { arrived, answerNext } = slowServer();
  const both = [changeMe(queriesOf(person), DARK), changeMe(queriesOf(person), LIGHT)];
  await expect.poll(() => arrived).toEqual([DARK]);
  window.dispatchEvent(new Event("pagehide"));
  await expect.poll(() => arrived).toEqual([DARK, LIGHT]);
  answerNext();
  answerNext();
  await Promise.all(both);
});

it("goes on after a refusal, and shows again what the server knows", async () => {
  const queries = queriesOf(person);
  serve({ "PATCH /api/v1/me/": () => Response.json({ detail: "No." }, { status: 400 }) });
  const refused = changeMe(queries, DARK);
  await expect(refused).rejects.toThrow("No.");
  expect(queries.getQueryData(ME.queryKey)).toEqual(person);
  serve({ "PATCH /api/v1/me/": () => Response.json({ ...person, name: "Kei" }) });
  expect(await changeMe(queries, { name: "Kei" })).toMatchObject({ name: "Kei" });
});
