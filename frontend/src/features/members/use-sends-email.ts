import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "../../shared/api/client";

/** Whether invitations and password resets go by e-mail; else somebody hands out a link. */
export function useSendsEmail(): boolean {
  const settings = useQuery({
    queryKey: ["notification-settings"],
    queryFn: () => unwrap(api.GET("/api/v1/notifications/settings/")),
  });
  return settings.data?.is_email_set_up ?? false;
}
