import type { QueryClient } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "./client";
import { ME, type Me } from "./session";

/** Change the person's own name, language or preferences, and show it at once; what is not named stays. */
export async function changeMe(queries: QueryClient, body: Schemas["PatchedMeIn"]): Promise<Me> {
  const before = queries.getQueryData(ME.queryKey);
  if (before && body.preferences)
    queries.setQueryData(ME.queryKey, {
      ...before,
      preferences: { ...before.preferences, ...body.preferences },
    });
  try {
    const me = await unwrap(api.PATCH("/api/v1/me/", { body }));
    queries.setQueryData(ME.queryKey, me);
    return me;
  } catch (reason) {
    queries.setQueryData(ME.queryKey, before);
    throw reason;
  }
}
