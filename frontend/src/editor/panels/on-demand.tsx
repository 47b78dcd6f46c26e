import { type ComponentType, lazy, Suspense } from "react";
import { loadRareTools } from "../tools/cards";
import { loadAreas } from "./area-actions";

const PARTS: (() => Promise<unknown>)[] = [loadRareTools, loadAreas];

/** A part of the screen that is loaded when it is first opened, or after the first item is shown. */
export function onDemand<Props extends object>(load: () => Promise<ComponentType<Props>>) {
  PARTS.push(load);
  const Part = lazy(async () => ({ default: await load() }) as { default: ComponentType<object> });
  return (props: Props) => (
    <Suspense>
      <Part {...props} />
    </Suspense>
  );
}

/** Load what an annotator may open by a key, while they look at the first item. */
export function preloadParts(): void {
  const later = window.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 300));
  later(() => {
    for (const load of PARTS) load().catch(() => {}); // opening it tries again
  });
}
