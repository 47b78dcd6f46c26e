/** Everything that can be done, once: feeds keys, buttons, the palette and the help sheet alike. */
export interface Action {
  id: string;
  title: string;
  group: "label" | "flow" | "edit" | "tool" | "view" | "help";
  /** `KeyboardEvent.key` in lower case, with `ctrl+` and `shift+` in front. */
  keys: string[];
  enabled: () => boolean;
  run: () => void;
}

/** How a key press reads in `Action.keys`; the command key of a Mac counts as ctrl. */
export function keyOf(event: KeyboardEvent): string {
  const parts: string[] = [];
  const letter = /^\p{L}$/u.test(event.key);
  if (event.ctrlKey || event.metaKey) parts.push("ctrl");
  if (event.altKey) parts.push("alt");
  if (event.shiftKey && (event.key.length > 1 || letter || parts.length > 0)) parts.push("shift");
  parts.push(event.key === " " ? "space" : event.key.toLowerCase());
  return parts.join("+");
}

/** Run the action of a key press, unless someone is typing; true where there was one. */
export function runKey(actions: Action[], event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  if (target && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return false;
  if (target?.tagName === "BUTTON" && (event.key === "Enter" || event.key === " ")) return false;
  const key = keyOf(event);
  const action = actions.find((candidate) => candidate.keys.includes(key) && candidate.enabled());
  if (!action) return false;
  event.preventDefault();
  action.run();
  return true;
}

const SHOWN: Record<string, string> = {
  enter: "⏎",
  backspace: "⌫",
  delete: "Del",
  escape: "Esc",
  arrowleft: "←",
  arrowright: "→",
  arrowup: "↑",
  arrowdown: "↓",
  space: "␣",
};

/** A key as it is printed on a button. */
export function printed(key: string): string {
  return key
    .split(/\+(?=.)/)
    .map((part) => {
      if (part === "ctrl") return "Ctrl";
      if (part === "shift") return "⇧";
      if (part === "alt") return "Alt";
      return SHOWN[part] ?? (part.length === 1 ? part.toUpperCase() : part);
    })
    .join(" ");
}
