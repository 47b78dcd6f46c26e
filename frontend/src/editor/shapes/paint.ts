import type { XY } from "../core/regions";
import type { Look } from "./shape";

const halos = new Map<string, string>();

/** What a line of a color stands on, so that it shows on any picture: light under dark colors, dark under light ones. */
export function haloOf(color: string): string {
  const cached = halos.get(color);
  if (cached) return cached;
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255);
  const light = 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
  const halo = light < 0.42 ? "rgba(255,255,255,0.75)" : "rgba(0,0,0,0.6)";
  halos.set(color, halo);
  return halo;
}

const widths = new Map<string, number>();
const TAG_FONT = '600 12px "Inter Variable", "Noto Sans JP Variable", system-ui, sans-serif';
export const TAG_HEIGHT = 18;

/** Screen pixels that a tag with this text takes. */
export function tagWidth(context: CanvasRenderingContext2D, text: string): number {
  const cached = widths.get(text);
  if (cached !== undefined) return cached;
  context.font = TAG_FONT;
  const width = context.measureText(text).width + 10;
  widths.set(text, width);
  return width;
}

/** A few words on a plate of their own, with a bar in a label's color; screen coordinates. */
export function tagged(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  color = "",
  faint = false,
): void {
  const width = tagWidth(context, text);
  context.font = TAG_FONT;
  context.fillStyle = faint ? "rgba(0,0,0,0.55)" : "rgba(0,0,0,0.8)";
  context.fillRect(x, y, width, TAG_HEIGHT);
  if (color) {
    context.fillStyle = color;
    context.fillRect(x, y, 3, TAG_HEIGHT);
  }
  context.fillStyle = "#ffffff";
  context.fillText(text, x + 6, y + 13);
}

/** A line in the label's color on a halo, so that it shows on any picture; screen coordinates. */
export function outlined(
  context: CanvasRenderingContext2D,
  points: readonly XY[],
  closed: boolean,
  look: Look,
  filled: boolean,
): void {
  const first = points[0];
  if (!first) return;
  context.beginPath();
  context.moveTo(first[0], first[1]);
  for (let i = 1; i < points.length; i += 1) {
    const [x, y] = points[i] as XY;
    context.lineTo(x, y);
  }
  if (closed) context.closePath();
  if (filled && closed) {
    context.fillStyle = `${look.color}22`;
    context.fill();
  }
  context.lineJoin = "round";
  context.lineWidth = look.active ? 5 : 4;
  context.strokeStyle = haloOf(look.color);
  context.stroke();
  context.lineWidth = look.active ? 2.5 : 2;
  context.strokeStyle = look.color;
  context.stroke();
}

/** A cross of screen pixels around a point, dark on light, for what is there but cannot be seen. */
export function cross(context: CanvasRenderingContext2D, x: number, y: number, reach: number): void {
  context.beginPath();
  context.moveTo(x - reach, y - reach);
  context.lineTo(x + reach, y + reach);
  context.moveTo(x - reach, y + reach);
  context.lineTo(x + reach, y - reach);
  context.lineWidth = 1.5;
  context.strokeStyle = "rgba(0,0,0,0.85)";
  context.stroke();
}

export function dot(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  radius: number,
  color: string,
): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = color;
  context.fill();
}
