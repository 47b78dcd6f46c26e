import { i18n, type Messages } from "@lingui/core";

export type Language = "en" | "ja";
const KEY = "plateau.language";

type Catalog = () => Promise<{ messages: Messages }>;

/** Texts of the labeling screens and of the shared parts: every page needs these. */
const CORE: Record<Language, Catalog> = {
  en: () => import("../locales/en/core"),
  ja: () => import("../locales/ja/core"),
};

/** Texts of all other pages. */
const PAGES: Record<Language, Catalog> = {
  en: () => import("../locales/en/pages"),
  ja: () => import("../locales/ja/pages"),
};

// In a build, plain English texts are not in their catalog (slim-texts.ts): such a text stands for itself.
if (import.meta.env.PROD) i18n.setMessagesCompiler((text) => [text]);

let withPages = false;

/** The language chosen before on this machine, else the browser's. */
export function preferredLanguage(): Language {
  const stored = localStorage.getItem(KEY);
  if (stored === "en" || stored === "ja") return stored;
  return navigator.language.startsWith("ja") ? "ja" : "en";
}

/** Show the product in a language, and remember it on this machine. `more`: texts of a build of its own. */
export async function activate(language: Language, more?: Record<Language, Catalog>): Promise<void> {
  const needed = [CORE, ...(withPages ? [PAGES] : []), ...(more ? [more] : [])];
  const catalogs = await Promise.all(needed.map((texts) => texts[language]()));
  // Without its fonts, the connection having gone just now, a page shows the machine's own.
  const fonts = () => import("./ui/theme/fonts-ja").catch(() => undefined);
  if (language === "ja") await fonts();
  else if (import.meta.env.PROD) setTimeout(() => void fonts(), 2_000); // names and texts may be Japanese here too; the page itself needs none
  for (const { messages } of catalogs) i18n.load(language, messages);
  i18n.activate(language);
  document.documentElement.lang = language;
  localStorage.setItem(KEY, language);
}

/** From now on, the texts of all pages too. */
export async function loadPageTexts(language: Language = preferredLanguage()): Promise<void> {
  if (withPages) return;
  const { messages } = await PAGES[language]();
  withPages = true;
  i18n.load(language, messages);
}
