import { type Display, PLAIN } from "../canvas/picture-layer";

/** How a person likes the screen; kept in this browser. */
export interface Preferences {
  display: Display;
  keepView: boolean;
  radius: number;
}

const PLACE = "plateau-display";
const USUAL: Preferences = { display: PLAIN, keepView: false, radius: 8 };

export function loadPreferences(): Preferences {
  try {
    const found = JSON.parse(localStorage.getItem(PLACE) ?? "{}") as Partial<Preferences>;
    return { ...USUAL, ...found, display: { ...PLAIN, ...found.display } };
  } catch {
    return USUAL;
  }
}

export function savePreferences(preferences: Preferences): void {
  localStorage.setItem(PLACE, JSON.stringify(preferences));
}
