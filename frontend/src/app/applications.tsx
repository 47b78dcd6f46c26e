import type { I18n } from "@lingui/core";
import type { ComponentType, ReactNode } from "react";
import { Navigate, Route } from "react-router";
import type { Me } from "../shared/api/session";
import { onDemand } from "../shared/ui/on-demand";
import { Waiting } from "../shared/ui/parts";

/** An optional application: all that the shell knows of it. */
interface Application {
  /** As the server calls it in `me.applications`, and its folder below `/applications`. */
  key: string;
  title: (i18n: I18n) => string;
  /** What one must be allowed to find it in the navigation. */
  scope: string;
  home: ComponentType;
  /** Pages by what follows in the address. */
  pages: Record<string, ComponentType>;
}

const demand = () => import("../features/demand/demand-pages");
const meshes = () => import("../features/meshes/mesh-pages");

const APPLICATIONS: Application[] = [
  {
    key: "demand",
    title: (i18n) => i18n._("Demand forecasting"),
    scope: "runs.read",
    home: onDemand(async () => (await demand()).ServiceAreasPage, <Waiting />),
    pages: { ":areaId": onDemand(async () => (await demand()).ServiceAreaPage, <Waiting />) },
  },
  {
    key: "meshes",
    title: (i18n) => i18n._("3D reconstruction"),
    scope: "runs.read",
    home: onDemand(async () => (await meshes()).CollectionsPage, <Waiting />),
    pages: { ":collectionId": onDemand(async () => (await meshes()).CollectionPage, <Waiting />) },
  },
];

/** Those that the server has installed; a server of the version before says nothing of it. */
export function installedApplications(me: Me): Application[] {
  const names: string[] = me.applications ?? [];
  return APPLICATIONS.filter((application) => names.includes(application.key));
}

/** Routes of these applications alone: any other address below `/applications` leads nowhere. */
export function applicationRoutes(installed: Application[]): ReactNode {
  const [first] = installed;
  if (!first) return null;
  return (
    <Route path="/applications">
      <Route index element={<Navigate to={first.key} replace />} />
      {installed.map(({ key, home: Home, pages }) => (
        <Route key={key} path={key}>
          <Route index element={<Home />} />
          {Object.entries(pages).map(([path, Page]) => (
            <Route key={path} path={path} element={<Page />} />
          ))}
        </Route>
      ))}
    </Route>
  );
}
