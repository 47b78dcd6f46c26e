import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Schemas } from "./client";
import { changeMe } from "./preferences";

/** `changeMe` with its state, for pages that say whether it worked. */
export function useChangeMe() {
  const queries = useQueryClient();
  return useMutation({ mutationFn: (body: Schemas["PatchedMeIn"]) => changeMe(queries, body) });
}
