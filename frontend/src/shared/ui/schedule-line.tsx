import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "../api/client";

/** The learning-curve schedule of a project, refetched twice a minute. */
export function useLearningCurveSchedule(projectId: number) {
  return useQuery({
    queryKey: ["learning-curve-schedule", projectId],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/learning-curve-schedule/", {
          params: { path: { project_id: projectId } },
        }),
      ),
    refetchInterval: 30_000,
  });
}

/** In the header of whoever labels: labels until the next training, and what the last ones brought. */
export function ScheduleLine({ projectId }: { projectId: number }) {
  const { i18n } = useLingui();
  const schedule = useLearningCurveSchedule(projectId).data;
  if (!schedule || (schedule.labels_until_next === null && !schedule.last_gain && !schedule.is_measuring))
    return null;
  const points = (value: number) =>
    new Intl.NumberFormat(i18n.locale, { signDisplay: "exceptZero", maximumFractionDigits: 1 }).format(
      100 * value,
    );
  return (
    <p className="own muted num">
      {schedule.is_measuring
        ? i18n._("The model is learning from your labels now")
        : schedule.labels_until_next !== null &&
          i18n._("{labels, plural, one {# label} other {# labels}} until the next training", {
            labels: schedule.labels_until_next,
          })}
      {schedule.last_gain && (
        <>
          {(schedule.is_measuring || schedule.labels_until_next !== null) && " · "}
          {i18n._(
            "{labels, plural, one {the last label} other {the last # labels}}: {value} points, 80% interval {low} to {high}",
            {
              labels: schedule.last_gain.labels,
              value: points(schedule.last_gain.value),
              low: points(schedule.last_gain.low),
              high: points(schedule.last_gain.high),
            },
          )}
        </>
      )}
    </p>
  );
}
