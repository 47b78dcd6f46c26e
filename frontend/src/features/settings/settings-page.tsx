import { useLingui } from "@lingui/react";
import { Alert, Skeleton, Tabs } from "@mantine/core";
import { IconAdjustments, IconKey, IconShieldLock, IconUser } from "@tabler/icons-react";
import { Navigate, useNavigate, useParams } from "react-router";
import { useMe } from "../../shared/api/session";
import { onDemand } from "../../shared/ui/on-demand";
import { Page } from "../../shared/ui/parts";
import { ProfileTab } from "./profile-tab";

const PreferencesTab = onDemand(
  async () => (await import("./preferences-tab")).PreferencesTab,
  <Skeleton height={240} />,
);
const SecurityTab = onDemand(
  async () => (await import("./security-tab")).SecurityTab,
  <Skeleton height={240} />,
);
const TokensTab = onDemand(async () => (await import("./tokens-tab")).TokensTab, <Skeleton height={240} />);

/** What belongs to the signed-in person, by tabs that have addresses. */
export function SettingsPage() {
  const { i18n } = useLingui();
  const me = useMe();
  const navigate = useNavigate();
  const { tab = "profile" } = useParams();
  const tabs = [
    { key: "profile", title: i18n._("Profile"), Icon: IconUser, Content: ProfileTab },
    { key: "preferences", title: i18n._("Preferences"), Icon: IconAdjustments, Content: PreferencesTab },
    { key: "security", title: i18n._("Security"), Icon: IconShieldLock, Content: SecurityTab },
    { key: "tokens", title: i18n._("API tokens"), Icon: IconKey, Content: TokensTab },
  ];
  const isRestricted = me.restriction_reason !== "";
  const shown = isRestricted ? tabs.filter(({ key }) => key === "security") : tabs;
  if (!shown.some(({ key }) => key === tab)) return <Navigate to="/settings/security" replace />;
  return (
    <Page title={i18n._("Settings")}>
      {isRestricted && (
        <Alert color="yellow" variant="light" mb="md" role="alert">
          {i18n._("Your organization requires two-factor authentication. Set it up to continue.")}
        </Alert>
      )}
      <Tabs value={tab} onChange={(key) => key && navigate(`/settings/${key}`)} keepMounted={false}>
        <Tabs.List mb="lg" aria-label={i18n._("Settings")}>
          {shown.map(({ key, title, Icon }) => (
            <Tabs.Tab key={key} value={key} leftSection={<Icon size={16} aria-hidden />}>
              {title}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {shown.map(({ key, Content }) => (
          <Tabs.Panel key={key} value={key}>
            <Content />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}
