import type { I18n } from "@lingui/core";

/** Titles of our own project types, translated. */
function translatedTitles(i18n: I18n): Partial<Record<string, string>> {
  return {
    classification: i18n._("Image classification (single label)"),
    multi_classification: i18n._("Image classification (multi-label)"),
    boxes: i18n._("Object detection (bounding boxes, rotated boxes)"),
    polygons: i18n._("Polygons & polylines"),
    keypoints: i18n._("Keypoints / pose"),
    masks: i18n._("Semantic & instance masks (brush)"),
    mixed: i18n._("Mixed image annotation"),
    text_classification: i18n._("Text classification"),
    spans: i18n._("Named entities (NER) & relations"),
    row_classification: i18n._("Tabular classification"),
    row_number: i18n._("Tabular regression"),
  };
}

/** Title of a project type: translated where we can, as the server says it where a package brought the type. */
export function projectTypeTitle(i18n: I18n, type: { key: string; title: string }): string {
  return translatedTitles(i18n)[type.key] ?? type.title;
}
