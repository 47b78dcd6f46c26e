import { type ComponentType, useEffect, useState } from "react";

/**
 * A component whose code is loaded when it is first shown; until then there is nothing. Without Suspense: after a
 * fallback, however short, React holds back what follows for 300 ms.
 */
export function lazily<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined;
  // biome-ignore lint/correctness/noComponentHookFactories: called once for each part, where its module begins
  return function Lazily(props: Props) {
    const [Part, setPart] = useState(() => loaded);
    const [error, setError] = useState<unknown>();
    useEffect(() => {
      if (Part) return;
      load().then((part) => {
        loaded = part;
        setPart(() => part);
      }, setError);
    }, [Part]);
    if (error) throw error; // the page's boundary shows it
    return Part ? <Part {...props} /> : null;
  };
}
