import { Card, Group, Text, Title } from "@mantine/core";
import { type ReactNode, useId } from "react";

/** A titled part of a page. */
export function Section({
  title,
  note,
  actions,
  children,
}: {
  title: string;
  note?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
}) {
  const id = useId();
  return (
    <Card component="section" withBorder padding="md" mb="md" aria-labelledby={id}>
      <Group justify="space-between" align="flex-start" mb={children ? "xs" : 0}>
        <div>
          <Title order={2} id={id}>
            {title}
          </Title>
          {note && (
            <Text size="sm" c="dimmed" maw={760}>
              {note}
            </Text>
          )}
        </div>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Card>
  );
}
