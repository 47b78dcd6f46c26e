import type { Schemas } from "../api/client";

type ProjectType = Schemas["ProjectTypeOut"];

/** A project type as the server lists it. */
export function projectType(key: string, more: Partial<ProjectType>): ProjectType {
  return {
    key,
    title: key,
    media_type: "image",
    annotation_type: key,
    geometries: [],
    is_single_class: false,
    learns_labels: true,
    editor_view: "image",
    editor_form: "regions",
    default_target: 0.9,
    default_min_agreement: 0.8,
    ...more,
  } as ProjectType;
}

export const BOXES = projectType("boxes", {
  title: "Object detection (bounding boxes, rotated boxes)",
  geometries: ["box"],
});
export const MIXED = projectType("mixed", {
  title: "Mixed image annotation",
  geometries: ["box", "polygon", "polyline", "skeleton", "mask"],
});
export const CLASSES = projectType("classification", {
  title: "Image classification (single label)",
  is_single_class: true,
  editor_form: "class",
});
export const CLASS_SETS = projectType("multi_classification", {
  title: "Image classification (multi-label)",
  editor_form: "classes",
});
export const SPANS = projectType("spans", {
  title: "Named entities (NER) & relations",
  media_type: "text",
  editor_view: "text",
  editor_form: "spans",
  geometries: ["span", "relation"],
});
export const NUMBERS = projectType("row_number", {
  title: "Tabular regression",
  media_type: "row",
  annotation_type: "number",
  editor_view: "text",
  editor_form: "number",
});
