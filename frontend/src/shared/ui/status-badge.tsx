import { Badge } from "@mantine/core";
import { IconCircleDashed, type IconProps } from "@tabler/icons-react";
import type { ComponentType } from "react";

/** How each state looks: its shape, its word and its color. */
export type StatusLooks = Record<string, [Icon: ComponentType<IconProps>, word: string, color: string]>;

/** A state as shape, word and color. `word` stands in place of the state's own; an unknown state shows itself. */
export function StatusBadge({ state, looks, word }: { state: string; looks: StatusLooks; word?: string }) {
  const [Icon, title, color] = looks[state] ?? [IconCircleDashed, state, "gray"];
  return (
    <Badge
      variant="light"
      color={color}
      tt="none"
      radius="sm"
      miw="max-content"
      leftSection={<Icon size={13} aria-hidden />}
    >
      {word ?? title}
    </Badge>
  );
}
