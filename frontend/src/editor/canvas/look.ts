import type { Region } from "../core/regions";
import type { Look } from "../shapes/shape";

/** A label as the editor needs it. */
export interface LabelLook {
  id: string;
  name: string;
  color: string;
  key: string;
  shape?: string | undefined;
  skeleton?: { points: string[]; edges?: number[][] | undefined } | null | undefined;
}

/** Looks by label, made once for each list of labels. */
export class Looks {
  private readonly byId: Map<string, LabelLook>;

  constructor(labels: readonly LabelLook[]) {
    this.byId = new Map(labels.map((label) => [label.id, label]));
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
