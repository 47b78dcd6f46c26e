import type { I18n } from "@lingui/core";

/** Orders of the queue and query strategies, in the person's language. */
export function strategyTitles(i18n: I18n): Record<string, string> {
  return {
    random: i18n._("Random"),
    priority: i18n._("By priority"),
    uncertainty: i18n._("Least-confidence sampling"),
    margin: i18n._("Margin sampling"),
    entropy: i18n._("Entropy sampling"),
    k_center: i18n._("Diversity sampling (k-center)"),
    mix: i18n._("Mix of uncertainty, diversity and random"),
  };
}

export function strategyTitle(i18n: I18n, key: string): string {
  return strategyTitles(i18n)[key] ?? key;
}
