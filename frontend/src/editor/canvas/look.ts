import type { Region } from "../core/regions";
import { tagWidth } from "../shapes/paint";
import type { Look } from "../shapes/shape";

/** A label as the editor needs it. */
export interface LabelLook {
  id: string;
  name: string;
  color: string;
  key: string;
  shape?: string | undefined;
  parent?: string | undefined;
  skeleton?: { points: string[]; edges?: number[][] | undefined } | null | undefined;
}

/** Looks by label, made once for each list of labels. */
export class Looks {
  private readonly byId: Map<string, LabelLook>;

  constructor(labels: readonly LabelLook[]) {
    this.byId = new Map(labels.map((label) => [label.id, label]));
  }

  private width = -1;

  /** Screen pixels that the longest name takes. */
  get widest(): number {
    if (this.width >= 0) return this.width;
    const context = document.createElement("canvas").getContext("2d");
    const widths = context ? [...this.byId.values()].map(({ name }) => tagWidth(context, name)) : [];
    this.width = Math.max(0, ...widths);
    return this.width;
  }

  of(region: Region, active: boolean): Look {
    const label = this.byId.get(region.label);
    return {
      color: label?.color ?? "#888888",
      name: label?.name ?? region.label,
      active,
      edges: label?.skeleton?.edges ?? [],
      pointNames: label?.skeleton?.points ?? [],
    };
  }
}

const TURN = 137.508; // degrees: each further hue is far from all before

/** The same labels, each with a color of its own: the first with a color keeps it, others get a hue beside. */
export function withOwnColors<L extends LabelLook>(labels: readonly L[]): L[] {
  const used = new Set<string>();
  let turns = 0;
  return labels.map((label) => {
    const wanted = label.color.toLowerCase();
    if (!used.has(wanted)) {
      used.add(wanted);
      return label;
    }
    let color = wanted;
    while (used.has(color)) {
      turns += 1;
      color = hexOf((turns * TURN) % 360, 0.55 + 0.25 * ((turns >> 1) & 1), turns & 1 ? 0.42 : 0.58);
    }
    used.add(color);
    return { ...label, color };
  });
}

function hexOf(hue: number, saturation: number, lightness: number): string {
  const part = (at: number) => {
    const k = (at + hue / 30) % 12;
    const spread = saturation * Math.min(lightness, 1 - lightness);
    const value = lightness - spread * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(value * 255)
      .toString(16)
      .padStart(2, "0");
  };
  return `#${part(0)}${part(8)}${part(4)}`;
}
