import type { ComponentType } from "react";
import { onDemand } from "../../shared/ui/on-demand";
import { loadRareTools } from "../tools/cards";
import { loadAreas } from "./area-actions";

const PARTS: (() => Promise<unknown>)[] = [loadRareTools, loadAreas];

/** A part of the screen that is loaded when it is first opened, or after the first item is shown. */
export function benchPart<Props extends object>(load: () => Promise<ComponentType<Props>>) {
  const Part = onDemand(load);
  PARTS.push(Part.load);
  return Part;
}

/** Load what an annotator may open by a key, while they look at the first item. */
export function preloadParts(): void {
  const later = window.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 300));
  later(() => {
    for (const load of PARTS) load().catch(() => {}); // opening it tries again
  });
}
