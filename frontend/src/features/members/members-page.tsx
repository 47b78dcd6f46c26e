import { useLingui } from "@lingui/react";
import { Skeleton, Tabs } from "@mantine/core";
import { IconUsers, IconUsersGroup } from "@tabler/icons-react";
import { lazy, Suspense } from "react";
import { useSearchParams } from "react-router";
import { Page } from "../../shared/ui/parts";
import { MembersTab } from "./members-tab";

const TeamsTab = lazy(async () => ({ default: (await import("./teams-tab")).TeamsTab }));

/** The organization's people, and the teams that are given work together. */
export function MembersPage() {
  const { i18n } = useLingui();
  const [address, setAddress] = useSearchParams();
  const tab = address.get("tab") === "teams" ? "teams" : "members";
  return (
    <Page title={i18n._("Members & teams")}>
      <Tabs
        value={tab}
        onChange={(key) => setAddress(key === "teams" ? { tab: "teams" } : {})}
        keepMounted={false}
      >
        <Tabs.List mb="md" aria-label={i18n._("Members & teams")}>
          <Tabs.Tab value="members" leftSection={<IconUsers size={16} aria-hidden />}>
            {i18n._("Members")}
          </Tabs.Tab>
          <Tabs.Tab value="teams" leftSection={<IconUsersGroup size={16} aria-hidden />}>
            {i18n._("Teams")}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="members">
          <MembersTab />
        </Tabs.Panel>
        <Tabs.Panel value="teams">
          <Suspense fallback={<Skeleton height={140} />}>
            <TeamsTab />
          </Suspense>
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
