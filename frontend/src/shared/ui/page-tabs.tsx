import { NavLink } from "react-router";
import styles from "./page-tabs.module.css";

/** The parts of a page, each with its own address; the first one's begins all others'. */
export function PageTabs({ label, tabs }: { label: string; tabs: [to: string, title: string][] }) {
  return (
    <nav className={styles.tabs} aria-label={label}>
      {tabs.map(([to, title], index) => (
        <NavLink key={to} end={index === 0} to={to} className={styles.tab}>
          {title}
        </NavLink>
      ))}
    </nav>
  );
}
