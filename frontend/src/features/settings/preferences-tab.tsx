import { useLingui } from "@lingui/react";
import { Button, Group, SegmentedControl, Select, Stack, Text } from "@mantine/core";
import { IconDeviceDesktop, IconMoon, IconSun } from "@tabler/icons-react";
import { useSyncExternalStore } from "react";
import { Link } from "react-router";
import { useChangeMe } from "../../shared/api/change-me";
import { useMay, useMe } from "../../shared/api/session";
import { activate, type Language } from "../../shared/i18n";
import { ConfirmButton } from "../../shared/ui/confirm-button";
import { ErrorAlert, toast } from "../../shared/ui/feedback";
import { Section } from "../../shared/ui/section";
import { applyTheme, subscribeToTheme, type Theme, theme } from "../../shared/ui/theme";

/** Language, theme, keys and notifications; all follow the person to every browser. */
export function PreferencesTab() {
  return (
    <>
      <Appearance />
      <Shortcuts />
      <Notifications />
    </>
  );
}

function Appearance() {
  const { i18n } = useLingui();
  const change = useChangeMe();
  const chosen = useSyncExternalStore(subscribeToTheme, theme);
  const option = (value: Theme, title: string, Icon: typeof IconSun) => ({
    value,
    label: (
      <Group gap={6} wrap="nowrap" justify="center">
        <Icon size={16} aria-hidden />
        <span>{title}</span>
      </Group>
    ),
  });
  return (
    <Section
      title={i18n._("Language and theme")}
      note={i18n._("These settings apply wherever you are signed in.")}
    >
      <Stack gap="md" maw={420}>
        <Select
          label={i18n._("Language")}
          data={[
            { value: "en", label: "English" },
            { value: "ja", label: "日本語" },
          ]}
          value={i18n.locale}
          allowDeselect={false}
          onChange={(language) => {
            if (!language) return;
            void activate(language as Language);
            change.mutate({ language: language as Language });
          }}
        />
        <div>
          <Text size="sm" fw={500} mb={4} id="theme-label">
            {i18n._("Theme")}
          </Text>
          <SegmentedControl
            aria-labelledby="theme-label"
            fullWidth
            value={chosen}
            onChange={(value) => {
              applyTheme(value as Theme);
              change.mutate({ preferences: { theme: value as Theme } });
            }}
            data={[
              option("system", i18n._("System"), IconDeviceDesktop),
              option("light", i18n._("Light"), IconSun),
              option("dark", i18n._("Dark"), IconMoon),
            ]}
          />
        </div>
        {change.error && <ErrorAlert error={change.error} />}
      </Stack>
    </Section>
  );
}

function Shortcuts() {
  const { i18n } = useLingui();
  const me = useMe();
  const mayLabel = useMay("labels.write");
  const change = useChangeMe();
  const changed = Object.keys(me.preferences.keymap ?? {}).length;
  return (
    <Section
      title={i18n._("Keyboard shortcuts")}
      note={
        changed === 0
          ? i18n._("You use the default shortcuts. Press ? while labeling to see and change them.")
          : i18n._(
              "{count, plural, one {You changed the shortcut of # action.} other {You changed the shortcuts of # actions.}} Press ? while labeling to see them.",
              { count: changed },
            )
      }
      actions={
        <Group gap="xs">
          {mayLabel && (
            <Button component={Link} to="/label" variant="default">
              {i18n._("Open my tasks")}
            </Button>
          )}
          {changed > 0 && (
            <ConfirmButton
              title={i18n._("Reset shortcuts?")}
              consequence={i18n._("All actions get their default keys again.")}
              confirm={i18n._("Reset shortcuts")}
              onConfirm={() => {
                const keymap = me.preferences.keymap ?? {};
                change.mutate(
                  { preferences: { keymap: {} } },
                  {
                    onSuccess: () =>
                      toast(i18n, i18n._("Shortcuts reset."), () =>
                        change.mutate({ preferences: { keymap } }),
                      ),
                  },
                );
              }}
            >
              {i18n._("Reset shortcuts…")}
            </ConfirmButton>
          )}
        </Group>
      }
    />
  );
}

function Notifications() {
  const { i18n } = useLingui();
  return (
    <Section
      title={i18n._("Notifications")}
      note={i18n._("Choose what appears in your inbox and what is also sent by e-mail.")}
      actions={
        <Button component={Link} to="/inbox/settings" variant="default">
          {i18n._("Notification settings")}
        </Button>
      }
    />
  );
}
