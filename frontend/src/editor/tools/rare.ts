export { ClickMaskTool } from "./click-mask-tool";
export { CutTool } from "./cut-tool";
export { ScissorsTool } from "./scissors-tool";
export { SuperpixelTool } from "./superpixel-tool";
