import type { ShapeName } from "../core/regions";

/** A tool on the list: which shape it makes (null: none), and its key. How it begins stands in `index.ts`. */
export interface ToolCard {
  readonly id: string;
  readonly shape: ShapeName | null;
  readonly key: string;
  /** Offered only where a click-to-mask model is registered. */
  readonly needsModel?: boolean;
  /** Loaded after the first item is shown. */
  readonly isRare?: boolean;
  /** Offered only where one of these shapes is. */
  readonly worksOn?: readonly ShapeName[];
}

/** Every tool; the first one of a shape is that shape's own. */
export const TOOLS = [
  { id: "select", shape: null, key: "v" },
  { id: "box", shape: "box", key: "x" },
  { id: "polygon", shape: "polygon", key: "g" },
  { id: "scissors", shape: "polygon", key: "i", isRare: true },
  { id: "polyline", shape: "polyline", key: "l" },
  { id: "skeleton", shape: "skeleton", key: "k" },
  { id: "brush", shape: "mask", key: "p" },
  { id: "superpixel", shape: "mask", key: "w", isRare: true },
  { id: "click-mask", shape: "mask", key: "c", isRare: true, needsModel: true },
  { id: "cut", shape: null, key: "u", isRare: true, worksOn: ["polygon", "mask"] },
] as const satisfies readonly ToolCard[];

export type ToolId = (typeof TOOLS)[number]["id"];

export function toolsFor(shapes: readonly ShapeName[]): ToolCard[] {
  return TOOLS.filter((card: ToolCard) => {
    if (card.worksOn) return card.worksOn.some((shape) => shapes.includes(shape));
    return card.shape === null || shapes.includes(card.shape);
  });
}

export function toolOf(id: string): ToolCard {
  return TOOLS.find((card) => card.id === id) ?? TOOLS[0];
}

export type RareTools = typeof import("./rare");

let loaded: RareTools | null = null;

/** The tools that are not loaded with the page. */
export async function loadRareTools(): Promise<void> {
  loaded ??= await import("./rare");
}

export function rareTools(): RareTools {
  if (!loaded) throw new Error("the rare tools are not loaded");
  return loaded;
}
