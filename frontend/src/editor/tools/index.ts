import { BoxTool } from "./box-tool";
import { BrushTool } from "./brush-tool";
import { rareTools, type ToolId, toolOf } from "./cards";
import { PathTool } from "./path-tool";
import { SkeletonTool } from "./skeleton-tool";
import { SelectTool, type Surroundings, type Tool } from "./tool";

/** How each tool begins. Adding one is adding a file, a line here and one in `cards.ts`. */
const MAKERS: Record<ToolId, (around: Surroundings) => Tool> = {
  select: (around) => new SelectTool(around),
  box: (around) => new BoxTool(around),
  polygon: (around) => new PathTool(around, "polygon"),
  scissors: (around) => new (rareTools().ScissorsTool)(around),
  polyline: (around) => new PathTool(around, "polyline"),
  skeleton: (around) => new SkeletonTool(around),
  brush: (around) => new BrushTool(around),
  superpixel: (around) => new (rareTools().SuperpixelTool)(around),
  "click-mask": (around) => new (rareTools().ClickMaskTool)(around),
  cut: (around) => new (rareTools().CutTool)(around),
};

export function makeTool(id: string, around: Surroundings): Tool {
  return MAKERS[toolOf(id).id as ToolId](around);
}
