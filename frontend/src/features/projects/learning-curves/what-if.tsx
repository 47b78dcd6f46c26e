import { useLingui } from "@lingui/react";
import { useId } from "react";
import type { Schemas } from "../../../shared/api/client";
import { useMetrics } from "../../../shared/ui/metrics";
import { percent } from "../../../shared/ui/numbers";
import { AS_IT_IS, PRIMARY_METRIC, type WhatIf } from "./use-curve-forecast";

/** Sliders for what may be changed: the target, the team, the price of a label. */
export function WhatIfBar({
  project,
  metrics,
  costPerLabel,
  value,
  onChange,
}: {
  project: Schemas["ProjectDetail"];
  metrics: string[];
  costPerLabel: number | null;
  value: WhatIf;
  onChange: (next: WhatIf) => void;
}) {
  const { i18n } = useLingui();
  const id = useId();
  const target = value.target ?? project.target;
  const names = useMetrics();
  const changed =
    value.target !== null ||
    value.teamSpeed !== 1 ||
    value.costPerLabel !== null ||
    value.metric !== PRIMARY_METRIC;
  return (
    <fieldset className="what-if">
      <legend>{i18n._("What if")}</legend>
      <label htmlFor={`${id}m`}>{i18n._("Metric")}</label>
      <select
        id={`${id}m`}
        value={value.metric}
        onChange={(event) => onChange({ ...value, metric: event.target.value })}
      >
        {metrics.map((metric) => (
          <option key={metric} value={metric}>
            {names.title(metric)}
          </option>
        ))}
        {!metrics.includes(value.metric) && (
          <option value={value.metric}>{value.metric.replace(/^\w+:/, "")}</option>
        )}
      </select>
      <span />
      <label htmlFor={`${id}t`}>{i18n._("Target")}</label>
      <input
        id={`${id}t`}
        type="range"
        min={0.5}
        max={0.995}
        step={0.005}
        value={target}
        onChange={(event) => onChange({ ...value, target: Number(event.target.value) })}
      />
      <output className="num">{percent(target, i18n.locale)}</output>
      <label htmlFor={`${id}s`}>{i18n._("Team speed")}</label>
      <input
        id={`${id}s`}
        type="range"
        min={-2}
        max={3}
        step={0.25}
        value={Math.log2(value.teamSpeed)}
        onChange={(event) => onChange({ ...value, teamSpeed: 2 ** Number(event.target.value) })}
      />
      <output className="num">
        {new Intl.NumberFormat(i18n.locale, { maximumSignificantDigits: 2 }).format(value.teamSpeed)}×
      </output>
      <label htmlFor={`${id}p`}>{i18n._("Price per label")}</label>
      <input
        id={`${id}p`}
        type="number"
        min={0}
        step="any"
        value={value.costPerLabel ?? (costPerLabel === null ? "" : Number(costPerLabel.toPrecision(3)))}
        onChange={(event) =>
          onChange({
            ...value,
            costPerLabel: event.target.value === "" ? null : Math.max(0, Number(event.target.value)),
          })
        }
      />
      {changed ? (
        <button type="button" className="small" onClick={() => onChange(AS_IT_IS)}>
          {i18n._("Reset")}
        </button>
      ) : (
        <span />
      )}
    </fieldset>
  );
}
