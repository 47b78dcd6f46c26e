import { useLingui } from "@lingui/react";
import { Anchor, Card, Group, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { activate } from "../../shared/i18n";
import styles from "./entrance.module.css";

/** The frame of what is shown to somebody who is not signed in. `title` is also the browser tab's. */
export function Entrance({ title, lead, children }: { title: string; lead?: string; children: ReactNode }) {
  const { i18n } = useLingui();
  useEffect(() => {
    document.title = `${title} · Plateau`;
  }, [title]);
  return (
    <main className={styles.entrance} id="main">
      <div className={styles.brand}>
        <img src="/icon.svg" alt="" width="36" height="36" />
        <Text span fz={24} fw={700}>
          Plateau
        </Text>
      </div>
      <Card withBorder padding="xl" className={styles.card}>
        <Title order={1} mb={lead ? 4 : "md"}>
          {title}
        </Title>
        {lead && (
          <Text size="sm" c="dimmed" mb="md">
            {lead}
          </Text>
        )}
        <Stack gap="md">{children}</Stack>
      </Card>
      <Group gap="md" component="nav" aria-label={i18n._("Language")}>
        <Anchor component="button" type="button" size="sm" lang="en" onClick={() => void activate("en")}>
          English
        </Anchor>
        <Anchor component="button" type="button" size="sm" lang="ja" onClick={() => void activate("ja")}>
          日本語
        </Anchor>
      </Group>
    </main>
  );
}
