import { useLingui } from "@lingui/react";
import { Card, Text, Title } from "@mantine/core";
import { AttributeTable } from "./attribute-table";
import type { AttributeRow, LabelRow, Problem } from "./label-rows";
import { LabelTable } from "./label-table";

/** What is being written: labels and attributes. */
export interface SchemaDraft {
  labels: LabelRow[];
  attributes: AttributeRow[];
}

/** Labels and attributes by rows. */
export function SchemaForm({
  draft,
  onChange,
  geometries,
  problems,
}: {
  draft: SchemaDraft;
  onChange: (draft: SchemaDraft) => void;
  geometries: readonly string[];
  problems: ReadonlyMap<string, Problem>;
}) {
  const { i18n } = useLingui();
  const setLabels = (labels: LabelRow[]) => {
    const ids = new Set(labels.map((row) => row.id));
    const attributes = draft.attributes.map((row) => ({
      ...row,
      labels: row.labels.filter((id) => ids.has(id)),
    }));
    onChange({ labels, attributes });
  };
  return (
    <>
      <Card withBorder mb="md">
        <Title order={2} mb="xs">
          {i18n._("Labels")}
        </Title>
        <LabelTable rows={draft.labels} onChange={setLabels} geometries={geometries} problems={problems} />
      </Card>
      <Card withBorder mb="md">
        <Title order={2}>{i18n._("Attributes")}</Title>
        <Text size="sm" c="dimmed" mb="xs">
          {i18n._("Optional properties that annotators set for each region or item.")}
        </Text>
        <AttributeTable
          rows={draft.attributes}
          labels={draft.labels}
          onChange={(attributes) => onChange({ ...draft, attributes })}
          problems={problems}
        />
      </Card>
    </>
  );
}
