import type { I18n } from "@lingui/core";
import { type AttributeRow, type LabelRow, labelsOf } from "./label-rows";
import type { SchemaDraft } from "./schema-form";

/** A ready schema of the gallery. */
export interface Template {
  title: string;
  /** As `labelsOf` reads them. */
  labels: string;
  attributes?: (Omit<AttributeRow, "id"> & { id: string })[];
}

const choice = (id: string, name: string, options: string[]): AttributeRow => ({
  id,
  name,
  type: "choice",
  options,
  labels: [],
  required: false,
});
const flag = (id: string, name: string): AttributeRow => ({
  id,
  name,
  type: "flag",
  options: [],
  labels: [],
  required: false,
});
const BODY =
  "nose, left eye, right eye, left ear, right ear, left shoulder, right shoulder, left elbow, right elbow, left wrist, right wrist, left hip, right hip, left knee, right knee, left ankle, right ankle";
const BODY_EDGES = "1-2 1-3 2-4 3-5 6-7 6-8 8-10 7-9 9-11 6-12 7-13 12-13 12-14 14-16 13-15 15-17";

/** Ready label schemas by the key of the project type, the most usual first. */
export function templatesOf(i18n: I18n, type: string): Template[] {
  const inspection: Template = {
    title: i18n._("Visual inspection"),
    labels: "OK\nScratch\nDent\nStain",
  };
  const traffic: Template = {
    title: i18n._("Traffic"),
    labels: "Car\nTruck\nBus\nMotorcycle\nBicycle\nPedestrian\nTraffic light",
    attributes: [flag("occluded", "Occluded"), flag("truncated", "Truncated")],
  };
  const table: Record<string, Template[]> = {
    classification: [
      inspection,
      { title: i18n._("Handwritten digits"), labels: "0\n1\n2\n3\n4\n5\n6\n7\n8\n9" },
      { title: i18n._("Image quality"), labels: "Sharp\nBlurry\nDark\nOverexposed" },
    ],
    multi_classification: [
      { title: i18n._("Scene"), labels: "Indoor\nOutdoor\nPeople\nVehicles\nNight\nRain" },
      { title: i18n._("Content moderation"), labels: "Safe\nViolence\nNudity\nWeapons\nSpam" },
    ],
    boxes: [
      traffic,
      { title: i18n._("Defects"), labels: "Scratch\nDent\nCrack\nStain" },
      {
        title: i18n._("Retail shelf"),
        labels: "Product\nPrice tag\nEmpty slot",
        attributes: [choice("facing", "Facing", ["front", "side", "back"])],
      },
    ],
    polygons: [
      {
        title: i18n._("Road scene"),
        labels: "Road [polygon]\nSidewalk [polygon]\nVehicle [polygon]\nLane [polyline]",
      },
      {
        title: i18n._("Aerial"),
        labels: "Building [polygon]\nField [polygon]\nWater [polygon]\nRoad [polyline]",
      },
    ],
    keypoints: [
      { title: i18n._("Human pose (COCO, 17 points)"), labels: `Person: ${BODY} / ${BODY_EDGES}` },
      {
        title: i18n._("Hand (6 points)"),
        labels: "Hand: wrist, thumb, index, middle, ring, little / 1-2 1-3 1-4 1-5 1-6",
      },
      {
        title: i18n._("Box corners (4 points)"),
        labels: "Corners: top left, top right, bottom right, bottom left / 1-2 2-3 3-4 4-1",
      },
    ],
    masks: [
      {
        title: i18n._("Road segmentation"),
        labels: "Road\nSidewalk\nBuilding\nVegetation\nSky\nVehicle\nPerson",
      },
      { title: i18n._("Cells"), labels: "Cell\nNucleus\nBackground" },
    ],
    mixed: [
      {
        title: i18n._("Driving"),
        labels: `Vehicle [box]\nRoad [polygon]\nLane [polyline]\nSky [mask]\nPerson [skeleton]: ${BODY} / ${BODY_EDGES}`,
      },
    ],
    text_classification: [
      { title: i18n._("Sentiment"), labels: "Positive\nNeutral\nNegative" },
      { title: i18n._("Support tickets"), labels: "Question\nBug\nFeature request\nBilling" },
    ],
    spans: [
      {
        title: i18n._("Named entities"),
        labels: "Person\nOrganization\nLocation\nDate\nWorks for [relation]",
      },
      { title: i18n._("Contracts"), labels: "Party\nAmount\nDate\nClause\nSigned with [relation]" },
    ],
    row_classification: [
      { title: i18n._("Risk"), labels: "Low\nMedium\nHigh" },
      { title: i18n._("Fraud check"), labels: "Legitimate\nSuspicious\nFraud" },
    ],
    row_number: [{ title: i18n._("One value"), labels: "Value" }],
  };
  return table[type] ?? [];
}

/** What a template fills in. */
export function draftOf(template: Template): SchemaDraft {
  const labels: LabelRow[] = labelsOf(template.labels);
  return { labels, attributes: template.attributes ?? [] };
}
