import type { I18n } from "@lingui/core";
import { useLingui } from "@lingui/react";
import { type Action, printed } from "../actions/actions";
import type { Refusal } from "../core/editor";
import type { SkeletonRegion, Visibility } from "../core/regions";
import { hasPoints, setVisibility } from "../shapes/points";
import type { Bench } from "./use-bench";

/** After a click by pointer, Enter is for submitting again; who works by keys stays on the button. */
function leave(event: React.MouseEvent<HTMLButtonElement>): void {
  if (event.detail > 0) event.currentTarget.blur();
}

/** The keypoints of the selected region with their states, or its selected vertex; and why one cannot go. */
export function PointPanel({ bench, actions }: { bench: Bench; actions: Action[] }) {
  const { i18n } = useLingui();
  const { editor } = bench;
  const region = editor.selected;
  const index = editor.selectedPoint;
  return (
    <div className="points">
      {region?.shape === "skeleton" && <Keypoints bench={bench} region={region} actions={actions} />}
      {hasPoints(region) && region.shape !== "skeleton" && index !== null && (
        <p>
          <span>{i18n._("Vertex {number} of {all}", { number: index + 1, all: region.points.length })}</span>{" "}
          <PointButton action={actions.find((action) => action.id === "delete")}>
            {i18n._("Delete the vertex")}
          </PointButton>
        </p>
      )}
      <p className="note" role="status">
        {editor.refusal && refusalText(editor.refusal, i18n)}
      </p>
    </div>
  );
}

function refusalText(refusal: Refusal, i18n: I18n): string {
  return {
    polygon_needs_three: i18n._(
      "A polygon has at least three vertices. To delete the whole polygon, press Escape and then Delete.",
    ),
    line_needs_two: i18n._(
      "A line has at least two vertices. To delete the whole line, press Escape and then Delete.",
    ),
    skeleton_needs_one: i18n._(
      "One keypoint at least is visible or occluded. To delete the whole region, press Escape and then Delete.",
    ),
    no_keypoint_selected: i18n._("Select a keypoint first: click it, or choose it in the list."),
    pixels_unreadable: i18n._(
      "This tool needs the pixels of the image, which is too large or on another server. Use another tool.",
    ),
    not_loaded: i18n._("This could not be loaded. Try again when you are online."),
    select_two_areas: i18n._("Select two or more boxes, polygons or masks first: Shift-click them."),
    nothing_left: i18n._("Nothing would be left. The regions are unchanged."),
    split_needs_crossing: i18n._("Draw the line across a polygon or mask, from outside to outside."),
  }[refusal];
}

function PointButton({ action, children }: { action: Action | undefined; children: string }) {
  return (
    <button
      type="button"
      className="small"
      onClick={(event) => {
        action?.run();
        leave(event);
      }}
    >
      {children} <kbd>{printed(action?.keys[0] ?? "")}</kbd>
    </button>
  );
}

function Keypoints({ bench, region, actions }: { bench: Bench; region: SkeletonRegion; actions: Action[] }) {
  const { i18n } = useLingui();
  const { editor } = bench;
  const names = bench.project.labels.find((label) => label.id === region.label)?.skeleton?.points ?? [];
  const nameOf = (index: number) => names[index] ?? String(index + 1);
  const states: [Visibility, string, string][] = [
    [2, "●", i18n._("visible")],
    [1, "⊗", i18n._("occluded")],
    [0, "–", i18n._("absent")],
  ];
  const selected = editor.selectedPoint;
  const key = actions.find((action) => action.id === "occlude")?.keys[0];
  return (
    <section aria-label={i18n._("Keypoints of the selected region")}>
      <h2>{i18n._("Keypoints")}</h2>
      <ul>
        {region.points.map((point, index) => {
          const [, shape, word] = states.find(([visibility]) => visibility === point[2]) ?? ["", "", ""];
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a keypoint is its place
            <li key={index}>
              <button
                type="button"
                className="row"
                aria-pressed={selected === index}
                disabled={editor.locked.has(region.id)}
                onClick={(event) => {
                  editor.selectPoint(index);
                  leave(event);
                }}
              >
                {nameOf(index)}{" "}
                <span className="muted">
                  <span aria-hidden="true">{shape}</span> {word}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
      {selected !== null && (
        <fieldset className="choices">
          <legend>{nameOf(selected)}</legend>
          {states.map(([visibility, shape, word]) => (
            <button
              type="button"
              key={visibility}
              className="small"
              aria-pressed={region.points[selected]?.[2] === visibility}
              onClick={(event) => {
                setVisibility(editor, visibility);
                leave(event);
              }}
            >
              <span aria-hidden="true">{shape}</span> {word}
              {visibility === 1 && key && (
                <>
                  {" "}
                  <kbd>{printed(key)}</kbd>
                </>
              )}
            </button>
          ))}
        </fieldset>
      )}
    </section>
  );
}
