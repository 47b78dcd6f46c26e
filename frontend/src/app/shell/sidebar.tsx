import { useLingui } from "@lingui/react";
import { Tooltip, UnstyledButton } from "@mantine/core";
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from "@tabler/icons-react";
import { useId } from "react";
import { Link, useLocation } from "react-router";
import { useMe } from "../../shared/api/session";
import { loadPage } from "../routes";
import { type Destination, isWithin, navigation } from "./navigation";
import styles from "./shell.module.css";

/** Where one can go, by section; folded, icons with their names as tooltips. */
export function Sidebar({ isFolded, fold }: { isFolded: boolean; fold?: () => void }) {
  const { i18n } = useLingui();
  const me = useMe();
  const id = useId();
  const FoldIcon = isFolded ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  const foldTitle = isFolded ? i18n._("Expand sidebar") : i18n._("Collapse sidebar");
  return (
    <nav className={styles.nav} aria-label={i18n._("Main")}>
      <Link to="/" className={styles.brand} aria-label={`Plateau · ${me.organization}`}>
        <img src="/icon.svg" alt="" width="24" height="24" />
        {!isFolded && <span>{me.organization}</span>}
      </Link>
      {navigation(me, i18n).map(({ key, title, destinations }) => (
        <section key={key} aria-labelledby={`${id}${key}`}>
          <h2 id={`${id}${key}`} className={isFolded ? "visually-hidden" : styles.heading}>
            {title}
          </h2>
          <ul className={styles.links}>
            {destinations.map((destination) => (
              <li key={destination.to}>
                <SidebarLink destination={destination} isFolded={isFolded} />
              </li>
            ))}
          </ul>
        </section>
      ))}
      {fold && (
        <div className={styles.fold}>
          <UnstyledButton className={styles.link} onClick={fold} aria-label={foldTitle} title={foldTitle}>
            <FoldIcon size={18} aria-hidden />
            {!isFolded && foldTitle}
          </UnstyledButton>
        </div>
      )}
    </nav>
  );
}

function SidebarLink({ destination, isFolded }: { destination: Destination; isFolded: boolean }) {
  const { to, title, Icon } = destination;
  const { pathname } = useLocation();
  const preload = () => loadPage(to);
  return (
    <Tooltip label={title} position="right" disabled={!isFolded}>
      <Link
        to={to}
        className={styles.link}
        aria-current={isWithin(pathname, to) ? "page" : undefined}
        onPointerEnter={preload}
        onFocus={preload}
        aria-label={isFolded ? title : undefined}
      >
        <Icon size={18} stroke={1.7} aria-hidden />
        {!isFolded && title}
      </Link>
    </Tooltip>
  );
}
