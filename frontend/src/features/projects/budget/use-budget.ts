import type { I18n } from "@lingui/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "../../../shared/api/client";

/** What if the target, the team or the price were another? Null: as it is. */
export interface WhatIf {
  target: number | null;
  speed: number;
  price: number | null;
  metric: string;
}

export const AS_IT_IS: WhatIf = { target: null, speed: 1, price: null, metric: "accuracy" };

/** What the metrics of a curve are called. */
export function metricNames(i18n: I18n): Record<string, string> {
  return { accuracy: i18n._("Accuracy"), macro_f1: i18n._("Macro-F1"), auroc: i18n._("AUROC") };
}

/** Everything that a study says, for a what-if; the answer before stays on the screen while the next one comes. */
export function useBudget(study: Schemas["StudyOut"] | undefined, what: WhatIf) {
  return useQuery({
    queryKey: ["budget", study?.id, study?.points.length, what],
    enabled: study !== undefined && study.points.length > 0,
    placeholderData: keepPreviousData,
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/studies/{study_id}/budget/", {
          params: {
            path: { study_id: study?.id ?? 0 },
            query: {
              metric: what.metric,
              speed: what.speed,
              ...(what.target === null ? {} : { target: what.target }),
              ...(what.price === null ? {} : { price: what.price }),
            },
          },
        }),
      ),
  });
}
