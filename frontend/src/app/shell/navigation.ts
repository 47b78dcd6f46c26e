import type { I18n } from "@lingui/core";
import {
  IconApps,
  IconBox,
  IconCalculator,
  IconChartHistogram,
  IconChecklist,
  IconDatabase,
  IconFileCertificate,
  IconFlask,
  IconFolders,
  IconGauge,
  IconHistory,
  IconPlugConnected,
  type IconProps,
  IconRocket,
  IconShieldLock,
  IconSubtask,
  IconTags,
  IconUsers,
} from "@tabler/icons-react";
import type { ComponentType } from "react";
import type { Me } from "../../shared/api/session";
import { isCustomer } from "../../shared/ui/contract-sentence";
import { installedApplications } from "../applications";

export interface Destination {
  to: string;
  title: string;
  Icon: ComponentType<IconProps>;
}

export interface Section {
  key: string;
  title: string;
  destinations: Destination[];
}

/** Where pages belong that have an address of their own. */
const BELONGS: [from: string, to: string][] = [
  ["/versions", "/models"],
  ["/compare", "/models"],
  ["/runs", "/projects"],
  ["/uploads", "/datasets"],
];

/** Whether an address lies in what a destination leads to. */
export function isWithin(pathname: string, to: string): boolean {
  const below = (place: string) => pathname === place || pathname.startsWith(`${place}/`);
  return below(to) || BELONGS.some(([from, place]) => place === to && below(from));
}

/** What the navigation holds for this person: only what their role may see, and no empty section. */
export function navigation(me: Me, i18n: I18n): Section[] {
  const may = (scope: string) => me.scopes.includes(scope);
  const place = (scope: string, to: string, title: string, Icon: Destination["Icon"]): Destination[] =>
    may(scope) ? [{ to, title, Icon }] : [];
  if (isCustomer(me))
    return [
      {
        key: "assure",
        title: i18n._("Assure"),
        destinations: [
          ...place("contracts.read", "/overview", i18n._("Overview"), IconChartHistogram),
          ...place("contracts.read", "/contracts", i18n._("Contracts"), IconFileCertificate),
        ],
      },
    ].filter(({ destinations }) => destinations.length > 0);
  const sections: Section[] = [
    {
      key: "work",
      title: i18n._("Work"),
      destinations: [
        ...place("contracts.read", "/overview", i18n._("Overview"), IconChartHistogram),
        ...place("labels.write", "/label", i18n._("My tasks"), IconTags),
        ...place("labels.review", "/review", i18n._("Review"), IconChecklist),
      ],
    },
    {
      key: "build",
      title: i18n._("Build"),
      destinations: [
        // A reviewer looks things up there; an annotator's work is all in My tasks.
        ...place(
          may("runs.read") ? "runs.read" : "labels.review",
          "/projects",
          i18n._("Projects"),
          IconFolders,
        ),
        ...place("data.read", "/datasets", i18n._("Datasets"), IconDatabase),
        ...place("models.read", "/experiments", i18n._("Experiments"), IconFlask),
        ...place("models.read", "/models", i18n._("Models"), IconBox),
        ...place("models.read", "/deployments", i18n._("Deployments"), IconRocket),
      ],
    },
    {
      key: "assure",
      title: i18n._("Assure"),
      destinations: [
        ...place("contracts.read", "/contracts", i18n._("Contracts"), IconFileCertificate),
        ...place("runs.read", "/calculator", i18n._("Learning-curve calculator"), IconCalculator),
      ],
    },
    {
      key: "applications",
      title: i18n._("Apps"),
      destinations: installedApplications(me).flatMap(({ key, scope, title }) =>
        place(scope, `/applications/${key}`, title(i18n), IconApps),
      ),
    },
    {
      key: "organization",
      title: i18n._("Organization"),
      destinations: [
        ...place("members.read", "/members", i18n._("Members & teams"), IconUsers),
        ...place("runs.write", "/jobs", i18n._("Jobs"), IconSubtask),
        ...place("models.approve", "/integrations", i18n._("Integrations"), IconPlugConnected),
        ...place("members.write", "/usage", i18n._("Usage"), IconGauge),
        ...place("members.write", "/security", i18n._("Security"), IconShieldLock),
        ...place("audit.read", "/audit-log", i18n._("Audit log"), IconHistory),
      ],
    },
  ];
  return sections.filter(({ destinations }) => destinations.length > 0);
}
