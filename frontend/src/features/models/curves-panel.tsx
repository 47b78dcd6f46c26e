import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { Chart } from "../../shared/ui/chart/chart";
import { measuredPoints, shareAxis } from "../../shared/ui/curve-chart";
import { count } from "../../shared/ui/numbers";

/** The learning curves of two versions' recipes over each other: which one gains more from more labels. */
export function CurvesPanel({ a, b }: { a: Schemas["VersionOut"]; b: Schemas["VersionOut"] }) {
  const { i18n } = useLingui();
  const wanted = a.recipe !== "" && b.recipe !== "" && a.recipe !== b.recipe;
  const studies = useQuery({
    queryKey: ["learning-curves", a.project_id],
    enabled: wanted,
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/learning-curves/", {
          params: { path: { project_id: a.project_id } },
        }),
      ),
  });
  const curve = (recipe: string) =>
    studies.data?.results.find((row) => row.recipe === recipe && row.pooled.length > 1)?.pooled ?? [];
  const [first, second] = [curve(a.recipe), curve(b.recipe)];
  if (!wanted || first.length === 0 || second.length === 0) return null;
  return (
    <section className="panel">
      <h2>{i18n._("Learning curves")}</h2>
      <Chart
        title={i18n._("Accuracy by number of labels")}
        fileName="learning-curves"
        x={{ label: i18n._("Labels"), scale: "log", format: (value) => count(value, i18n.locale) }}
        y={shareAxis(i18n._("Accuracy"), i18n.locale)}
        series={[
          { key: "a", recipe: a.recipe, pooled: first },
          { key: "b", recipe: b.recipe, pooled: second },
        ].map(({ key, recipe, pooled }) => ({
          key,
          name: `${key.toUpperCase()}: ${recipe}`,
          mark: "line",
          interval: i18n._("95% interval"),
          points: measuredPoints(pooled),
        }))}
      />
    </section>
  );
}
