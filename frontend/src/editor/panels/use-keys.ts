import { useLayoutEffect, useState } from "react";
import { type Action, runKey } from "../actions/actions";
import { type Keymap, loadKeymap, saveKeymap } from "../actions/keymap";

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

export function useKeymap(): [Keymap, (keymap: Keymap) => void] {
  const [keymap, set] = useState(loadKeymap);
  return [
    keymap,
    (next) => {
      saveKeymap(next);
      set(next);
    },
  ];
}
