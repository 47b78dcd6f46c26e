import { useLingui } from "@lingui/react";
import { ActionIcon, Avatar, Kbd, Menu, Tooltip, UnstyledButton, VisuallyHidden } from "@mantine/core";
import {
  IconBook2,
  IconCheck,
  IconChevronDown,
  IconLogout,
  IconSearch,
  IconSettings,
} from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { Link } from "react-router";
import { useChangeMe } from "../../shared/api/change-me";
import { api, unwrap } from "../../shared/api/client";
import { useMe } from "../../shared/api/session";
import { activate, type Language } from "../../shared/i18n";
import { toastError } from "../../shared/ui/feedback";
import { applyTheme, subscribeToTheme, type Theme, theme } from "../../shared/ui/theme";
import { InboxLink } from "./inbox-link";
import styles from "./shell.module.css";

const isApple = /Mac|iPhone|iPad/.test(navigator.platform);

/** Search, documentation, and the person's own menu. */
export function TopBar({ search }: { search: () => void }) {
  const { i18n } = useLingui();
  return (
    <>
      <UnstyledButton className={styles.search} onClick={search} aria-keyshortcuts="Control+K Meta+K">
        <IconSearch size={16} aria-hidden />
        <span className={styles.searchText}>{i18n._("Search…")}</span>
        <Kbd size="xs" className={styles.searchKey} aria-hidden>
          {isApple ? "⌘ K" : "Ctrl K"}
        </Kbd>
      </UnstyledButton>
      <PersonMenu />
      <InboxLink />
      <Tooltip label={i18n._("Documentation")}>
        <ActionIcon
          component="a"
          href="/docs/"
          target="_blank"
          variant="subtle"
          color="gray"
          aria-label={i18n._("Documentation")}
        >
          <IconBook2 size={19} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </>
  );
}

/** The first letters of the first and the last word of a name. */
function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words[words.length - 1] : ""]
    .map((word) => [...(word ?? "")][0] ?? "")
    .join("");
}

function PersonMenu() {
  const { i18n } = useLingui();
  const me = useMe();
  const queries = useQueryClient();
  const chosenTheme = useSyncExternalStore(subscribeToTheme, theme);
  const themes: [Theme, string][] = [
    ["system", i18n._("System")],
    ["light", i18n._("Light")],
    ["dark", i18n._("Dark")],
  ];
  const languages: [Language, string][] = [
    ["en", "English"],
    ["ja", "日本語"],
  ];
  const change = useChangeMe();
  const signOut = async () => {
    await unwrap(api.DELETE("/api/v1/session/"));
    queries.clear();
    window.location.assign("/");
  };
  const switchTo = async (organizationId: number) => {
    await unwrap(api.POST("/api/v1/me/organization/", { body: { organization_id: organizationId } }));
    queries.clear(); // everything on the screen is of the other one
    window.location.assign("/");
  };
  const mark = (isChosen: boolean) => (isChosen ? <IconCheck size={16} aria-hidden /> : null);
  return (
    <Menu position="bottom-end" width={240} shadow="md">
      <Menu.Target>
        <UnstyledButton className={styles.person}>
          <Avatar size={28} radius="xl" color="blue" aria-hidden>
            {initials(me.name)}
          </Avatar>
          <VisuallyHidden>{i18n._("Account:")} </VisuallyHidden>
          <span className={styles.personName}>{me.name}</span>
          <IconChevronDown size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{me.email}</Menu.Label>
        <Menu.Item component={Link} to="/settings" leftSection={<IconSettings size={16} aria-hidden />}>
          {i18n._("Settings")}
        </Menu.Item>
        {me.organizations.length > 1 && (
          <>
            <Menu.Divider />
            <Menu.Label>{i18n._("Organization")}</Menu.Label>
            {me.organizations.map(({ id, name }) => (
              <Menu.Item
                key={id}
                role="menuitemradio"
                aria-checked={me.organization_id === id}
                rightSection={mark(me.organization_id === id)}
                onClick={() => {
                  if (me.organization_id !== id)
                    switchTo(id).catch((error: Error) => toastError(error.message));
                }}
              >
                {name}
              </Menu.Item>
            ))}
          </>
        )}
        <Menu.Divider />
        <Menu.Label>{i18n._("Theme")}</Menu.Label>
        {themes.map(([key, title]) => (
          <Menu.Item
            key={key}
            role="menuitemradio"
            aria-checked={chosenTheme === key}
            closeMenuOnClick={false}
            rightSection={mark(chosenTheme === key)}
            onClick={() => {
              applyTheme(key);
              change.mutate({ preferences: { theme: key } });
            }}
          >
            {title}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{i18n._("Language")}</Menu.Label>
        {languages.map(([key, title]) => (
          <Menu.Item
            key={key}
            lang={key}
            role="menuitemradio"
            aria-checked={i18n.locale === key}
            rightSection={mark(i18n.locale === key)}
            onClick={() => {
              void activate(key);
              change.mutate({ language: key });
            }}
          >
            {title}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void signOut()}>
          {i18n._("Sign out")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
