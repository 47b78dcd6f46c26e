import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { pointsOf, useMetrics } from "../../shared/ui/metrics";
import { count, percent } from "../../shared/ui/numbers";
import { Failure, Page, Waiting } from "../../shared/ui/parts";
import { CurvesPanel } from "./curves-panel";
import { ConfusionMatrix, Pictures } from "./parts";

type Comparison = Schemas["VersionComparisonOut"];

/** Two versions on the same sealed items: which is better, by how much, and how sure that is. */
export function ComparePage() {
  const { i18n } = useLingui();
  const [search, setSearch] = useSearchParams();
  const [a, b] = [Number(search.get("a")), Number(search.get("b"))];
  const found = useQuery({
    queryKey: ["compare", a, b],
    queryFn: () => unwrap(api.GET("/api/v1/model-versions/compare/", { params: { query: { a, b } } })),
  });
  return (
    <Page
      title={i18n._("Compare")}
      lead={i18n._("Both versions answered the same sealed items, so they are compared in pairs.")}
      actions={
        <button type="button" onClick={() => setSearch({ a: String(b), b: String(a) })}>
          {i18n._("Swap A and B")}
        </button>
      }
    >
      {found.isPending && <Waiting />}
      {found.error && (
        <>
          <Failure error={found.error} again={() => void found.refetch()} />
          <p>
            <Link to={`/versions/${a}`}>A</Link> · <Link to={`/versions/${b}`}>B</Link>
          </p>
        </>
      )}
      {found.data && <Compared found={found.data} />}
    </Page>
  );
}

function title(version: Schemas["VersionOut"]): string {
  return `${version.name} ${version.version}`;
}

function Compared({ found }: { found: Comparison }) {
  const { i18n } = useLingui();
  const metrics = useMetrics();
  const { a, b, counts } = found;
  const first = found.metrics[0];
  const gain = first?.difference ?? { value: 0, low: 0, high: 0 };
  const said = {
    better: i18n._("B is better by {points} points ({metric}).", {
      points: pointsOf(gain, i18n.locale),
      metric: metrics.title(first?.metric ?? ""),
    }),
    worse: i18n._("B is worse: {points} points ({metric}).", {
      points: pointsOf(gain, i18n.locale),
      metric: metrics.title(first?.metric ?? ""),
    }),
    open: i18n._("These items do not show which is better: {points} points ({metric}).", {
      points: pointsOf(gain, i18n.locale),
      metric: metrics.title(first?.metric ?? ""),
    }),
  }[gain.low > 0 ? "better" : gain.high < 0 ? "worse" : "open"];
  const rows = found.metrics.map((one): [string, string, string, string] => [
    metrics.title(one.metric),
    metrics.format(one.metric, one.a),
    metrics.format(one.metric, one.b),
    metrics.formatDifference(one.metric, one.difference),
  ]);
  return (
    <>
      <div className="verdict" role="status">
        <p>
          <strong>{said}</strong>
        </p>
        <p className="muted">
          {counts
            ? i18n._(
                "95 % intervals over {items} items of snapshot {snapshot}; McNemar's mid-p {p}. Both right {both}, only A {only_a}, only B {only_b}, neither {neither}.",
                {
                  items: count(found.items, i18n.locale),
                  snapshot: found.evaluation_a.snapshot_version,
                  p: counts.p_value < 0.001 ? "< 0.001" : counts.p_value.toFixed(3),
                  both: count(counts.both_correct, i18n.locale),
                  only_a: count(counts.only_a_correct, i18n.locale),
                  only_b: count(counts.only_b_correct, i18n.locale),
                  neither: count(counts.neither_correct, i18n.locale),
                },
              )
            : i18n._(
                "95 % intervals over {items} items of snapshot {snapshot}, drawn again in the same way for both.",
                {
                  items: count(found.items, i18n.locale),
                  snapshot: found.evaluation_a.snapshot_version,
                },
              )}
        </p>
        {(found.evaluation_a.predicted_by === "author" || found.evaluation_b.predicted_by === "author") && (
          <p className="warn">
            ▲ {i18n._("The answers of one were sent by its author and not measured here.")}
          </p>
        )}
      </div>
      <section className="panel">
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <td />
                <th scope="col">
                  A: <Link to={`/versions/${a.id}`}>{title(a)}</Link>
                </th>
                <th scope="col">
                  B: <Link to={`/versions/${b.id}`}>{title(b)}</Link>
                </th>
                <th scope="col">{i18n._("B − A")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(([name, ...cells]) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  {cells.map((cell, at) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: three fixed columns
                    <td key={at} className="num">
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
              <Plain name={i18n._("Learned from")} a={madeFrom(a)} b={madeFrom(b)} />
              <Plain
                name={i18n._("Recipe")}
                a={a.recipe || a.flavors.join(", ")}
                b={b.recipe || b.flavors.join(", ")}
              />
              <Plain name={i18n._("Code")} a={a.code_version.slice(0, 12)} b={b.code_version.slice(0, 12)} />
            </tbody>
          </table>
        </div>
      </section>
      <section className="panel" hidden={found.per_class.length === 0}>
        <h2>{i18n._("By class")}</h2>
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{i18n._("Class")}</th>
                <th scope="col">{counts ? i18n._("Sealed items") : i18n._("There are")}</th>
                <th scope="col">{counts ? i18n._("A right") : "A"}</th>
                <th scope="col">{counts ? i18n._("B right") : "B"}</th>
                <th scope="col">{i18n._("B − A, points")}</th>
                <th scope="col">{i18n._("Interval")}</th>
              </tr>
            </thead>
            <tbody>
              {found.per_class.map((row) => (
                <tr key={row.label}>
                  <th scope="row">{row.name}</th>
                  <td className="num">{count(row.items, i18n.locale)}</td>
                  <td className="num">{row.a === null ? "–" : percent(row.a, i18n.locale)}</td>
                  <td className="num">{row.b === null ? "–" : percent(row.b, i18n.locale)}</td>
                  <td className="num">{pointsOf(row.difference, i18n.locale)}</td>
                  <td>
                    <Whisker found={row.difference} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
      {found.disagreements.length > 0 && (
        <section className="panel">
          <h2>{i18n._("Where they differ")}</h2>
          <Pictures
            rows={found.disagreements.map((row) => ({
              ...row,
              predicted_label: `A: ${row.predicted_label_a} · B: ${row.predicted_label_b}`,
            }))}
            projectId={a.project_id}
          />
        </section>
      )}
      <CurvesPanel a={a} b={b} />
      <section className="panel" hidden={counts === null}>
        <h2>{i18n._("Confusion")}</h2>
        <ConfusionMatrix evaluation={found.evaluation_a} title={`A: ${title(a)}`} />
        <ConfusionMatrix evaluation={found.evaluation_b} title={`B: ${title(b)}`} />
      </section>
    </>
  );

  function madeFrom(version: Schemas["VersionOut"]): string {
    return version.snapshot_version
      ? i18n._("snapshot {version}, {labels} labels", {
          version: version.snapshot_version,
          labels: count(version.train_items ?? 0, i18n.locale),
        })
      : i18n._("not said");
  }
}

function Plain({ name, a, b }: { name: string; a: string; b: string }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{a || "–"}</td>
      <td>{b || "–"}</td>
      <td />
    </tr>
  );
}

/** An interval from −50 to 50 points with its middle; the table beside it has the numbers. */
function Whisker({ found }: { found: Schemas["DifferenceOut"] }) {
  const at = (value: number) => 60 + Math.max(-0.5, Math.min(0.5, value)) * 116;
  return (
    <svg viewBox="0 0 120 16" width="120" height="16" aria-hidden="true" className="whisker">
      <line x1="60" x2="60" y1="0" y2="16" className="zero" />
      <line x1={at(found.low)} x2={at(found.high)} y1="8" y2="8" className="bar" />
      <circle cx={at(found.value)} cy="8" r="3.5" className="dot" />
    </svg>
  );
}
