import { useLingui } from "@lingui/react";
import { Badge } from "@mantine/core";
import {
  IconChecklist,
  IconCircleCheck,
  IconCircleDashed,
  IconPlayerSkipForward,
  type IconProps,
} from "@tabler/icons-react";
import type { ComponentType } from "react";
import type { Schemas } from "../../../shared/api/client";
import chipStyles from "../schema/schema.module.css";
import { labelsIn, numberIn, stateTitle } from "./item-words";

const LOOKS: Record<string, [Icon: ComponentType<IconProps>, color: string]> = {
  open: [IconCircleDashed, "gray"],
  review: [IconChecklist, "blue"],
  done: [IconCircleCheck, "teal"],
  skipped: [IconPlayerSkipForward, "yellow"],
};

/** The state of a task by shape, word and color. */
export function TaskState({ state }: { state: string }) {
  const { i18n } = useLingui();
  const [Icon, color] = LOOKS[state] ?? [IconCircleDashed, "gray"];
  return (
    <Badge
      size="sm"
      variant="light"
      color={color}
      c="var(--ink)"
      tt="none"
      fw={500}
      leftSection={<Icon size={12} aria-hidden />}
    >
      {stateTitle(i18n, state)}
    </Badge>
  );
}

/** The labels of an item's annotation. */
export function ItemLabels({
  row,
  labels,
}: {
  row: Pick<Schemas["TaskRow"], "value">;
  labels: readonly Schemas["LabelOut"][];
}) {
  const byId = new Map(labels.map((label) => [label.id, label]));
  const number = numberIn(row.value);
  return (
    <span className={chipStyles.chips}>
      {number && <strong>{number}</strong>}
      {labelsIn(row.value)
        .slice(0, 6)
        .map(([id, times]) => (
          <span key={id} className={chipStyles.chip}>
            <span className={chipStyles.dot} style={{ background: byId.get(id)?.color ?? "#475569" }} />
            {byId.get(id)?.name ?? id}
            {times > 1 && ` ×${times}`}
          </span>
        ))}
    </span>
  );
}
