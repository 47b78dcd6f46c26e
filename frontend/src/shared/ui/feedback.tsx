import type { I18n } from "@lingui/core";
import { useLingui } from "@lingui/react";
import { Alert, Button, Card, Group, List, Text, ThemeIcon } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconAlertTriangle, IconCheck, IconInbox, type IconProps } from "@tabler/icons-react";
import type { ComponentType, ReactNode } from "react";
import { ApiError } from "../api/client";
import { useErrorText } from "./parts";

/** What went wrong, what was kept, and what to do; fields that the server refused by name. */
export function ErrorAlert({ error, retry }: { error: unknown; retry?: () => void }) {
  const { i18n } = useLingui();
  const text = useErrorText(error);
  const isStale = error instanceof ApiError && error.code === "stale_state";
  const fields = error instanceof ApiError && error.errors.length > 1 ? error.errors : [];
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} my="sm">
      <Text size="sm">{text}</Text>
      {fields.length > 0 && (
        <List size="sm" mt={4}>
          {fields.slice(0, 20).map(({ field, message }) => (
            <List.Item key={field}>
              <code>{field}</code> {message}
            </List.Item>
          ))}
        </List>
      )}
      {isStale ? (
        <Button mt="xs" size="compact-sm" variant="default" onClick={() => location.reload()}>
          {i18n._("Reload")}
        </Button>
      ) : (
        retry && (
          <Button mt="xs" size="compact-sm" variant="default" onClick={retry}>
            {i18n._("Try again")}
          </Button>
        )
      )}
    </Alert>
  );
}

/** Nothing here yet: what this place is for, and the first step in one click. */
export function EmptyState({
  title,
  children,
  action,
  Icon = IconInbox,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  Icon?: ComponentType<IconProps>;
}) {
  return (
    <Card withBorder padding="xl" ta="center">
      <ThemeIcon variant="light" color="gray" size={44} radius="xl" mx="auto" mb="sm">
        <Icon size={24} stroke={1.6} aria-hidden />
      </ThemeIcon>
      <Text fw={600}>{title}</Text>
      {children && (
        <Text size="sm" c="dimmed" maw={520} mx="auto" mt={4}>
          {children}
        </Text>
      )}
      {action && (
        <Group justify="center" mt="md">
          {action}
        </Group>
      )}
    </Card>
  );
}

/** Say that something is done. With `undo` there is a button for it, as long as the toast stays. */
export function toast(i18n: I18n, message: string, undo?: () => unknown): void {
  const id = `toast-${crypto.randomUUID()}`;
  notifications.show({
    id,
    autoClose: undo ? 10_000 : 4_000,
    color: "green",
    icon: <IconCheck size={18} aria-hidden />,
    role: "status",
    message: undo ? (
      <Group justify="space-between" wrap="nowrap">
        <span>{message}</span>
        <Button
          size="compact-sm"
          variant="subtle"
          onClick={() => {
            notifications.hide(id);
            void undo();
          }}
        >
          {i18n._("Undo")}
        </Button>
      </Group>
    ) : (
      message
    ),
  });
}

/** Say that something could not be done, where no form is open that shows it. */
export function toastError(message: string): void {
  notifications.show({
    autoClose: false,
    color: "red",
    icon: <IconAlertTriangle size={18} aria-hidden />,
    role: "alert",
    message,
  });
}
