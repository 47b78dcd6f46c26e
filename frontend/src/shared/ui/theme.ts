export type Theme = "system" | "light" | "dark";
const KEY = "plateau.theme";
const THEMES: readonly string[] = ["system", "light", "dark"];

function isTheme(value: unknown): value is Theme {
  return typeof value === "string" && THEMES.includes(value);
}

/** As chosen on this machine; the system's where nothing was chosen. */
export function theme(): Theme {
  const stored = localStorage.getItem(KEY);
  return isTheme(stored) ? stored : "system";
}

const dark = () => window.matchMedia("(prefers-color-scheme: dark)");

/** Light or dark, as it is shown now. */
export function colorScheme(chosen: Theme = theme()): "light" | "dark" {
  return chosen === "system" ? (dark().matches ? "dark" : "light") : chosen;
}

/** Show and remember a theme; other windows and the system's own change are followed by `followTheme`. */
export function applyTheme(chosen: Theme): void {
  localStorage.setItem(KEY, chosen);
  showTheme();
}

function showTheme(): void {
  document.documentElement.dataset.mantineColorScheme = colorScheme();
  window.dispatchEvent(new Event(CHANGED));
}

const CHANGED = "plateau:theme";

/** Show the theme, and whatever it becomes. */
export function followTheme(): void {
  showTheme();
  dark().addEventListener("change", showTheme);
  window.addEventListener("storage", (event) => event.key === KEY && showTheme());
}

/** For `useSyncExternalStore`. */
export function subscribeToTheme(changed: () => void): () => void {
  window.addEventListener(CHANGED, changed);
  return () => window.removeEventListener(CHANGED, changed);
}
