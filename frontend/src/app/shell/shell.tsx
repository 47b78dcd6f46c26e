import { useLingui } from "@lingui/react";
import { Drawer, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { useDisclosure, useHotkeys, useLocalStorage } from "@mantine/hooks";
import { IconMenu2 } from "@tabler/icons-react";
import { type ReactNode, useEffect } from "react";
import { Link, useLocation } from "react-router";
import { onDemand } from "../../shared/ui/on-demand";
import { Themed } from "../../shared/ui/theme/themed";
import styles from "./shell.module.css";
import { Sidebar } from "./sidebar";
import { TopBar } from "./top-bar";

const Search = onDemand(async () => (await import("./search")).Search);

/** Sidebar and top bar around a page. */
export function Shell({ children }: { children: ReactNode }) {
  return (
    <Themed>
      <Frame>{children}</Frame>
    </Themed>
  );
}

function Frame({ children }: { children: ReactNode }) {
  const { i18n } = useLingui();
  const { pathname } = useLocation();
  const [isFolded, setFolded] = useLocalStorage({ key: "plateau.sidebar-folded", defaultValue: false });
  const [isMenuOpen, menu] = useDisclosure(false);
  const [isSearching, search] = useDisclosure(false);
  useHotkeys([["mod+K", search.open]], [], true);
  // Names, texts and labels are Japanese in English sessions too; a browser fetches the parts that a page has.
  useEffect(() => void import("../../shared/ui/theme/fonts-ja").catch(() => {}), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes the menu
  useEffect(menu.close, [pathname]);
  return (
    <div className={`shell ${styles.shell}`} data-folded={isFolded || undefined}>
      <a className="skip-link" href="#main">
        {i18n._("Skip to the content")}
      </a>
      <aside className={styles.sidebar}>
        <Sidebar isFolded={isFolded} fold={() => setFolded((folded) => !folded)} />
      </aside>
      <div className={styles.column}>
        <header className={styles.top}>
          <UnstyledButton className={styles.burger} onClick={menu.open}>
            <IconMenu2 size={22} aria-hidden />
            <VisuallyHidden>{i18n._("Open navigation")}</VisuallyHidden>
          </UnstyledButton>
          <Link to="/" className={styles.topBrand}>
            <img src="/icon.svg" alt="" width="22" height="22" /> Plateau
          </Link>
          <TopBar search={search.open} />
        </header>
        {children}
      </div>
      <Drawer opened={isMenuOpen} onClose={menu.close} size={272} title={i18n._("Navigation")} padding="sm">
        <Sidebar isFolded={false} />
      </Drawer>
      {isSearching && <Search close={search.close} />}
    </div>
  );
}
