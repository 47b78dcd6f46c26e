import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "../../shared/api/client";

/** Titles of the built-in roles, for the catalog of translations; an organization's own roles have titles of their own. */
export const BUILT_IN_TITLES = [
  /*i18n*/ "customer",
  /*i18n*/ "annotator",
  /*i18n*/ "reviewer",
  /*i18n*/ "manager",
  /*i18n*/ "scientist",
  /*i18n*/ "admin",
];

type Role = Schemas["RoleOut"];

/** The roles that members may have, from the first to the last that was made, and the title of one by its key. */
export function useRoles(): { roles: Role[]; titleOf: (key: string) => string } {
  const { i18n } = useLingui();
  const answer = useQuery({ queryKey: ["roles"], queryFn: () => unwrap(api.GET("/api/v1/roles/")) });
  const roles = (answer.data?.results ?? []).toReversed();
  const titleOf = (key: string) => i18n._(roles.find((role) => role.key === key)?.title ?? key);
  return { roles, titleOf };
}
