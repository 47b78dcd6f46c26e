import type { I18n } from "@lingui/core";

/** What is asked of the annotator in our own project types, translated. */
function translatedTitles(i18n: I18n): Partial<Record<string, string>> {
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

/** What is asked of the annotator: translated where we can, as the server says it where a package brought the type. */
export function projectTypeTitle(i18n: I18n, type: { key: string; title: string }): string {
  return translatedTitles(i18n)[type.key] ?? type.title;
}
