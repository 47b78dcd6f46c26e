import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "../../../shared/api/client";

/** What if the target, the team or the price were another? Null: as it is. */
export interface WhatIf {
  target: number | null;
  teamSpeed: number;
  costPerLabel: number | null;
  metric: string;
}

/** What a curve calls the primary metric of whatever is annotated. */
export const PRIMARY_METRIC = "accuracy";

export const AS_IT_IS: WhatIf = { target: null, teamSpeed: 1, costPerLabel: null, metric: PRIMARY_METRIC };

/** The forecast of a learning curve for a what-if; the one before stays on the screen while the next one comes. */
export function useCurveForecast(curve: Schemas["LearningCurveOut"] | undefined, what: WhatIf) {
  return useQuery({
    queryKey: ["curve-forecast", curve?.id, curve?.points.length, what],
    enabled: curve !== undefined && curve.points.length > 0,
    placeholderData: keepPreviousData,
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/learning-curves/{learning_curve_id}/forecast/", {
          params: {
            path: { learning_curve_id: curve?.id ?? 0 },
            query: {
              metric: what.metric,
              team_speed: what.teamSpeed,
              ...(what.target === null ? {} : { target: what.target }),
              ...(what.costPerLabel === null ? {} : { cost_per_label: what.costPerLabel }),
            },
          },
        }),
      ),
  });
}
