import { useLingui } from "@lingui/react";
import { ActionIcon, Indicator, Tooltip } from "@mantine/core";
import { IconBell } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, unwrap } from "../../shared/api/client";
import { useMe } from "../../shared/api/session";

const REFRESH_MS = 60_000;

/** The bell: how many notifications are unread, and the way to them. */
export function InboxLink() {
  const { i18n } = useLingui();
  const me = useMe();
  const unread = useQuery({
    queryKey: ["notifications", "unread-count"],
    queryFn: () => unwrap(api.GET("/api/v1/notifications/unread-count/")),
    refetchInterval: REFRESH_MS,
    enabled: !me.restriction_reason,
  });
  const count = unread.data?.count ?? 0;
  const title = i18n._("{count, plural, =0 {Inbox} other {Inbox: # unread}}", { count });
  return (
    <Tooltip label={title}>
      <Indicator label={count > 99 ? "99+" : count} size={16} disabled={count === 0} offset={5} color="red">
        <ActionIcon component={Link} to="/inbox" variant="subtle" color="gray" aria-label={title}>
          <IconBell size={19} aria-hidden />
        </ActionIcon>
      </Indicator>
    </Tooltip>
  );
}
