import { useLingui } from "@lingui/react";
import { PLAIN } from "../canvas/picture-layer";
import type { Bench } from "./use-bench";

/** How the picture is shown to this person; the label does not change. */
export function DisplayPanel({ bench }: { bench: Bench }) {
  const { i18n } = useLingui();
  const { preferences, setPreferences } = bench;
  const { display } = preferences;
  const rows: ["brightness" | "contrast" | "saturation", string][] = [
    ["brightness", i18n._("Brightness")],
    ["contrast", i18n._("Contrast")],
    ["saturation", i18n._("Saturation")],
  ];
  return (
    <details className="display">
      <summary>{i18n._("Picture")}</summary>
      {rows.map(([key, title]) => (
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
      <label className="inline">
        <input
          type="checkbox"
          checked={display.grid}
          onChange={(event) =>
            setPreferences({ ...preferences, display: { ...display, grid: event.target.checked } })
          }
        />{" "}
        {i18n._("Pixel grid")}
      </label>
      <label className="inline">
        <input
          type="checkbox"
          checked={preferences.keepView}
          onChange={(event) => setPreferences({ ...preferences, keepView: event.target.checked })}
        />{" "}
        {i18n._("Keep the zoom from item to item")}
      </label>
      <button
        type="button"
        className="small"
        onClick={() => setPreferences({ ...preferences, display: PLAIN })}
      >
        {i18n._("As it is")}
      </button>
    </details>
  );
}
