import type { Point, Size, Viewport } from "../core/viewport";
import { tagged } from "../shapes/paint";

const RULER = 20; // screen pixels that a ruler is wide
const LEAST_STEP = 60; // screen pixels from one number to the next
const INK = "#e7ecf3";

/** Lines through the pointer, over the whole picture: for boxes that touch what they hold. */
export function drawCrosshair(context: CanvasRenderingContext2D, at: Point, screen: Size): void {
  for (const [color, dash] of [
    ["rgba(0,0,0,0.7)", []],
    ["rgba(255,255,255,0.9)", [4, 4]],
  ] as [string, number[]][]) {
    context.setLineDash(dash);
    context.strokeStyle = color;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(Math.round(at.x) + 0.5, 0);
    context.lineTo(Math.round(at.x) + 0.5, screen.height);
    context.moveTo(0, Math.round(at.y) + 0.5);
    context.lineTo(screen.width, Math.round(at.y) + 0.5);
    context.stroke();
  }
  context.setLineDash([]);
}

/** The distance from one number on a ruler to the next, in picture pixels: 1, 2 or 5 with zeros. */
export function rulerStep(scale: number): number {
  const least = LEAST_STEP / scale;
  const power = 10 ** Math.floor(Math.log10(least));
  return Math.max(1, ([1, 2, 5, 10].find((candidate) => candidate * power >= least) ?? 10) * power);
}

/** Picture pixels along the upper and the left edge, and where the pointer is. */
export function drawRulers(
  context: CanvasRenderingContext2D,
  view: Viewport,
  screen: Size,
  pointer: Point | null,
): void {
  context.fillStyle = "rgba(16,21,29,0.82)";
  context.fillRect(0, 0, screen.width, RULER);
  context.fillRect(0, RULER, RULER, screen.height - RULER);
  context.fillStyle = INK;
  context.strokeStyle = INK;
  context.lineWidth = 1;
  context.font = '10px "Inter Variable", system-ui, sans-serif';
  const step = rulerStep(view.scale);
  context.beginPath();
  for (let x = Math.ceil((RULER - view.x) / view.scale / step) * step; ; x += step) {
    const at = Math.round(x * view.scale + view.x) + 0.5;
    if (at > screen.width) break;
    context.moveTo(at, RULER - 5);
    context.lineTo(at, RULER);
    context.fillText(String(x), at + 3, 10);
  }
  for (let y = Math.ceil((RULER - view.y) / view.scale / step) * step; ; y += step) {
    const at = Math.round(y * view.scale + view.y) + 0.5;
    if (at > screen.height) break;
    context.moveTo(RULER - 5, at);
    context.lineTo(RULER, at);
    context.save();
    context.translate(9, at + 3);
    context.rotate(Math.PI / 2);
    context.fillText(String(y), 0, 0);
    context.restore();
  }
  context.stroke();
  if (!pointer) return;
  const [x, y] = [(pointer.x - view.x) / view.scale, (pointer.y - view.y) / view.scale];
  tagged(context, `${Math.floor(x)}, ${Math.floor(y)}`, RULER + 4, RULER + 4);
}
