import { useLingui } from "@lingui/react";
import type { Schemas } from "../../../shared/api/client";
import { count, percent } from "../../../shared/ui/numbers";

/** A figure with its interval, and what it rests on. */
export function Estimate({ of, share = true }: { of: Schemas["QualityEstimateOut"]; share?: boolean }) {
  const { i18n } = useLingui();
  if (of.value === null || of.low === null || of.high === null)
    return <span className="muted">{i18n._("not known yet")}</span>;
  const show = (value: number) => (share ? percent(value, i18n.locale, 0) : value.toFixed(2));
  return (
    <span className="num" title={i18n._("from {items}", { items: count(of.items, i18n.locale) })}>
      {show(of.value)}{" "}
      <span className="muted">
        ({show(of.low)}–{show(of.high)}, n={count(of.items, i18n.locale)})
      </span>
    </span>
  );
}
