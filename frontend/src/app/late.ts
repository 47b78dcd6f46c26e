import { type ComponentType, lazy } from "react";

/**
 * A component whose code is loaded when it is first shown, and what loads it before. What is loaded is shown at once: a
 * fallback, however short, lets React hold back what follows for 300 ms.
 */
export function late<Props>(fetch: () => Promise<ComponentType<Props>>) {
  let now: Promise<{ default: ComponentType<Props> }> | undefined;
  const load = async () => {
    const module = { default: await fetch() };
    // biome-ignore lint/suspicious/noThenProperty: React shows at once what is fulfilled while it asks
    now = { then: (done: (loaded: unknown) => void) => done(module) } as typeof now;
    return module;
  };
  return [lazy(() => now ?? load()), load] as const;
}
