import { useLingui } from "@lingui/react";
import { Tabs } from "@mantine/core";
import { IconEye, IconHistory } from "@tabler/icons-react";
import { useNavigate } from "react-router";

/** What was done, and which data were shown to whom. */
export function AuditTabs({ shown }: { shown: "activity" | "accesses" }) {
  const { i18n } = useLingui();
  const navigate = useNavigate();
  return (
    <Tabs
      value={shown}
      onChange={(key) => navigate(key === "accesses" ? "/audit-log/accesses" : "/audit-log")}
      mb="md"
    >
      <Tabs.List aria-label={i18n._("Audit log")}>
        <Tabs.Tab value="activity" leftSection={<IconHistory size={16} aria-hidden />}>
          {i18n._("Activity")}
        </Tabs.Tab>
        <Tabs.Tab value="accesses" leftSection={<IconEye size={16} aria-hidden />}>
          {i18n._("Access log")}
        </Tabs.Tab>
      </Tabs.List>
    </Tabs>
  );
}
