import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "../api/client";
import { count } from "./numbers";

/** A project's live curve, looked at twice a minute. */
export function useLive(projectId: number) {
  return useQuery({
    queryKey: ["live", projectId],
    queryFn: () =>
      unwrap(api.GET("/api/v1/projects/{project_id}/live/", { params: { path: { project_id: projectId } } })),
    refetchInterval: 30_000,
  });
}

/** In the header of whoever labels: labels until the next training, and what the last ones brought. */
export function LiveLine({ projectId }: { projectId: number }) {
  const { i18n } = useLingui();
  const live = useLive(projectId).data;
  if (!live || (live.labels_until === null && !live.gain && !live.measuring)) return null;
  const points = (value: number) =>
    new Intl.NumberFormat(i18n.locale, { signDisplay: "exceptZero", maximumFractionDigits: 1 }).format(
      100 * value,
    );
  return (
    <p className="own muted num">
      {live.measuring
        ? i18n._("The model is learning from your labels now")
        : live.labels_until !== null &&
          i18n._("{labels} labels until the next training", {
            labels: count(live.labels_until, i18n.locale),
          })}
      {live.gain && (
        <>
          {(live.measuring || live.labels_until !== null) && " · "}
          {i18n._("the last {labels} labels: {value} points, 80 % interval {low} to {high}", {
            labels: count(live.gain.labels, i18n.locale),
            value: points(live.gain.value),
            low: points(live.gain.low),
            high: points(live.gain.high),
          })}
        </>
      )}
    </p>
  );
}
