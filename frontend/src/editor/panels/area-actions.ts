import type { I18n } from "@lingui/core";
import type { Action } from "../actions/actions";
import { suits } from "../core/labels";
import type { MaskRegion, Region, ShapeName } from "../core/regions";
import type { Bench } from "./use-bench";

type Area = import("../shapes/areas").Area;

const newId = () => crypto.randomUUID().slice(0, 13);

/** What changes areas as wholes is loaded after the first item is shown. */
export const loadAreas = () => import("../shapes/areas");

function isArea(region: Region): region is Area {
  return region.shape === "box" || region.shape === "polygon" || region.shape === "mask";
}

/** Merge, subtract, fill, convert, put in front: for areas on a picture. */
export function areaActions(bench: Bench, i18n: I18n): Action[] {
  const { editor, kind, project } = bench;
  const draws = (shape: ShapeName) => kind.shapes.includes(shape);
  const fits = (region: Region, shape: ShapeName) =>
    draws(shape) &&
    suits(
      project.labels.find((label) => label.id === region.label),
      shape,
    );
  const areas = () => editor.selection.filter(isArea).filter((area) => !editor.locked.has(area.id));
  const becomes = (region: Area): ShapeName => (region.shape === "mask" ? "mask" : "polygon");
  const act = (
    id: string,
    title: string,
    keys: string[],
    enabled: () => boolean,
    run: () => void,
  ): Action => ({ id, group: "edit", title, keys, enabled, run });
  const unloaded = () => editor.refuse("not_loaded");
  const change = (gone: readonly Area[], make: (loaded: Awaited<ReturnType<typeof loadAreas>>) => Area[]) =>
    void loadAreas().then((loaded) => {
      const made = make(loaded);
      if (made.length === 0) editor.refuse("nothing_left");
      else editor.replace(gone, made);
    }, unloaded);
  const several = () => {
    const matches = areas();
    const [first] = matches;
    return matches.length > 1 && first !== undefined && fits(first, becomes(first));
  };
  const needsTwo = (run: () => void) => () => (several() ? run() : editor.refuse("select_two_areas"));
  const actions: Action[] = [
    act(
      "front",
      i18n._("Bring to front"),
      ["ctrl+]"],
      () => editor.selection.length > 0,
      () => editor.reorder("front"),
    ),
    act(
      "back-order",
      i18n._("Send to back"),
      ["ctrl+["],
      () => editor.selection.length > 0,
      () => editor.reorder("back"),
    ),
  ];
  if (draws("polygon") || draws("mask"))
    actions.push(
      act(
        "merge",
        i18n._("Merge selected regions"),
        ["shift+m"],
        () => areas().length > 0,
        needsTwo(() => {
          const matches = areas();
          change(matches, (loaded) => loaded.merged(matches, newId));
        }),
      ),
      act(
        "subtract",
        i18n._("Subtract the other selected regions from the first"),
        ["shift+s"],
        () => areas().length > 0,
        needsTwo(() => {
          const matches = areas();
          change(matches.slice(0, 1), (loaded) => loaded.subtracted(matches, newId));
        }),
      ),
    );
  if (draws("mask"))
    actions.push(
      act(
        "fill-holes",
        i18n._("Fill holes"),
        ["shift+f"],
        () => areas().some((area) => area.shape === "mask"),
        () => {
          const masks = areas().filter((area): area is MaskRegion => area.shape === "mask");
          change(masks, (loaded) => masks.flatMap((mask) => loaded.withoutHoles(mask, newId)));
        },
      ),
    );
  if (draws("mask") && draws("polygon")) {
    const convertible = () =>
      areas().filter((area) => fits(area, area.shape === "mask" ? "polygon" : "mask"));
    actions.push(
      act(
        "convert",
        i18n._("Convert polygon to mask or mask to polygon"),
        ["shift+c"],
        () => convertible().length > 0,
        () => {
          const matches = convertible();
          change(matches, (loaded) => matches.flatMap((area) => loaded.converted(area, newId)));
        },
      ),
    );
  }
  return actions;
}
