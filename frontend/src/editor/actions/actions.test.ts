import { describe, expect, it, vi } from "vitest";
import { type Action, keyOf, runKey } from "./actions";

function press(
  key: string,
  options: KeyboardEventInit = {},
  target: HTMLElement = document.body,
): KeyboardEvent {
  const event = new KeyboardEvent("keydown", { key, cancelable: true, ...options });
  Object.defineProperty(event, "target", { value: target });
  return event;
}

describe("keys", () => {
  it("reads a key press as it is written in the list, with the Mac's command key as ctrl", () => {
    expect(keyOf(press("Z", { metaKey: true, shiftKey: true }))).toBe("ctrl+shift+z");
    expect(keyOf(press(" "))).toBe("space");
    expect(keyOf(press("?", { shiftKey: true }))).toBe("?");
  });

  it("leaves typing alone and runs nothing that is not enabled", () => {
    const run = vi.fn();
    const actions: Action[] = [{ id: "a", group: "edit", title: "A", keys: ["s"], enabled: () => true, run }];
    expect(runKey(actions, press("s", {}, document.createElement("input")))).toBe(false);
    expect(runKey([{ ...(actions[0] as Action), enabled: () => false }], press("s"))).toBe(false);
    expect(runKey(actions, press("s"))).toBe(true);
    expect(run).toHaveBeenCalledOnce();
  });
});
