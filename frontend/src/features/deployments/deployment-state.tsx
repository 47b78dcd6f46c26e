import { useLingui } from "@lingui/react";

/** How a deployment is: a shape and a word. */
export function DeploymentState({ state }: { state: string }) {
  const { i18n } = useLingui();
  const words: Record<string, [string, string, string]> = {
    serving: ["●", i18n._("Running"), "done"],
    starting: ["◐", i18n._("Starting"), "running"],
    loading: ["◐", i18n._("Loading"), "running"],
    failing: ["✕", i18n._("Failing"), "failed"],
    unavailable: ["▲", i18n._("No replicas"), "failed"],
    stopped: ["–", i18n._("Stopped"), "cancelled"],
    deleted: ["✕", i18n._("Deleted"), "cancelled"],
  };
  const [shape, word, tone] = words[state] ?? ["·", state, ""];
  return (
    <span className={`state state-${tone}`} data-state={state}>
      <span aria-hidden="true">{shape}</span> {word}
    </span>
  );
}
