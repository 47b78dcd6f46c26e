import type { I18n } from "@lingui/core";
import type { Schemas } from "../api/client";

export type KindName = Schemas["ProjectIn"]["kind"];

/** What is asked of the annotator, by kind. */
export function kindTitles(i18n: I18n): Record<KindName, string> {
  return {
    classification: i18n._("One class for each picture"),
    multi_classification: i18n._("Any number of classes for each picture"),
    boxes: i18n._("Boxes around things, upright or turned"),
    polygons: i18n._("Outlines and lines"),
    keypoints: i18n._("Keypoints of bodies and other skeletons"),
    masks: i18n._("Masks, painted pixel by pixel"),
    mixed: i18n._("All shapes on one picture"),
    text_classification: i18n._("One class for each text"),
    spans: i18n._("Names and other spans in texts, with relations"),
    row_classification: i18n._("One class for each row of a table"),
    row_number: i18n._("A number for each row of a table"),
  };
}
