/**
 * PNG files of 16 bits as the server reads them (`labelkit/pictures.py`): browsers keep the upper byte of each
 * value, so that 12 bits in 16 are black. Scaled by the depth that is used, transparency on white.
 */

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 4: 2, 6: 4 };
const MOST_PIXELS = 50_000_000;
// Adam7: first row and column, steps down and across.
const PASSES = [
  [0, 0, 8, 8],
  [0, 4, 8, 8],
  [4, 0, 8, 4],
  [0, 2, 4, 4],
  [2, 0, 4, 2],
  [0, 1, 2, 2],
  [1, 0, 2, 1],
] as const;

/** Red, green, blue and 255, eight bits each. */
export interface Flat {
  data: Uint8ClampedArray<ArrayBuffer>;
  width: number;
  height: number;
}

interface Parts {
  width: number;
  height: number;
  channels: number;
  interlaced: boolean;
  packed: Uint8Array<ArrayBuffer>[];
  clear: number[];
}

/** The chunks of a PNG of 16 bits; null of any other file. */
function partsOf(bytes: Uint8Array<ArrayBuffer>): Parts | null {
  if (bytes.length < 33 || SIGNATURE.some((value, at) => bytes[at] !== value) || bytes[24] !== 16)
    return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const channels = CHANNELS[bytes[25] ?? -1];
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  if (!channels || !width || !height || width * height > MOST_PIXELS) return null;
  const parts: Parts = { width, height, channels, interlaced: bytes[28] === 1, packed: [], clear: [] };
  for (let at = 8; at + 12 <= bytes.length; ) {
    const size = view.getUint32(at);
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (at + 12 + size > bytes.length) throw new Error("PNG: truncated");
    if (name === "IDAT") parts.packed.push(bytes.subarray(at + 8, at + 8 + size));
    if (name === "tRNS")
      for (let byte = 0; byte + 1 < size; byte += 2) parts.clear.push(view.getUint16(at + 8 + byte));
    at += 12 + size;
  }
  return parts;
}

async function inflate(parts: Uint8Array<ArrayBuffer>[]): Promise<Uint8Array> {
  const stream = new DecompressionStream("deflate");
  const writer = stream.writable.getWriter();
  // What is wrong with the bytes is told by the reader below.
  const written = (async () => {
    for (const part of parts) await writer.write(part);
    await writer.close();
  })().catch(() => undefined);
  const made: Uint8Array[] = [];
  let total = 0;
  const reader = stream.readable.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    made.push(value);
    total += value.length;
  }
  await written;
  const whole = new Uint8Array(total);
  let at = 0;
  for (const part of made) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}

/** Take the filters of `lines` lines off, in place; returns where the next pass begins. */
function unfilter(raw: Uint8Array, from: number, lines: number, stride: number, step: number): number {
  for (let line = 0; line < lines; line += 1) {
    const begin = from + line * (stride + 1) + 1;
    const filter = raw[begin - 1] ?? 0;
    const before = begin - stride - 1;
    for (let at = 0; at < stride; at += 1) {
      const left = at >= step ? (raw[begin + at - step] ?? 0) : 0;
      const above = line ? (raw[before + at] ?? 0) : 0;
      const corner = line && at >= step ? (raw[before + at - step] ?? 0) : 0;
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter];
      if (guess === undefined) throw new Error("PNG: filter");
      raw[begin + at] = (raw[begin + at] ?? 0) + guess;
    }
  }
  return from + lines * (stride + 1);
}

/** Values of 16 bits, channel by channel of each pixel. */
function valuesOf(parts: Parts, raw: Uint8Array): Uint16Array {
  const { width, height, channels } = parts;
  const values = new Uint16Array(width * height * channels);
  const step = channels * 2;
  let from = 0;
  for (const [top, first, down, across] of parts.interlaced ? PASSES : ([[0, 0, 1, 1]] as const)) {
    const columns = Math.ceil((width - first) / across);
    const lines = Math.ceil((height - top) / down);
    if (columns <= 0 || lines <= 0) continue;
    const stride = columns * step;
    if (raw.length < from + lines * (stride + 1)) throw new Error("PNG: too short");
    const next = unfilter(raw, from, lines, stride, step);
    for (let line = 0; line < lines; line += 1) {
      for (let column = 0; column < columns; column += 1) {
        const source = from + line * (stride + 1) + 1 + column * step;
        const target = ((top + line * down) * width + first + column * across) * channels;
        for (let channel = 0; channel < channels; channel += 1) {
          const at = source + channel * 2;
          values[target + channel] = ((raw[at] ?? 0) << 8) | (raw[at + 1] ?? 0);
        }
      }
    }
    from = next;
  }
  return values;
}

/** As Pillow lays on white, to the last bit. */
function onWhite(value: number, alpha: number): number {
  const sum = value * alpha * 128 + 255 * (255 - alpha) * 128 + (0x80 << 7);
  return (((sum >> 8) + sum) >> 8) >> 7;
}

/** The picture in a PNG of 16 bits; null of any other file, which browsers read right. */
export async function flattenDeep(bytes: Uint8Array<ArrayBuffer>): Promise<Flat | null> {
  const parts = partsOf(bytes);
  if (!parts) return null;
  const { width, height, channels, clear } = parts;
  const values = valuesOf(parts, await inflate(parts.packed));
  const colors = channels < 3 ? 1 : 3;
  const grey = colors === 1;
  let highest = 0;
  for (let at = 0; at < values.length; at += channels)
    for (let color = 0; color < colors; color += 1) highest = Math.max(highest, values[at + color] ?? 0);
  let white = 255;
  while (white < highest) white = white * 4 + 3;
  const shade = (value: number, of: number) => Math.floor(value * (255 / of) + 0.5);
  const data = new Uint8ClampedArray(width * height * 4);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const at = pixel * channels;
    let alpha = channels === colors ? 255 : shade(values[at + colors] ?? 0, 65535);
    if (clear.length === colors && clear.every((value, color) => values[at + color] === value)) alpha = 0;
    for (let color = 0; color < 3; color += 1) {
      const value = shade(values[at + (grey ? 0 : color)] ?? 0, white);
      data[pixel * 4 + color] = alpha === 255 ? value : onWhite(value, alpha);
    }
    data[pixel * 4 + 3] = 255;
  }
  return { data, width, height };
}

/** A file that the browser shows and reads as the server does: a PNG of 16 bits as one of 8, any other as it is. */
export async function readable(file: Blob): Promise<Blob> {
  const flat = await flattenDeep(new Uint8Array(await file.arrayBuffer()));
  if (!flat) return file;
  const canvas = document.createElement("canvas");
  canvas.width = flat.width;
  canvas.height = flat.height;
  canvas.getContext("2d")?.putImageData(new ImageData(flat.data, flat.width, flat.height), 0, 0);
  return new Promise((done, failed) =>
    canvas.toBlob((made) => (made ? done(made) : failed(new Error("canvas"))), "image/png"),
  );
}
