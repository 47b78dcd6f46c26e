import { shiftWithin } from "../core/geometry";
import type { MaskRegion } from "../core/regions";
import type { Point } from "../core/viewport";
import { area, type Bits, decode, isSet } from "./bits";
import type { Shape } from "./shape";

const bitsOf = new WeakMap<MaskRegion, Bits>();
const painted = new WeakMap<MaskRegion, { color: string; canvas: HTMLCanvasElement }>();

function bits(region: MaskRegion): Bits {
  const cached = bitsOf.get(region);
  if (cached) return cached;
  const made = decode(region);
  bitsOf.set(region, made);
  return made;
}

/** The mask as a small picture in its colour; painted once for each version of the mask. */
function picture(region: MaskRegion, color: string): HTMLCanvasElement {
  const cached = painted.get(region);
  if (cached && cached.color === color) return cached.canvas;
  const canvas = document.createElement("canvas");
  canvas.width = region.w;
  canvas.height = region.h;
  const context = canvas.getContext("2d");
  if (context) {
    const image = context.createImageData(region.w, region.h);
    const words = new Uint32Array(image.data.buffer);
    const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
    const word = (150 << 24) | ((b ?? 0) << 16) | ((g ?? 0) << 8) | (r ?? 0);
    const { data } = bits(region);
    for (let at = 0; at < data.length; at += 1) if (data[at]) words[at] = word;
    context.putImageData(image, 0, 0);
  }
  painted.set(region, { color, canvas });
  return canvas;
}

function near(region: MaskRegion, at: Point): boolean {
  return isSet(bits(region), at);
}

export const mask: Shape<MaskRegion> = {
  bounds: ({ x, y, w, h }) => ({ left: x, top: y, right: x + w, bottom: y + h }),
  onOutline: near,
  inside: near,
  handles: () => [],
  dragged: (region, _part, from, to, size) => {
    const frame = {
      left: region.x,
      top: region.y,
      right: region.x + region.w,
      bottom: region.y + region.h,
    };
    const by = shiftWithin(frame, Math.round(to.x - from.x), Math.round(to.y - from.y), size);
    return { ...region, x: region.x + by.x, y: region.y + by.y };
  },
  draw: (context, region, view, look) => {
    const smooth = context.imageSmoothingEnabled;
    context.imageSmoothingEnabled = false;
    context.globalAlpha = look.active ? 1 : 0.75;
    context.drawImage(
      picture(region, look.color),
      region.x * view.scale + view.x,
      region.y * view.scale + view.y,
      region.w * view.scale,
      region.h * view.scale,
    );
    context.globalAlpha = 1;
    context.imageSmoothingEnabled = smooth;
  },
  summary: (region) => `${area(region.rle)} px`,
  placed: () => null,
};
