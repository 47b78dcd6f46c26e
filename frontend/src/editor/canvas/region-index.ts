import Flatbush from "flatbush";
import type { Doc } from "../core/document";
import type { Editor } from "../core/editor";
import type { Rect } from "../core/geometry";
import { onPicture, type PictureRegion } from "../core/regions";
import { shapeOf } from "../shapes";

const MOST_APART = 200; // regions beside the index, from which on it is built anew

/**
 * Where regions lie. The index of a document of many regions takes longer to build than a frame may last: what a
 * step changed is kept apart, until there is much of it.
 */
export class RegionIndex {
  private tree: Flatbush | null = null;
  private indexed: PictureRegion[] = [];
  private places = new Map<string, number>();
  private apart = new Map<string, PictureRegion | null>();
  private of: Doc | null = null;

  constructor(private readonly editor: Editor) {}

  /** Regions whose box meets a frame, in the document's order. */
  within(frame: Rect): PictureRegion[] {
    this.refresh();
    const matches: [number, PictureRegion][] = [];
    for (const place of this.tree?.search(frame.left, frame.top, frame.right, frame.bottom) ?? []) {
      const region = this.indexed[place] as PictureRegion;
      if (!this.apart.has(region.id)) matches.push([place, region]);
    }
    let last = this.indexed.length;
    for (const [id, region] of this.apart) {
      if (region === null) continue;
      const { left, top, right, bottom } = shapeOf(region).bounds(region);
      if (left > frame.right || right < frame.left || top > frame.bottom || bottom < frame.top) continue;
      matches.push([this.places.get(id) ?? last++, region]);
    }
    return matches.sort((a, b) => a[0] - b[0]).map(([, region]) => region);
  }

  private refresh(): void {
    const { doc, lastStep } = this.editor;
    if (this.of === doc) return;
    if (this.of !== null && lastStep?.before === this.of && this.apart.size < MOST_APART) {
      for (const id of lastStep.ids) {
        const region = doc.regions.get(id);
        this.apart.delete(id); // what came back is the last one again
        this.apart.set(id, region && onPicture(region) ? region : null);
        if (!region) this.places.delete(id);
      }
      this.of = doc;
      return;
    }
    this.of = doc;
    this.apart.clear();
    this.indexed = [...doc.regions.values()].filter(onPicture);
    this.places = new Map(this.indexed.map((region, place) => [region.id, place]));
    this.tree = this.indexed.length > 0 ? new Flatbush(this.indexed.length) : null;
    for (const region of this.indexed) {
      const { left, top, right, bottom } = shapeOf(region).bounds(region);
      this.tree?.add(left, top, right, bottom);
    }
    this.tree?.finish();
  }
}
