import { i18n } from "@lingui/core";

export type Language = "en" | "ja";
const KEY = "plateau.language";

/** The language chosen before, else the browser's. */
export function preferredLanguage(): Language {
  const kept = localStorage.getItem(KEY);
  if (kept === "en" || kept === "ja") return kept;
  return navigator.language.startsWith("ja") ? "ja" : "en";
}

export async function activate(language: Language): Promise<void> {
  const { messages } =
    language === "ja" ? await import("../locales/ja/messages") : await import("../locales/en/messages");
  i18n.loadAndActivate({ locale: language, messages });
  document.documentElement.lang = language;
  localStorage.setItem(KEY, language);
}
