import { type ComponentType, type ReactNode, useEffect, useState } from "react";

/** A component whose code is loaded when it is first shown, or before by `load`. */
export interface OnDemand<Props> {
  (props: Props): ReactNode;
  load: () => Promise<void>;
}

/**
 * A component whose code is loaded when it is first shown. What is loaded is shown at once, and without Suspense: after a
 * fallback, however short, React holds back what follows for 300 ms.
 *
 * @param load Fetches the component. When that fails, the nearest boundary shows the error.
 * @param placeholder What stands there meanwhile.
 */
export function onDemand<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  placeholder: ReactNode | ((props: Props) => ReactNode) = null,
): OnDemand<Props> {
  let loaded: ComponentType<Props> | undefined;
  const fetch = async () => {
    loaded ??= await load();
  };
  // biome-ignore lint/correctness/noComponentHookFactories: called once for each part, where its module begins
  function Part(props: Props) {
    const [Content, setContent] = useState(() => loaded);
    const [error, setError] = useState<unknown>();
    useEffect(() => {
      if (!Content) fetch().then(() => setContent(() => loaded), setError);
    }, [Content]);
    if (error) throw error; // the page's boundary shows it
    if (Content) return <Content {...props} />;
    return typeof placeholder === "function" ? placeholder(props) : placeholder;
  }
  return Object.assign(Part, { load: fetch });
}
