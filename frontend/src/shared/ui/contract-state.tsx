import { useLingui } from "@lingui/react";
import {
  IconCheck,
  IconCircleDashed,
  IconHourglass,
  IconMinus,
  IconPencil,
  IconX,
} from "@tabler/icons-react";
import { StatusBadge, type StatusLooks } from "./status-badge";

/** A state or verdict of a contract as shape, word and color. */
export function ContractState({ state }: { state: string }) {
  const { i18n } = useLingui();
  const looks: StatusLooks = {
    draft: [IconPencil, i18n._("Draft"), "gray"],
    signed: [IconHourglass, i18n._("In force"), "blue"],
    passed: [IconCheck, i18n._("Passed"), "green"],
    failed: [IconX, i18n._("Not passed"), "red"],
    withdrawn: [IconMinus, i18n._("Withdrawn"), "gray"],
    pass: [IconCheck, i18n._("Passed"), "green"],
    fail: [IconX, i18n._("Failed"), "red"],
    inconclusive: [IconCircleDashed, i18n._("Not enough evidence"), "yellow"],
  };
  return <StatusBadge state={state} looks={looks} />;
}
