import { type Display, PLAIN } from "../canvas/picture-layer";

/** How a person likes the screen; kept in this browser. */
export interface Preferences {
  display: Display;
  keepView: boolean;
  radius: number;
  /** What was drawn stays selected: the next label's key is for it. */
  selectAfterDrawing: boolean;
  /** Where an item takes one class, its key submits. */
  autoAdvance: boolean;
}

const PLACE = "plateau-display";
const USUAL: Preferences = {
  display: PLAIN,
  keepView: false,
  radius: 8,
  selectAfterDrawing: false,
  autoAdvance: false,
};

export function loadPreferences(): Preferences {
  try {
    const partial = JSON.parse(localStorage.getItem(PLACE) ?? "{}") as Partial<Preferences>;
    return { ...USUAL, ...partial, display: { ...PLAIN, ...partial.display } };
  } catch {
    return USUAL;
  }
}

export function savePreferences(preferences: Preferences): void {
  localStorage.setItem(PLACE, JSON.stringify(preferences));
}
