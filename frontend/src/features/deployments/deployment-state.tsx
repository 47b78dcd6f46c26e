import { useLingui } from "@lingui/react";

/** How a deployment is: a shape and a word. */
export function DeploymentState({ state }: { state: string }) {
  const { i18n } = useLingui();
  const words: Record<string, [string, string, string]> = {
    serving: ["●", i18n._("answering"), "done"],
    loading: ["◐", i18n._("loading"), "running"],
    failing: ["✕", i18n._("failing"), "failed"],
    unavailable: ["▲", i18n._("no serving process"), "failed"],
    stopped: ["–", i18n._("stopped"), "cancelled"],
  };
  const [shape, word, tone] = words[state] ?? ["·", state, ""];
  return (
    <span className={`state state-${tone}`} data-state={state}>
      <span aria-hidden="true">{shape}</span> {word}
    </span>
  );
}
