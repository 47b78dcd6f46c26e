import { Divider, Group, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

/** One kind of second factor within the section: what it is, how it stands, and what can be done. */
export function Factors({
  title,
  note,
  actions,
  children,
}: {
  title: string;
  note: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <>
      <Divider my="md" />
      <Group justify="space-between" align="flex-start" mb="xs">
        <div style={{ flex: "1 1 240px" }}>
          <Title order={3}>{title}</Title>
          <Text size="sm" c="dimmed">
            {note}
          </Text>
        </div>
        {actions}
      </Group>
      {children}
    </>
  );
}
