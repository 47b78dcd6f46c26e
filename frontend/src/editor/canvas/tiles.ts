import type { Size, Viewport } from "../core/viewport";

export const TILE = 512;
const MAX_KEPT = 160; // tiles of 1 MB each when decoded

/** Tiles that a view needs: level 0 is the picture itself, each further one has half the size. */
export function tilesInView(
  size: Size,
  levels: number,
  view: Viewport,
  screen: Size,
): { level: number; column: number; row: number }[] {
  const level = Math.max(0, Math.min(levels - 1, Math.floor(Math.log2(1 / view.scale))));
  const side = TILE * 2 ** level;
  const first = (offset: number) => Math.max(0, Math.floor(-offset / view.scale / side));
  const last = (offset: number, room: number, whole: number) =>
    Math.min(Math.ceil(whole / side), Math.ceil((room - offset) / view.scale / side)) - 1;
  const matches = [];
  for (let row = first(view.y); row <= last(view.y, screen.height, size.height); row += 1)
    for (let column = first(view.x); column <= last(view.x, screen.width, size.width); column += 1)
      matches.push({ level, column, row });
  return matches;
}

/** The tiles of one large picture, fetched as they come into view; the small picture stands in until then. */
export class TileSource {
  private readonly cache = new Map<string, HTMLImageElement | null>();

  constructor(
    private readonly address: (level: number, column: number, row: number) => string,
    private readonly size: Size,
    private readonly levels: number,
    private readonly arrived: () => void,
  ) {}

  draw(context: CanvasRenderingContext2D, view: Viewport, screen: Size): void {
    for (const { level, column, row } of tilesInView(this.size, this.levels, view, screen)) {
      const image = this.tile(level, column, row);
      if (!image) continue;
      const side = TILE * 2 ** level * view.scale;
      const [x, y] = [column * side + view.x, row * side + view.y];
      const share = 2 ** level * view.scale;
      context.drawImage(image, x, y, image.naturalWidth * share, image.naturalHeight * share);
    }
  }

  private tile(level: number, column: number, row: number): HTMLImageElement | null {
    const key = `${level}/${column}/${row}`;
    const cached = this.cache.get(key);
    if (cached !== undefined) {
      this.cache.delete(key); // the last used is kept longest
      this.cache.set(key, cached);
      return cached;
    }
    this.cache.set(key, null);
    const image = new Image();
    image.src = this.address(level, column, row);
    image.decode().then(
      () => {
        this.cache.set(key, image);
        while (this.cache.size > MAX_KEPT) this.cache.delete(this.cache.keys().next().value ?? "");
        this.arrived();
      },
      () => this.cache.delete(key),
    );
    return null;
  }
}
