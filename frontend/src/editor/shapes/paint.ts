import type { XY } from "../core/regions";
import type { Look } from "./shape";

/** A line in the label's colour on a dark one, so that it shows on any picture; screen coordinates. */
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
  context.lineWidth = look.active ? 4 : 3;
  context.strokeStyle = "rgba(0,0,0,0.55)";
  context.stroke();
  context.lineWidth = look.active ? 2.5 : 1.5;
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
