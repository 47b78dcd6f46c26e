import { useLingui } from "@lingui/react";

/** A state or verdict as shape and word. */
export function ContractState({ state }: { state: string }) {
  const { i18n } = useLingui();
  const words: Record<string, [string, string, string]> = {
    draft: ["○", i18n._("draft"), ""],
    signed: ["◐", i18n._("in force"), ""],
    passed: ["●", i18n._("passed"), "good"],
    failed: ["✕", i18n._("not passed"), "bad"],
    withdrawn: ["–", i18n._("withdrawn"), "muted"],
    pass: ["●", i18n._("pass"), "good"],
    fail: ["✕", i18n._("fail"), "bad"],
    inconclusive: ["◐", i18n._("not enough evidence yet"), ""],
  };
  const [shape, word, style] = words[state] ?? ["·", state, ""];
  return (
    <span className={style}>
      <span aria-hidden="true">{shape}</span> {word}
    </span>
  );
}
