import { useLingui } from "@lingui/react";
import { Table, Text } from "@mantine/core";
import { IconCheck, IconClock, IconPlayerPlay, IconPlayerStop, IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { StatusBadge, type StatusLooks } from "../shared/ui/status-badge";

/** A run's status in MLflow as shape, word and color. */
export function RunStatusBadge({ status }: { status: string }) {
  const { i18n } = useLingui();
  const looks: StatusLooks = {
    SCHEDULED: [IconClock, i18n._("Queued"), "gray"],
    RUNNING: [IconPlayerPlay, i18n._("Running"), "blue"],
    FINISHED: [IconCheck, i18n._("Completed"), "green"],
    FAILED: [IconX, i18n._("Failed"), "red"],
    KILLED: [IconPlayerStop, i18n._("Canceled"), "gray"],
  };
  return <StatusBadge state={status} looks={looks} />;
}

/** Names and values, each in a row; a sentence where there are none. */
export function ValueTable({
  name,
  rows,
  empty,
}: {
  name: string;
  rows: [key: string, value: ReactNode][];
  empty: string;
}) {
  if (rows.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {empty}
      </Text>
    );
  return (
    <Table maw={720} aria-label={name}>
      <Table.Tbody>
        {rows.map(([key, value]) => (
          <Table.Tr key={key}>
            <Table.Th scope="row" fw={400} style={{ overflowWrap: "anywhere" }}>
              {key}
            </Table.Th>
            <Table.Td className="num" style={{ overflowWrap: "anywhere" }}>
              {value}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
