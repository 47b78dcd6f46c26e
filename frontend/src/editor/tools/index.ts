import type { ShapeName } from "../core/regions";
import { BoxTool } from "./box-tool";
import { BrushTool } from "./brush-tool";
import { ClickMaskTool } from "./click-mask-tool";
import { PathTool } from "./path-tool";
import { ScissorsTool } from "./scissors-tool";
import { SkeletonTool } from "./skeleton-tool";
import { SuperpixelTool } from "./superpixel-tool";
import { SelectTool, type Surroundings, type Tool } from "./tool";

/** A tool on the list: which shape it makes (null: none), and how it begins. */
export interface ToolCard {
  readonly id: string;
  readonly shape: ShapeName | null;
  readonly key: string;
  readonly make: (around: Surroundings) => Tool;
  /** Offered only where a click-to-mask model is registered. */
  readonly needsModel?: boolean;
}

/** Every tool. Adding one is adding a file and a line here; the first one of a shape is that shape's own. */
export const TOOLS: readonly ToolCard[] = [
  { id: "select", shape: null, key: "v", make: (around) => new SelectTool(around) },
  { id: "box", shape: "box", key: "x", make: (around) => new BoxTool(around) },
  { id: "polygon", shape: "polygon", key: "g", make: (around) => new PathTool(around, "polygon") },
  { id: "scissors", shape: "polygon", key: "i", make: (around) => new ScissorsTool(around) },
  { id: "polyline", shape: "polyline", key: "l", make: (around) => new PathTool(around, "polyline") },
  { id: "skeleton", shape: "skeleton", key: "k", make: (around) => new SkeletonTool(around) },
  { id: "brush", shape: "mask", key: "p", make: (around) => new BrushTool(around) },
  { id: "superpixel", shape: "mask", key: "w", make: (around) => new SuperpixelTool(around) },
  {
    id: "click-mask",
    shape: "mask",
    key: "c",
    make: (around) => new ClickMaskTool(around),
    needsModel: true,
  },
];

export function toolsFor(shapes: readonly ShapeName[]): ToolCard[] {
  return TOOLS.filter((card) => card.shape === null || shapes.includes(card.shape));
}

export function toolOf(id: string): ToolCard {
  return TOOLS.find((card) => card.id === id) ?? (TOOLS[0] as ToolCard);
}
