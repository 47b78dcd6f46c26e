/** Pixels as rows of red, green and blue. */
export interface Rgb {
  data: Uint8Array;
  width: number;
  height: number;
}

interface Taps {
  first: Int32Array;
  count: Int32Array;
  weights: Float64Array;
  most: number;
}

const ONE = 2 ** 22;

/** The weights of one direction: a triangle as wide as the scale, in whole numbers of 2⁻²². */
function tapsOf(from: number, to: number): Taps {
  const scale = from / to;
  const wide = Math.max(1, scale);
  const most = Math.ceil(wide) * 2 + 1;
  const taps: Taps = {
    first: new Int32Array(to),
    count: new Int32Array(to),
    weights: new Float64Array(to * most),
    most,
  };
  for (let at = 0; at < to; at += 1) {
    const center = (at + 0.5) * scale;
    const low = Math.max(0, Math.trunc(center - wide + 0.5));
    const count = Math.min(from, Math.trunc(center + wide + 0.5)) - low;
    let sum = 0;
    for (let tap = 0; tap < count; tap += 1) {
      const weight = Math.max(0, 1 - Math.abs((tap + low - center + 0.5) / wide));
      taps.weights[at * most + tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < count; tap += 1) {
      const place = at * most + tap;
      taps.weights[place] = Math.trunc(0.5 + ((taps.weights[place] ?? 0) / sum) * ONE);
    }
    taps.first[at] = low;
    taps.count[at] = count;
  }
  return taps;
}

/** One direction: `line` steps from pixel to pixel along it, `across` from line to line. */
function pass(
  source: Uint8Array,
  lines: number,
  to: number,
  taps: Taps,
  line: number,
  across: number,
  outLine: number,
  outAcross: number,
): Uint8Array {
  const made = new Uint8Array(lines * to * 3);
  for (let row = 0; row < lines; row += 1) {
    for (let at = 0; at < to; at += 1) {
      let [red, green, blue] = [ONE / 2, ONE / 2, ONE / 2];
      const count = taps.count[at] ?? 0;
      let from = (row * across + (taps.first[at] ?? 0) * line) * 3;
      for (let tap = 0; tap < count; tap += 1, from += line * 3) {
        const weight = taps.weights[at * taps.most + tap] ?? 0;
        red += weight * (source[from] ?? 0);
        green += weight * (source[from + 1] ?? 0);
        blue += weight * (source[from + 2] ?? 0);
      }
      const out = (row * outAcross + at * outLine) * 3;
      made[out] = Math.min(255, Math.floor(red / ONE));
      made[out + 1] = Math.min(255, Math.floor(green / ONE));
      made[out + 2] = Math.min(255, Math.floor(blue / ONE));
    }
  }
  return made;
}

/**
 * Squeeze a picture to a square, to the last bit as the server does (Pillow's bilinear filter: first across, then
 * down, whole-number weights). The browser's own scaling differs by a few shades, enough to change an answer.
 */
export function squeeze(picture: Rgb, side: number): Uint8Array {
  let { data } = picture;
  const { width, height } = picture;
  if (width !== side) data = pass(data, height, side, tapsOf(width, side), 1, width, 1, side);
  if (height !== side) data = pass(data, side, side, tapsOf(height, side), side, 1, side, 1);
  return data;
}

/** Red, green and blue without the fourth byte. */
export function rgbOf(image: { data: Uint8ClampedArray; width: number; height: number }): Rgb {
  const count = image.width * image.height;
  const data = new Uint8Array(count * 3);
  for (let at = 0; at < count; at += 1) {
    data[at * 3] = image.data[at * 4] ?? 0;
    data[at * 3 + 1] = image.data[at * 4 + 1] ?? 0;
    data[at * 3 + 2] = image.data[at * 4 + 2] ?? 0;
  }
  return { data, width: image.width, height: image.height };
}
