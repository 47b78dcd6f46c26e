import { useLingui } from "@lingui/react";
import { useLayoutEffect, useRef, useState } from "react";
import { type Action, keyOf, printed } from "../actions/actions";
import { conflicts, type Keymap } from "../actions/keymap";

const MODIFIERS = ["Shift", "Control", "Alt", "Meta"];

/** All keys; each can be changed by pressing another one. */
export function Sheet({
  actions,
  keymap,
  setKeymap,
  close,
}: {
  actions: Action[];
  keymap: Keymap;
  setKeymap: (keymap: Keymap) => void;
  close: () => void;
}) {
  const { i18n } = useLingui();
  const [waiting, setWaiting] = useState<string | null>(null);
  const first = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => first.current?.focus(), []);
  const clash = conflicts(actions);
  const title = (id: string) => actions.find((action) => action.id === id)?.title ?? id;
  const groups: [Action["group"], string][] = [
    ["label", i18n._("Labels")],
    ["flow", i18n._("Flow")],
    ["tool", i18n._("Tools")],
    ["edit", i18n._("Regions")],
    ["view", i18n._("View")],
    ["help", i18n._("Help")],
  ];

  const press = (event: React.KeyboardEvent) => {
    if (waiting === null) {
      if (event.key === "Escape") close();
      return;
    }
    if (MODIFIERS.includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key !== "Escape") setKeymap({ ...keymap, [waiting]: [keyOf(event.nativeEvent)] });
    setWaiting(null);
  };

  return (
    <section className="sheet" aria-label={i18n._("Keyboard shortcuts")} onKeyDown={press}>
      <header>
        <h2>{i18n._("Keyboard shortcuts")}</h2>
        <button type="button" ref={first} onClick={close}>
          {i18n._("Close")} <kbd>Esc</kbd>
        </button>
      </header>
      {clash.length > 0 && (
        <div className="failure" role="alert">
          {clash.map(({ key, ids }) => (
            <p key={key}>
              {i18n._("{key} is assigned to: {titles}. The first one wins.", {
                key: printed(key),
                titles: ids.map(title).join(", "),
              })}
            </p>
          ))}
        </div>
      )}
      <p className="muted">{i18n._("Select a line, then press a new key for it.")}</p>
      {groups
        .filter(([group]) => actions.some((action) => action.group === group))
        .map(([group, name]) => (
          <div key={group}>
            <h3>{name}</h3>
            <ul className="keys">
              {actions
                .filter((action) => action.group === group)
                .map((action) => (
                  <li key={action.id}>
                    <button
                      type="button"
                      className="quiet"
                      aria-pressed={waiting === action.id}
                      onClick={() => setWaiting(action.id)}
                    >
                      <span>{action.title}</span>
                      <span>
                        {waiting === action.id
                          ? i18n._("press a key…")
                          : action.keys.map((key) => <kbd key={key}>{printed(key)}</kbd>)}
                      </span>
                    </button>
                  </li>
                ))}
            </ul>
          </div>
        ))}
      {actions.some((action) => action.id === "tool:box") && (
        <p className="muted">{i18n._("A box: one drag, or two clicks.")}</p>
      )}
      {actions.some((action) => action.id === "fit") && (
        <p className="muted">
          {i18n._("The wheel zooms to the pointer. Hold Space and drag to move the image.")}
        </p>
      )}
      {actions.some((action) => action.id === "tool:select") && (
        <p className="muted">
          {i18n._(
            "Select: click inside a region, click again for the one around it. Shift-click adds one, Shift-drag selects all in a frame.",
          )}
        </p>
      )}
      {actions.some((action) => action.id === "next-point") && (
        <p className="muted">
          {i18n._(
            "A vertex or keypoint of the selected region: click it, or go from one to the next by its key. The arrow keys then move it, and Delete takes it out of the region.",
          )}
        </p>
      )}
      <button type="button" className="small" onClick={() => setKeymap({})}>
        {i18n._("Reset shortcuts")}
      </button>
    </section>
  );
}
