import type { Size } from "../core/viewport";

/** A picture ready to be shown: whole, or a small one with tiles for what is large. */
export interface Shown {
  image: HTMLImageElement;
  size: Size;
  tiles: { levels: number; address: (level: number, column: number, row: number) => string } | null;
}

/** From here on a picture comes in tiles; below, the browser holds it whole. */
export const TILED_FROM = 25_000_000;

/** Pictures on their way or decoded: the next item's is here before it is shown. */
const map = new Map<string, Promise<Shown>>();
const MAX = 12;

export function picture(address: string, size: Size | null): Promise<Shown> {
  const cached = map.get(address);
  if (cached) return cached;
  const made = fetched(address, size);
  map.set(address, made);
  made.catch(() => map.delete(address));
  if (map.size > MAX) {
    const oldest = map.keys().next().value;
    if (oldest !== undefined) map.delete(oldest);
  }
  return made;
}

async function fetched(address: string, size: Size | null): Promise<Shown> {
  const base = /^(\/api\/v1\/assets\/\d+\/)content\/$/.exec(address)?.[1];
  if (base && size && size.width * size.height >= TILED_FROM) {
    const levels = Math.ceil(Math.log2(Math.max(size.width, size.height) / 2048)) + 1;
    const image = await decode(`${base}tiles/overview/`);
    return {
      image,
      size,
      tiles: { levels, address: (level, column, row) => `${base}tiles/${level}/${column}/${row}/` },
    };
  }
  const image = await decode(address);
  return { image, size: { width: image.naturalWidth, height: image.naturalHeight }, tiles: null };
}

async function decode(address: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = address;
  await image.decode();
  return image;
}
