/** Everything that can be done, once: feeds keys, buttons and the help sheet alike. */
export interface Action {
  id: string;
  title: string;
  /** `KeyboardEvent.key` in lower case, with `ctrl+` and `shift+` in front. */
  keys: string[];
  enabled: () => boolean;
  run: () => void;
}

/** How a key press reads in `Action.keys`; the command key of a Mac counts as ctrl. Shift alone is in the letter. */
export function keyOf(event: KeyboardEvent): string {
  const parts: string[] = [];
  if (event.ctrlKey || event.metaKey) parts.push("ctrl");
  if (event.shiftKey && (event.key.length > 1 || parts.length > 0)) parts.push("shift");
  parts.push(event.key === " " ? "space" : event.key.toLowerCase());
  return parts.join("+");
}

/** Run the action of a key press, unless someone is typing; true where there was one. */
export function runKey(actions: Action[], event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  if (target && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return false;
  if (target?.tagName === "BUTTON" && (event.key === "Enter" || event.key === " ")) return false;
  const key = keyOf(event);
  const action = actions.find((one) => one.keys.includes(key) && one.enabled());
  if (!action) return false;
  event.preventDefault();
  action.run();
  return true;
}
