import { useLingui } from "@lingui/react";
import { useLayoutEffect, useRef } from "react";
import { PLAIN } from "../canvas/picture-layer";
import type { Bench } from "./use-bench";

/** How this person likes the screen: the picture, helps for drawing, and what keys do. The label does not change. */
export function ViewPanel({ bench, close }: { bench: Bench; close: () => void }) {
  const { i18n } = useLingui();
  const { preferences, setPreferences, kind } = bench;
  const { display } = preferences;
  const first = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => first.current?.focus(), []);
  const rows: ["brightness" | "contrast" | "saturation", string][] = [
    ["brightness", i18n._("Brightness")],
    ["contrast", i18n._("Contrast")],
    ["saturation", i18n._("Saturation")],
  ];
  const helps: ["names" | "crosshair" | "ruler" | "grid", string][] = [
    ["names", i18n._("Label names on regions")],
    ["crosshair", i18n._("Crosshair")],
    ["ruler", i18n._("Rulers")],
    ["grid", i18n._("Pixel grid")],
  ];
  const image = kind.view === "image";
  const draws = kind.shapes.length > 0;
  const set = (key: "keepView" | "selectAfterDrawing" | "autoAdvance", title: string) => (
    <label className="inline">
      <input
        type="checkbox"
        checked={preferences[key]}
        onChange={(event) => setPreferences({ ...preferences, [key]: event.target.checked })}
      />{" "}
      {title}
    </label>
  );
  return (
    <section
      className="popover display"
      aria-label={i18n._("View settings")}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
      }}
    >
      <header>
        <h2>{i18n._("View settings")}</h2>
        <button type="button" className="small" ref={first} onClick={close}>
          {i18n._("Close")} <kbd>Esc</kbd>
        </button>
      </header>
      {image &&
        rows.map(([key, title]) => (
          <label className="inline" key={key}>
            <span>{title}</span>
            <input
              type="range"
              min="0"
              max="3"
              step="0.05"
              value={display[key]}
              onChange={(event) =>
                setPreferences({ ...preferences, display: { ...display, [key]: Number(event.target.value) } })
              }
            />
          </label>
        ))}
      {image &&
        draws &&
        helps.map(([key, title]) => (
          <label className="inline" key={key}>
            <input
              type="checkbox"
              checked={display[key]}
              onChange={(event) =>
                setPreferences({ ...preferences, display: { ...display, [key]: event.target.checked } })
              }
            />{" "}
            {title}
          </label>
        ))}
      {image && set("keepView", i18n._("Keep zoom between images"))}
      {draws && set("selectAfterDrawing", i18n._("Keep selected after drawing"))}
      {kind.classes === "one" && set("autoAdvance", i18n._("Submit as soon as a label is picked"))}
      {image && (
        <button
          type="button"
          className="small"
          onClick={() => setPreferences({ ...preferences, display: PLAIN })}
        >
          {i18n._("Reset")}
        </button>
      )}
    </section>
  );
}
