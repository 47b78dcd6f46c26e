/** A region of an answer, in pixels of the upright picture; `grid` is a mask in pixels of the model's own output. */
export interface Region {
  label: string;
  score: number;
  shape: string;
  x?: number | null;
  y?: number | null;
  w?: number | null;
  h?: number | null;
  points?: [number, number, number][] | null;
  rle?: number[] | null;
  grid?: { width: number; height: number; bits: Uint8Array };
}

/** Told apart on light and dark pictures, and by people who do not tell red from green. */
const COLOURS = ["#ffb000", "#2d7ff9", "#e0218a", "#00a37a", "#9b5de5", "#ff6b35", "#4cc9f0", "#c1d72e"];

const SHARP = 960;

export const colourAt = (place: number): string => COLOURS[place % COLOURS.length] ?? "#ffb000";

/** One byte a pixel, row by row, of runs with the background first. */
export function bitsOf(runs: readonly number[], size: number): Uint8Array {
  const bits = new Uint8Array(size);
  let at = 0;
  runs.forEach((run, number) => {
    if (number % 2) bits.fill(1, at, at + run);
    at += run;
  });
  return bits;
}

/** Draw regions over a picture of this width and height; `nameOf` gives what stands beside each. */
export function drawRegions(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  regions: readonly Region[],
  labels: readonly string[],
  nameOf: (region: Region) => string,
): void {
  const scale = Math.max(1, SHARP / Math.max(width, height, 1)); // small pictures are shown large
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  if (!context) return;
  context.scale(scale, scale);
  const unit = Math.max(width, height) / 480;
  context.lineWidth = 2 * unit;
  context.font = `600 ${12 * unit}px system-ui, sans-serif`;
  for (const region of regions) {
    const colour = colourAt(labels.indexOf(region.label));
    if (region.grid) paintBits(context, region.grid, 0, 0, width, height, colour);
    if (region.shape === "mask" && region.rle && region.w && region.h) {
      const bits = bitsOf(region.rle, region.w * region.h);
      const grid = { width: region.w, height: region.h, bits };
      paintBits(context, grid, region.x ?? 0, region.y ?? 0, region.w, region.h, colour);
    }
    if (region.shape === "box") {
      context.strokeStyle = colour;
      context.strokeRect(region.x ?? 0, region.y ?? 0, region.w ?? 0, region.h ?? 0);
    }
    for (const [x, y] of region.points ?? []) {
      context.fillStyle = colour;
      context.beginPath();
      context.arc(x, y, 3.5 * unit, 0, 2 * Math.PI);
      context.fill();
    }
    const [left, top] = region.points?.[0] ?? [region.x ?? 0, region.y ?? 0];
    if (!region.grid && region.shape !== "mask") tag(context, nameOf(region), left, top, unit, width, colour);
  }
}

function paintBits(
  context: CanvasRenderingContext2D,
  grid: { width: number; height: number; bits: Uint8Array },
  x: number,
  y: number,
  width: number,
  height: number,
  colour: string,
): void {
  const small = document.createElement("canvas");
  small.width = grid.width;
  small.height = grid.height;
  const inside = small.getContext("2d");
  if (!inside) return;
  const pixels = inside.createImageData(grid.width, grid.height);
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  grid.bits.forEach((bit, at) => {
    if (bit) pixels.data.set([red ?? 0, green ?? 0, blue ?? 0, 130], 4 * at);
  });
  inside.putImageData(pixels, 0, 0);
  context.drawImage(small, x, y, width, height);
}

function tag(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  unit: number,
  most: number,
  colour: string,
): void {
  const high = 16 * unit;
  const wide = Math.min(context.measureText(text).width + 8 * unit, most);
  const left = Math.max(0, Math.min(x, most - wide));
  const top = y - high < 0 ? y : y - high;
  context.fillStyle = colour;
  context.fillRect(left, top, wide, high);
  context.fillStyle = "#10151d"; // readable on every colour above
  context.fillText(text, left + 4 * unit, top + 12 * unit, wide - 8 * unit);
}
