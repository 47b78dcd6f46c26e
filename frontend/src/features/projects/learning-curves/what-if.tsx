import { useLingui } from "@lingui/react";
import { Button, Fieldset, Input, NumberInput, Select, SimpleGrid, Slider } from "@mantine/core";
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
  const target = value.target ?? project.target;
  const names = useMetrics();
  const changed =
    value.target !== null ||
    value.teamSpeed !== 1 ||
    value.costPerLabel !== null ||
    value.metric !== PRIMARY_METRIC;
  const speed = (power: number) =>
    `${new Intl.NumberFormat(i18n.locale, { maximumSignificantDigits: 2 }).format(2 ** power)}×`;
  const other = metrics.includes(value.metric) ? [] : [value.metric];
  return (
    <Fieldset legend={i18n._("What if")} mb="md">
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 4 }} verticalSpacing="md">
        <Select
          label={i18n._("Metric")}
          allowDeselect={false}
          value={value.metric}
          onChange={(metric) => metric && onChange({ ...value, metric })}
          data={[
            ...metrics.map((metric) => ({ value: metric, label: names.title(metric) })),
            ...other.map((metric) => ({ value: metric, label: metric.replace(/^\w+:/, "") })),
          ]}
        />
        <Amount
          label={i18n._("Target")}
          min={0.5}
          max={0.995}
          step={0.005}
          value={target}
          format={(share) => percent(share, i18n.locale)}
          onChange={(share) => onChange({ ...value, target: share })}
        />
        <Amount
          label={i18n._("Team speed")}
          min={-2}
          max={3}
          step={0.25}
          value={Math.log2(value.teamSpeed)}
          format={speed}
          onChange={(power) => onChange({ ...value, teamSpeed: 2 ** power })}
        />
        <NumberInput
          label={i18n._("Price per label")}
          min={0}
          value={value.costPerLabel ?? (costPerLabel === null ? "" : Number(costPerLabel.toPrecision(3)))}
          onChange={(price) =>
            onChange({ ...value, costPerLabel: price === "" ? null : Math.max(0, Number(price)) })
          }
        />
      </SimpleGrid>
      {changed && (
        <Button size="compact-sm" variant="default" mt="sm" onClick={() => onChange(AS_IT_IS)}>
          {i18n._("Reset")}
        </Button>
      )}
    </Fieldset>
  );
}

/** A slider with its value beside its name. */
function Amount({
  label,
  format,
  ...slider
}: {
  label: string;
  min: number;
  max: number;
  step: number;
  value: number;
  format: (value: number) => string;
  onChange: (value: number) => void;
}) {
  return (
    <Input.Wrapper label={`${label}: ${format(slider.value)}`} labelElement="div">
      <Slider mt={10} label={format} thumbLabel={label} {...slider} />
    </Input.Wrapper>
  );
}
