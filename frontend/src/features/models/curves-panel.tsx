import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { scaleLinear, scaleLog } from "d3-scale";
import { line } from "d3-shape";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { count, percent } from "../../shared/ui/numbers";

type Pooled = Schemas["PooledPointOut"];
const WIDTH = 640;
const HEIGHT = 220;
const Z95 = 1.96;

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
  const [one, two] = [curve(a.recipe), curve(b.recipe)];
  if (!wanted || one.length === 0 || two.length === 0) return null;
  const all = [...one, ...two];
  const x = scaleLog([Math.min(...all.map((p) => p.n)), Math.max(...all.map((p) => p.n))], [40, WIDTH - 10]);
  const y = scaleLinear(
    [Math.min(...all.map((p) => p.score - Z95 * p.se)), Math.max(...all.map((p) => p.score + Z95 * p.se))],
    [HEIGHT - 24, 8],
  );
  const path = (row: Pooled[]) =>
    line<Pooled>(
      (p) => x(p.n),
      (p) => y(p.score),
    )(row) ?? "";
  const sizes = [...new Set(all.map((p) => p.n))].sort((left, right) => left - right);
  const cell = (row: Pooled[], n: number) => {
    const found = row.find((p) => p.n === n);
    return found ? `${percent(found.score, i18n.locale)} ± ${percent(Z95 * found.se, i18n.locale)}` : "–";
  };
  return (
    <section className="panel">
      <h2>{i18n._("Learning curves")}</h2>
      <figure className="seen curves">
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          role="img"
          aria-label={i18n._("Learning curves of both recipes")}
        >
          {y.ticks(4).map((value) => (
            <text key={value} x={34} y={y(value) + 4} textAnchor="end">
              {percent(value, i18n.locale, 0)}
            </text>
          ))}
          {[sizes[0], sizes[sizes.length - 1]].map((n) => (
            <text key={n} x={x(n ?? 1)} y={HEIGHT - 6} textAnchor={n === sizes[0] ? "start" : "end"}>
              {count(n ?? 0, i18n.locale)}
            </text>
          ))}
          {([one, two] as const).map((row, at) => (
            <g key={at === 0 ? "a" : "b"} className={at === 0 ? "curve-a" : "curve-b"}>
              {row.map((p) => (
                <line
                  key={p.n}
                  x1={x(p.n)}
                  x2={x(p.n)}
                  y1={y(p.score - Z95 * p.se)}
                  y2={y(p.score + Z95 * p.se)}
                />
              ))}
              <path d={path(row)} />
              <text
                x={x(row[row.length - 1]?.n ?? 1) - 4}
                y={y(row[row.length - 1]?.score ?? 0) - 8}
                textAnchor="end"
              >
                {at === 0 ? "A" : "B"}
              </text>
            </g>
          ))}
        </svg>
        <figcaption className="muted">
          {i18n._("Accuracy against labels; A: {a}, B: {b} (dashed); bars: 95 % intervals", {
            a: a.recipe,
            b: b.recipe,
          })}
        </figcaption>
        <details>
          <summary>{i18n._("As a table")}</summary>
          <table>
            <thead>
              <tr>
                <th scope="col">{i18n._("Labels")}</th>
                <th scope="col">A: {a.recipe}</th>
                <th scope="col">B: {b.recipe}</th>
              </tr>
            </thead>
            <tbody>
              {sizes.map((n) => (
                <tr key={n}>
                  <th scope="row">{count(n, i18n.locale)}</th>
                  <td className="num">{cell(one, n)}</td>
                  <td className="num">{cell(two, n)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      </figure>
    </section>
  );
}
