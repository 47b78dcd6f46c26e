import { queryOptions } from "@tanstack/react-query";
import { createContext, type ReactNode, use } from "react";
import { api, type Schemas, unwrap } from "./client";

export type Me = Schemas["MeOut"];

/** Who is signed in; 401 where nobody is. */
export const ME = queryOptions({
  queryKey: ["me"],
  queryFn: () => unwrap(api.GET("/api/v1/me/")),
  staleTime: 60_000,
});

export const MeContext = createContext<Me | null>(null);

/** The signed-in person. Only below the signed-in part of the app. */
export function useMe(): Me {
  const me = use(MeContext);
  if (me === null) throw new Error("useMe outside of the signed-in app");
  return me;
}

/** Whether role and token allow something, such as `projects.write`. */
export function useMay(scope: string): boolean {
  return useMe().scopes.includes(scope);
}

/** Within, nothing may be changed whatever the role; reading stays as it is. */
export function ReadOnly({ when, children }: { when: boolean; children: ReactNode }) {
  const me = useMe();
  if (!when) return children;
  const scopes = me.scopes.filter((scope) => !/\.(write|erase|approve|sign)$/.test(scope));
  return <MeContext value={{ ...me, scopes }}>{children}</MeContext>;
}
