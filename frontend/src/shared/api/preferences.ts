import type { QueryClient } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "./client";
import { ME, type Me } from "./session";

let underWay = 0;
let known: Me | undefined; // what the server said last
let last: Promise<unknown> = Promise.resolve();
const waiting = new Set<() => void>();

// Whoever leaves the page waits for no answer: what is left goes now, and outlives the page.
window.addEventListener("pagehide", () => {
  for (const go of waiting) go();
});

/**
 * Change the person's own name, language or preferences, and show it at once; what is not named stays. Changes are sent
 * one after the other, so that the last one made is the last to arrive.
 */
export async function changeMe(queries: QueryClient, body: Schemas["PatchedMeIn"]): Promise<Me> {
  const shown = queries.getQueryData(ME.queryKey);
  if (underWay++ === 0) known = shown;
  if (shown && body.preferences)
    queries.setQueryData(ME.queryKey, {
      ...shown,
      preferences: { ...shown.preferences, ...body.preferences },
    });
  const before = last;
  const sent = new Promise<void>((go) => {
    waiting.add(go);
    const release = () => go();
    before.then(release, release).finally(() => waiting.delete(go));
  }).then(() => unwrap(api.PATCH("/api/v1/me/", { body, keepalive: true })));
  last = sent;
  try {
    known = await sent;
    return known;
  } finally {
    if (--underWay === 0) queries.setQueryData(ME.queryKey, known);
  }
}
