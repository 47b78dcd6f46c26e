import type { I18n } from "@lingui/core";
import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "../../shared/api/client";

/** Titles of the built-in roles; an organization's own roles have titles of their own. */
function builtInTitles(i18n: I18n): Record<string, string> {
  return {
    customer: i18n._("Customer"),
    annotator: i18n._("Annotator"),
    reviewer: i18n._("Reviewer"),
    manager: i18n._("Manager"),
    scientist: i18n._("Data scientist"),
    admin: i18n._("Admin"),
  };
}

type Role = Schemas["RoleOut"];

/** The roles that members may have, from the first to the last that was made, and the title of one by its key. */
export function useRoles(): { roles: Role[]; titleOf: (key: string) => string } {
  const { i18n } = useLingui();
  const answer = useQuery({ queryKey: ["roles"], queryFn: () => unwrap(api.GET("/api/v1/roles/")) });
  const roles = (answer.data?.results ?? []).toReversed();
  const builtIn = builtInTitles(i18n);
  const titleOf = (key: string) => builtIn[key] ?? roles.find((role) => role.key === key)?.title ?? key;
  return { roles, titleOf };
}
