import { useLingui } from "@lingui/react";
import { Skeleton, Tabs } from "@mantine/core";
import { IconKey, IconUsers, IconUsersGroup } from "@tabler/icons-react";
import { useSearchParams } from "react-router";
import { useMay } from "../../shared/api/session";
import { onDemand } from "../../shared/ui/on-demand";
import { Page } from "../../shared/ui/parts";
import { MembersTab } from "./members-tab";

const MemberTokensTab = onDemand(
  async () => (await import("./member-tokens-tab")).MemberTokensTab,
  <Skeleton height={140} />,
);
const TeamsTab = onDemand(async () => (await import("./teams-tab")).TeamsTab, <Skeleton height={140} />);

/** The organization's people, and the teams that are given work together. */
export function MembersPage() {
  const { i18n } = useLingui();
  const [address, setAddress] = useSearchParams();
  const mayManage = useMay("members.write");
  const tabs = mayManage ? ["members", "teams", "tokens"] : ["members", "teams"];
  const tab = tabs.find((key) => key === address.get("tab")) ?? "members";
  return (
    <Page title={i18n._("Members & teams")}>
      <Tabs
        value={tab}
        onChange={(key) => setAddress(key && key !== "members" ? { tab: key } : {})}
        keepMounted={false}
      >
        <Tabs.List mb="md" aria-label={i18n._("Members & teams")}>
          <Tabs.Tab value="members" leftSection={<IconUsers size={16} aria-hidden />}>
            {i18n._("Members")}
          </Tabs.Tab>
          <Tabs.Tab value="teams" leftSection={<IconUsersGroup size={16} aria-hidden />}>
            {i18n._("Teams")}
          </Tabs.Tab>
          {mayManage && (
            <Tabs.Tab value="tokens" leftSection={<IconKey size={16} aria-hidden />}>
              {i18n._("API tokens")}
            </Tabs.Tab>
          )}
        </Tabs.List>
        <Tabs.Panel value="members">
          <MembersTab />
        </Tabs.Panel>
        <Tabs.Panel value="teams">
          <TeamsTab />
        </Tabs.Panel>
        <Tabs.Panel value="tokens">
          <MemberTokensTab />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
