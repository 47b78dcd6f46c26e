import { i18n } from "@lingui/core";
import { useLingui } from "@lingui/react";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { Schemas } from "../shared/api/client";
import { changeMe } from "../shared/api/preferences";
import type { Me } from "../shared/api/session";
import { activate, type Language } from "../shared/i18n";
import { applyTheme, theme } from "../shared/ui/theme";

const OLD_KEYMAP = "plateau-keys"; // where browsers kept it before it belonged to the person

function isLanguage(value: string): value is Language {
  return value === "en" || value === "ja";
}

/** Language and theme follow the person to each browser; what only this browser knew becomes the person's, once. */
export function FollowPreferences({ me }: { me: Me }) {
  const queries = useQueryClient();
  const { language } = me;
  const chosenTheme = me.preferences.theme;
  const hasKeymap = Boolean(me.preferences.keymap);
  useEffect(() => {
    if (!isLanguage(language)) {
      if (isLanguage(i18n.locale)) changeMe(queries, { language: i18n.locale }).catch(() => {});
    } else if (language !== i18n.locale) void activate(language);
  }, [language, queries]);
  useEffect(() => {
    if (chosenTheme && chosenTheme !== theme()) applyTheme(chosenTheme);
  }, [chosenTheme]);
  useEffect(() => {
    const preferences: Schemas["Preferences"] = {};
    if (!chosenTheme && theme() !== "system") preferences.theme = theme();
    const keymap = oldKeymap();
    if (keymap && !hasKeymap) preferences.keymap = keymap;
    if (Object.keys(preferences).length === 0) return;
    changeMe(queries, { preferences })
      .then(() => localStorage.removeItem(OLD_KEYMAP))
      .catch(() => {}); // the next page tries again
  }, [chosenTheme, hasKeymap, queries]);
  const { locale } = useLingui().i18n;
  const shown = useRef(locale);
  useEffect(() => {
    if (shown.current !== locale) void queries.invalidateQueries(); // texts of the server are in the language before
    shown.current = locale;
  }, [locale, queries]);
  return null;
}

function oldKeymap(): Record<string, string[]> | null {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(OLD_KEYMAP) ?? "null");
    return typeof stored === "object" && stored !== null ? (stored as Record<string, string[]>) : null;
  } catch {
    return null;
  }
}
