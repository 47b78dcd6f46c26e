import type { MaskRegion } from "../core/regions";
import type { Point } from "../core/viewport";

/** Pixels of a mask: one byte each, row by row, in a box of whole picture pixels. */
export interface Bits {
  x: number;
  y: number;
  w: number;
  h: number;
  data: Uint8Array;
}

type Runs = Pick<MaskRegion, "x" | "y" | "w" | "h" | "rle">;

export function decode({ x, y, w, h, rle }: Runs): Bits {
  const data = new Uint8Array(w * h);
  let at = 0;
  for (const [index, run] of rle.entries()) {
    if (index % 2 === 1) data.fill(1, at, at + run);
    at += run;
  }
  return { x, y, w, h, data };
}

/** Runs in a box drawn tight; null where no pixel is set. */
export function encode(bits: Bits): Runs | null {
  let [left, top, right, bottom] = [bits.w, bits.h, -1, -1];
  for (let row = 0; row < bits.h; row += 1) {
    const begin = bits.data.indexOf(1, row * bits.w);
    if (begin < 0) break;
    if (begin >= (row + 1) * bits.w) continue;
    if (row < top) top = row;
    bottom = row;
    left = Math.min(left, begin - row * bits.w);
    right = Math.max(right, bits.data.lastIndexOf(1, (row + 1) * bits.w - 1) - row * bits.w);
  }
  if (bottom < 0) return null;
  const rle: number[] = [];
  let [value, run] = [0, 0];
  for (let row = top; row <= bottom; row += 1) {
    for (let at = row * bits.w + left; at <= row * bits.w + right; at += 1) {
      if (bits.data[at] === value) run += 1;
      else {
        rle.push(run);
        value = 1 - value;
        run = 1;
      }
    }
  }
  rle.push(run);
  return { x: bits.x + left, y: bits.y + top, w: right - left + 1, h: bottom - top + 1, rle };
}

/** The same pixels in a box that holds another one too, within the picture. */
export function grown(
  bits: Bits,
  left: number,
  top: number,
  right: number,
  bottom: number,
  picture: { width: number; height: number },
): Bits {
  const within = (value: number, most: number) => Math.max(0, Math.min(most, value));
  const empty = bits.w === 0 || bits.h === 0; // a box of nothing, maybe outside the picture
  const x = within(Math.floor(empty ? left : Math.min(bits.x, left)), picture.width);
  const y = within(Math.floor(empty ? top : Math.min(bits.y, top)), picture.height);
  const w = within(Math.ceil(empty ? right : Math.max(bits.x + bits.w, right)), picture.width) - x;
  const h = within(Math.ceil(empty ? bottom : Math.max(bits.y + bits.h, bottom)), picture.height) - y;
  if (x === bits.x && y === bits.y && w === bits.w && h === bits.h) return bits;
  const data = new Uint8Array(w * h);
  for (let row = 0; !empty && row < bits.h; row += 1) {
    const from = row * bits.w;
    data.set(bits.data.subarray(from, from + bits.w), (row + bits.y - y) * w + bits.x - x);
  }
  return { x, y, w, h, data };
}

/** Set (or clear) every pixel whose middle lies within `radius` of the line between two points. */
export function stroke(bits: Bits, from: Point, to: Point, radius: number, value: 0 | 1): void {
  const reach = Math.max(radius, 0.5);
  const left = Math.max(0, Math.floor(Math.min(from.x, to.x) - reach - bits.x));
  const right = Math.min(bits.w - 1, Math.ceil(Math.max(from.x, to.x) + reach - bits.x));
  const top = Math.max(0, Math.floor(Math.min(from.y, to.y) - reach - bits.y));
  const bottom = Math.min(bits.h - 1, Math.ceil(Math.max(from.y, to.y) + reach - bits.y));
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = dx * dx + dy * dy;
  for (let row = top; row <= bottom; row += 1) {
    for (let column = left; column <= right; column += 1) {
      const [px, py] = [bits.x + column + 0.5 - from.x, bits.y + row + 0.5 - from.y];
      const share = length === 0 ? 0 : Math.max(0, Math.min(1, (px * dx + py * dy) / length));
      const [ex, ey] = [px - share * dx, py - share * dy];
      if (ex * ex + ey * ey <= reach * reach) bits.data[row * bits.w + column] = value;
    }
  }
}

export function isSet(bits: Bits, at: Point): boolean {
  const [column, row] = [Math.floor(at.x) - bits.x, Math.floor(at.y) - bits.y];
  if (column < 0 || row < 0 || column >= bits.w || row >= bits.h) return false;
  return bits.data[row * bits.w + column] === 1;
}

export function area(rle: readonly number[]): number {
  let sum = 0;
  for (let index = 1; index < rle.length; index += 2) sum += rle[index] as number;
  return sum;
}
