import { useLingui } from "@lingui/react";
import { ActionIcon, Checkbox, Group, MultiSelect, Select, TagsInput, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { AddByName } from "./add-by-name";
import { type AttributeRow, type LabelRow, newAttribute, type Problem } from "./label-rows";
import { problemText } from "./label-table";
import styles from "./schema.module.css";

/** Attributes of regions or items, a row each: type, options, for which labels, whether required. */
export function AttributeTable({
  rows,
  labels,
  onChange,
  problems,
}: {
  rows: AttributeRow[];
  labels: readonly LabelRow[];
  onChange: (rows: AttributeRow[]) => void;
  problems: ReadonlyMap<string, Problem>;
}) {
  const { i18n } = useLingui();
  const add = (text: string) => {
    if (!text.trim()) return false;
    onChange([...rows, newAttribute(text.trim().slice(0, 80), rows)]);
    return true;
  };
  const change = (id: string, part: Partial<AttributeRow>) =>
    onChange(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  const types: { value: AttributeRow["type"]; label: string }[] = [
    { value: "flag", label: i18n._("Yes or no") },
    { value: "choice", label: i18n._("One option") },
    { value: "choices", label: i18n._("Several options") },
    { value: "number", label: i18n._("Number") },
    { value: "text", label: i18n._("Text") },
  ];
  return (
    <>
      <ul className={styles.rows} aria-label={i18n._("Attributes")}>
        {rows.map((row) => {
          const name = row.name || row.id;
          const problem = problems.get(`attribute:${row.id}`);
          return (
            <li key={row.id} className={styles.row}>
              <Group gap={6} align="start">
                <TextInput
                  flex="1 1 9rem"
                  value={row.name}
                  maxLength={80}
                  aria-label={i18n._("Name of {name}", { name: row.id })}
                  error={problem === "no_name" ? problemText(i18n, problem) : undefined}
                  onChange={(event) => change(row.id, { name: event.currentTarget.value })}
                />
                <Select
                  w={150}
                  aria-label={i18n._("Type of {name}", { name })}
                  data={types}
                  value={row.type}
                  allowDeselect={false}
                  onChange={(type) => change(row.id, { type: (type ?? "flag") as AttributeRow["type"] })}
                />
                {row.type.startsWith("choice") && (
                  <TagsInput
                    flex="2 1 12rem"
                    aria-label={i18n._("Options of {name}", { name })}
                    placeholder={row.options.length === 0 ? i18n._("Option, then Enter") : ""}
                    value={row.options}
                    error={problem === "no_options" ? problemText(i18n, problem) : undefined}
                    onChange={(options) => change(row.id, { options })}
                  />
                )}
                <MultiSelect
                  flex="2 1 10rem"
                  aria-label={i18n._("Labels with {name}", { name })}
                  placeholder={row.labels.length === 0 ? i18n._("All labels") : ""}
                  data={labels.map((label) => ({ value: label.id, label: label.name || label.id }))}
                  value={row.labels}
                  onChange={(chosen) => change(row.id, { labels: chosen })}
                />
                <Checkbox
                  mt={8}
                  label={i18n._("Required")}
                  aria-label={i18n._("{name} is required", { name })}
                  checked={row.required ?? false}
                  onChange={(event) => change(row.id, { required: event.currentTarget.checked })}
                />
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size={36}
                  aria-label={i18n._("Remove {name}", { name })}
                  onClick={() => onChange(rows.filter((other) => other.id !== row.id))}
                >
                  <IconTrash size={16} aria-hidden />
                </ActionIcon>
              </Group>
            </li>
          );
        })}
      </ul>
      <AddByName label={i18n._("New attribute")} button={i18n._("Add attribute")} add={add} isWide />
    </>
  );
}
