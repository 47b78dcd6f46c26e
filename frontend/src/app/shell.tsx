import { useLingui } from "@lingui/react";
import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { NavLink, useNavigate } from "react-router";
import { api, unwrap } from "../shared/api/client";
import { useMe } from "../shared/api/session";
import { installedApplications } from "./applications";

type Place = [to: string, text: string, scope: string];

/** Navigation for what the role may see. */
export function Shell({ children }: { children: ReactNode }) {
  const { i18n } = useLingui();
  const me = useMe();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const applications = installedApplications(me).filter(({ scope }) => me.scopes.includes(scope));
  const places: Place[] = [
    ["/dashboard", i18n._("Dashboard"), "contracts.read"],
    ["/label", i18n._("Label"), "labels.write"],
    ["/review", i18n._("Review"), "labels.review"],
    ["/projects", i18n._("Projects"), "runs.read"],
    ["/data", i18n._("Data"), "data.read"],
    ["/models", i18n._("Models"), "models.read"],
    ["/deployments", i18n._("Deployments"), "models.read"],
    ["/contracts", i18n._("Contracts"), "contracts.read"],
    ["/forecast", i18n._("Forecast"), "runs.read"],
    ...applications.slice(0, 1).map(({ scope }): Place => ["/applications", i18n._("Applications"), scope]),
    ["/work", i18n._("Work"), "runs.write"],
    ["/people", i18n._("People"), "members.read"],
  ];
  const leave = async () => {
    await unwrap(api.DELETE("/api/v1/session/"));
    queries.clear();
    navigate("/");
    window.location.reload();
  };
  return (
    <div className="shell">
      <a className="skip-link" href="#main">
        {i18n._("Skip to the content")}
      </a>
      <header className="top">
        <NavLink to="/" className="brand">
          <img src="/icon.svg" alt="" width="24" height="24" /> Plateau
        </NavLink>
        <nav aria-label={i18n._("Main")}>
          {places
            .filter(([, , scope]) => me.scopes.includes(scope))
            .map(([to, text]) => (
              <NavLink key={to} to={to}>
                {text}
              </NavLink>
            ))}
        </nav>
        <div className="who">
          <span className="muted">{me.organization}</span>
          <NavLink to="/settings">{me.name}</NavLink>
          <button type="button" className="small" onClick={() => void leave()}>
            {i18n._("Sign out")}
          </button>
        </div>
      </header>
      {children}
    </div>
  );
}
