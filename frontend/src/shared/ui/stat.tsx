import { Card, SimpleGrid, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";

export interface StatProps {
  label: string;
  /** A number with its unit, or a dash. A sentence belongs in `note`. */
  value: ReactNode;
  note?: ReactNode;
  /** Where the rows behind the number are. */
  to?: string;
}

/** Key numbers side by side; each opens what is behind it. */
export function Stats({ children }: { children: ReactNode }) {
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="sm" component="dl" my="sm">
      {children}
    </SimpleGrid>
  );
}

export function Stat({ label, value, note, to }: StatProps) {
  return (
    <Card withBorder padding="sm">
      <Text component="dt" size="xs" c="dimmed">
        {label}
      </Text>
      <Text component="dd" fz={22} fw={650} m={0} className="num">
        {to ? <Link to={to}>{value}</Link> : value}
      </Text>
      {note && (
        <Text component="dd" size="xs" c="dimmed" m={0}>
          {note}
        </Text>
      )}
    </Card>
  );
}
