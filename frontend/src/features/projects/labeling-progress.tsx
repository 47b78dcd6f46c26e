import { useLingui } from "@lingui/react";
import { Progress, Text } from "@mantine/core";
import type { Schemas } from "../../shared/api/client";
import { count } from "../../shared/ui/numbers";

/** All tasks of a project, whatever their state. */
export function totalOf(tasks: Schemas["Counts"]): number {
  return tasks.open + tasks.review + tasks.done + tasks.skipped;
}

/** How much of a project is labeled: a bar, and the numbers below it. Full is green. */
export function LabelingProgress({
  tasks,
  label,
  size = "sm",
}: {
  tasks: Schemas["Counts"];
  label: string;
  size?: string;
}) {
  const { i18n } = useLingui();
  const total = totalOf(tasks);
  const share = total > 0 ? (100 * tasks.done) / total : 0;
  return (
    <>
      <Progress.Root size={size} miw={120}>
        <Progress.Section
          value={Math.round(share)}
          color={share >= 100 ? "teal" : "blue"}
          aria-label={label}
        />
      </Progress.Root>
      <Text size="xs" c="dimmed" mt={3} className="num" style={{ whiteSpace: "nowrap" }}>
        {i18n._("{done}/{total} labeled", {
          done: count(tasks.done, i18n.locale),
          total: count(total, i18n.locale),
        })}
      </Text>
    </>
  );
}
