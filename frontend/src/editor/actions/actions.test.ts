import { describe, expect, it, vi } from "vitest";
import { type Action, keyOf, printed, runKey } from "./actions";
import { find } from "./find";
import { conflicts, withKeymap } from "./keymap";

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

describe("keys of one's own", () => {
  const list: Action[] = ["a", "b"].map((id) => ({
    id,
    group: "edit",
    title: id === "a" ? "Undo" : "Redo what was undone",
    keys: [id],
    enabled: () => true,
    run: () => {},
  }));

  it("replace the usual ones, and two actions that want one key are named", () => {
    const mine = withKeymap(list, { b: ["a"] });
    expect(mine.map((action) => action.keys)).toEqual([["a"], ["a"]]);
    expect(conflicts(mine)).toEqual([{ key: "a", ids: ["a", "b"] }]);
    expect(conflicts(withKeymap(list, { b: [] }))).toEqual([]);
  });

  it("tell a letter with shift from the letter alone", () => {
    expect(keyOf(press("H", { shiftKey: true }))).toBe("shift+h");
    expect(keyOf(press("ArrowUp", { altKey: true }))).toBe("alt+arrowup");
    expect(printed("ctrl+shift+z")).toBe("Ctrl ⇧ Z");
  });

  it("find an action by a part of its name, those that begin with it first", () => {
    expect(find(list, "what undone").map((action) => action.id)).toEqual(["b"]);
    expect(find(list, "und").map((action) => action.id)).toEqual(["a", "b"]);
  });
});
