import { useQueryClient } from "@tanstack/react-query";
import { useLayoutEffect } from "react";
import { changeMe } from "../../shared/api/preferences";
import { useMe } from "../../shared/api/session";
import { type Action, runKey } from "../actions/actions";
import type { Keymap } from "../actions/keymap";

/** Keys run actions while nothing else listens; `touch` hears every sign of life. */
export function useKeys(actions: Action[], quiet: boolean, touch: () => void): void {
  useLayoutEffect(() => {
    // before the paint: a key pressed on what is seen is heard
    const down = (event: KeyboardEvent) => {
      touch();
      if (!quiet) runKey(actions, event);
    };
    window.addEventListener("keydown", down);
    window.addEventListener("pointerdown", touch);
    return () => {
      window.removeEventListener("keydown", down);
      window.removeEventListener("pointerdown", touch);
    };
  }, [actions, quiet, touch]);
}

/** The person's own keys, and how they are changed. */
export function useKeymap(): [Keymap, (keymap: Keymap) => void] {
  const me = useMe();
  const queries = useQueryClient();
  return [
    me.preferences.keymap ?? NO_KEYS,
    (keymap) => void changeMe(queries, { preferences: { keymap: { ...keymap } } }).catch(() => {}),
  ];
}

const NO_KEYS: Keymap = {};
