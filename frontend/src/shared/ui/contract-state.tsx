import { useLingui } from "@lingui/react";
import { Badge } from "@mantine/core";
import {
  IconCheck,
  IconCircleDashed,
  IconHourglass,
  IconMinus,
  IconPencil,
  type IconProps,
  IconX,
} from "@tabler/icons-react";
import type { ComponentType } from "react";

/** A state or verdict of a contract as shape, word and color. */
export function ContractState({ state }: { state: string }) {
  const { i18n } = useLingui();
  const words: Record<string, [ComponentType<IconProps>, string, string]> = {
    draft: [IconPencil, i18n._("Draft"), "gray"],
    signed: [IconHourglass, i18n._("In force"), "blue"],
    passed: [IconCheck, i18n._("Passed"), "green"],
    failed: [IconX, i18n._("Not passed"), "red"],
    withdrawn: [IconMinus, i18n._("Withdrawn"), "gray"],
    pass: [IconCheck, i18n._("Passed"), "green"],
    fail: [IconX, i18n._("Failed"), "red"],
    inconclusive: [IconCircleDashed, i18n._("Not enough evidence"), "yellow"],
  };
  const [Icon, word, color] = words[state] ?? [IconCircleDashed, state, "gray"];
  return (
    <Badge
      variant="light"
      color={color}
      tt="none"
      radius="sm"
      miw="max-content"
      leftSection={<Icon size={13} aria-hidden />}
    >
      {word}
    </Badge>
  );
}
