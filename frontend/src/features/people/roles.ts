import { useLingui } from "@lingui/react";
import type { Schemas } from "../../shared/api/client";

export type Role = Schemas["MemberIn"]["role"];

/** Each role in the language in force, from least to most. */
export function useRoleNames(): Record<Role, string> {
  const { i18n } = useLingui();
  return {
    customer: i18n._("customer"),
    annotator: i18n._("annotator"),
    reviewer: i18n._("reviewer"),
    manager: i18n._("manager"),
    scientist: i18n._("scientist"),
    admin: i18n._("admin"),
  };
}
