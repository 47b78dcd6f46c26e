import type { Size, Viewport } from "../core/viewport";
import type { TileSource } from "./tiles";

/** How a person likes the picture shown: 1 is as it is. */
export interface Display {
  brightness: number;
  contrast: number;
  saturation: number;
  grid: boolean;
  /** The names of labels beside regions at rest. */
  names: boolean;
  crosshair: boolean;
  ruler: boolean;
}

export const PLAIN: Display = {
  brightness: 1,
  contrast: 1,
  saturation: 1,
  grid: true,
  names: true,
  crosshair: false,
  ruler: false,
};

const GRID_FROM = 8; // screen pixels a picture pixel, from which the grid shows
const PIXELS_FROM = 3; // from here on pixels are shown as squares where regions are drawn to the pixel

export interface Picture {
  image: CanvasImageSource | null;
  tiles: TileSource | null;
  size: Size;
}

/** Draw the picture, as much of it as the screen shows. */
export function drawPicture(
  context: CanvasRenderingContext2D,
  { image, tiles, size }: Picture,
  view: Viewport,
  screen: Size,
  display: Display,
  smooth: boolean,
): void {
  context.save();
  context.imageSmoothingEnabled = smooth || view.scale < PIXELS_FROM;
  context.imageSmoothingQuality = "high";
  const { brightness, contrast, saturation } = display;
  if (brightness !== 1 || contrast !== 1 || saturation !== 1)
    context.filter = `brightness(${brightness}) contrast(${contrast}) saturate(${saturation})`;
  if (image) context.drawImage(image, view.x, view.y, size.width * view.scale, size.height * view.scale);
  tiles?.draw(context, view, screen);
  context.restore();
  if (display.grid && !smooth && view.scale >= GRID_FROM) drawGrid(context, size, view, screen);
}

function drawGrid(context: CanvasRenderingContext2D, size: Size, view: Viewport, screen: Size): void {
  const left = Math.max(0, Math.floor(-view.x / view.scale));
  const right = Math.min(size.width, Math.ceil((screen.width - view.x) / view.scale));
  const top = Math.max(0, Math.floor(-view.y / view.scale));
  const bottom = Math.min(size.height, Math.ceil((screen.height - view.y) / view.scale));
  context.beginPath();
  for (let x = left; x <= right; x += 1) {
    const at = Math.round(x * view.scale + view.x) + 0.5;
    context.moveTo(at, top * view.scale + view.y);
    context.lineTo(at, bottom * view.scale + view.y);
  }
  for (let y = top; y <= bottom; y += 1) {
    const at = Math.round(y * view.scale + view.y) + 0.5;
    context.moveTo(left * view.scale + view.x, at);
    context.lineTo(right * view.scale + view.x, at);
  }
  context.lineWidth = 1;
  context.strokeStyle = "rgba(128,128,128,0.35)";
  context.stroke();
}
