import { type RefObject, useEffect } from "react";

/** Where typing begins: in the field. On a touch screen that would only raise a keyboard: on the first button. */
export function useFirstFocus(field: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const touch = window.matchMedia("(pointer: coarse)").matches;
    const first = touch ? field.current?.form?.querySelector("button") : field.current;
    first?.focus();
  }, [field]);
}
