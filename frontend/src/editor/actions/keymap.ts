import type { Action } from "./actions";

/** Keys that a person has chosen, by action; an empty list takes the keys away. */
export type Keymap = Readonly<Record<string, string[]>>;

export function withKeymap(actions: Action[], keymap: Keymap): Action[] {
  return actions.map((action) => ({ ...action, keys: keymap[action.id] ?? action.keys }));
}

/** Keys that two actions want, with the actions; the first one in the list gets the key. */
export function conflicts(actions: Action[]): { key: string; ids: string[] }[] {
  const wanted = new Map<string, string[]>();
  for (const action of actions)
    for (const key of action.keys) wanted.set(key, [...(wanted.get(key) ?? []), action.id]);
  return [...wanted].filter(([, ids]) => ids.length > 1).map(([key, ids]) => ({ key, ids }));
}
