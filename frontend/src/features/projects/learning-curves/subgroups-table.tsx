import { useLingui } from "@lingui/react";
import { Badge, Button, Table, Text } from "@mantine/core";
import type { Schemas } from "../../../shared/api/client";
import { Sparkline } from "../../../shared/ui/chart/sparkline";
import { measuredPoints } from "../../../shared/ui/curve-chart";
import { percent, rough } from "../../../shared/ui/numbers";
import { Section } from "../../../shared/ui/section";
import { PRIMARY_METRIC } from "./use-curve-forecast";

/** Classes and slices: their curves, what they need, and which one the next labels help most. */
export function SubgroupsTable({
  subgroups,
  metric,
  target,
  onPick,
}: {
  subgroups: Schemas["SubgroupOut"][];
  metric: string;
  target: number;
  onPick: (key: string) => void;
}) {
  const { i18n } = useLingui();
  if (subgroups.length === 0) return null;
  const gains = subgroups.filter(
    (subgroup) => subgroup.key.startsWith("class:") && subgroup.next_100_labels_gain !== null,
  );
  const best = gains.reduce<Schemas["SubgroupOut"] | null>(
    (largest, subgroup) =>
      (subgroup.next_100_labels_gain ?? 0) > (largest?.next_100_labels_gain ?? 0) ? subgroup : largest,
    null,
  );
  const need = (subgroup: Schemas["SubgroupOut"]) => {
    if (!subgroup.labels_needed) return i18n._("Too few test items");
    const now = subgroup.pooled[subgroup.pooled.length - 1];
    if (now && now.score >= target) return i18n._("reached");
    const show = (value: number | null) => (value === null ? i18n._("never") : rough(value, i18n.locale));
    return `${show(subgroup.labels_needed.p50)} (${show(subgroup.labels_needed.p10)} – ${show(subgroup.labels_needed.p90)})`;
  };
  return (
    <Section title={i18n._("Classes and slices")}>
      {best && (
        <Text size="sm" c="dimmed">
          {i18n._("The next 100 labels help most in class {name}.", { name: best.title })}
        </Text>
      )}
      <Table.ScrollContainer minWidth={640}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{i18n._("Class or slice")}</Table.Th>
              <Table.Th scope="col">{i18n._("Share")}</Table.Th>
              <Table.Th scope="col">{i18n._("Recall now")}</Table.Th>
              <Table.Th scope="col">{i18n._("95% interval")}</Table.Th>
              <Table.Th scope="col">{i18n._("Curve")}</Table.Th>
              <Table.Th scope="col">{i18n._("Total labels needed (80% interval)")}</Table.Th>
              <Table.Th scope="col">{i18n._("Gain of 100 more labels")}</Table.Th>
              <Table.Th scope="col">
                <span className="visually-hidden">{i18n._("Show")}</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {subgroups.map((subgroup) => {
              const last = subgroup.pooled[subgroup.pooled.length - 1];
              return (
                <Table.Tr key={subgroup.key} fw={subgroup === best ? 600 : undefined}>
                  <Table.Th scope="row">
                    {subgroup.title}
                    {subgroup === best && (
                      <Badge variant="light" ml="xs" tt="none">
                        {i18n._("Label next")}
                      </Badge>
                    )}
                  </Table.Th>
                  <Table.Td ta="right">{percent(subgroup.fraction, i18n.locale, 0)}</Table.Td>
                  <Table.Td ta="right">{last && percent(last.score, i18n.locale)}</Table.Td>
                  <Table.Td ta="right" c="dimmed">
                    {last &&
                      `${percent(Math.max(0, last.score - 1.96 * last.se), i18n.locale, 0)} – ${percent(Math.min(1, last.score + 1.96 * last.se), i18n.locale, 0)}`}
                  </Table.Td>
                  <Table.Td>
                    <Sparkline points={measuredPoints(subgroup.pooled)} />
                  </Table.Td>
                  <Table.Td ta="right">{need(subgroup)}</Table.Td>
                  <Table.Td ta="right">
                    {subgroup.next_100_labels_gain === null
                      ? "–"
                      : `+${percent(subgroup.next_100_labels_gain, i18n.locale, 2)}`}
                  </Table.Td>
                  <Table.Td>
                    <Button
                      variant="default"
                      size="compact-sm"
                      aria-pressed={metric === subgroup.key}
                      aria-label={i18n._("Show the curve of {name}", { name: subgroup.title })}
                      onClick={() => onPick(metric === subgroup.key ? PRIMARY_METRIC : subgroup.key)}
                    >
                      {i18n._("Show")}
                    </Button>
                  </Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Section>
  );
}
