import { useLingui } from "@lingui/react";
import { Text } from "@mantine/core";
import type { Schemas } from "../../../shared/api/client";
import { count, percent } from "../../../shared/ui/numbers";

/** A figure with its 95% interval, and what it rests on. */
export function Estimate({ of, share = true }: { of: Schemas["QualityEstimateOut"]; share?: boolean }) {
  const { i18n } = useLingui();
  if (of.value === null || of.low === null || of.high === null)
    return (
      <Text span size="sm" c="dimmed">
        {i18n._("Not enough data")}
      </Text>
    );
  const show = (value: number) => (share ? percent(value, i18n.locale, 0) : value.toFixed(2));
  return (
    <span className="num">
      {show(of.value)}{" "}
      <Text span size="xs" c="dimmed" fw={400}>
        ({show(of.low)}–{show(of.high)}, n={count(of.items, i18n.locale)})
      </Text>
    </span>
  );
}
