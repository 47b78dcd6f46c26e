import type { Action } from "./actions";

/** Actions whose title holds all words, those that begin with the text first. */
export function find(actions: Action[], text: string): Action[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (action: Action) => {
    const title = `${action.title} ${action.id}`.toLowerCase();
    return words.every((word) => title.includes(word));
  };
  const starts = (action: Action) => action.title.toLowerCase().startsWith(text.toLowerCase());
  return actions
    .filter((action) => action.enabled() && fits(action))
    .sort((a, b) => Number(starts(b)) - Number(starts(a)));
}
