import { useLingui } from "@lingui/react";
import type { Schemas } from "../../../shared/api/client";
import { Sparkline } from "../../../shared/ui/chart/sparkline";
import { measuredPoints } from "../../../shared/ui/curve-chart";
import { percent, rough } from "../../../shared/ui/numbers";
import { PRIMARY_METRIC } from "./use-curve-forecast";

/** Classes and slices: their curves, what they need, and which one the next labels help most. */
export function SubgroupsTable({
  subgroups,
  metric,
  target,
  onPick,
}: {
  subgroups: Schemas["SubgroupOut"][];
  metric: string;
  target: number;
  onPick: (key: string) => void;
}) {
  const { i18n } = useLingui();
  if (subgroups.length === 0) return null;
  const gains = subgroups.filter(
    (subgroup) => subgroup.key.startsWith("class:") && subgroup.next_100_labels_gain !== null,
  );
  const best = gains.reduce<Schemas["SubgroupOut"] | null>(
    (largest, subgroup) =>
      (subgroup.next_100_labels_gain ?? 0) > (largest?.next_100_labels_gain ?? 0) ? subgroup : largest,
    null,
  );
  const need = (subgroup: Schemas["SubgroupOut"]) => {
    if (!subgroup.labels_needed) return i18n._("Too few test items");
    const now = subgroup.pooled[subgroup.pooled.length - 1];
    if (now && now.score >= target) return i18n._("reached");
    const show = (value: number | null) => (value === null ? i18n._("never") : rough(value, i18n.locale));
    return `${show(subgroup.labels_needed.p50)} (${show(subgroup.labels_needed.p10)} – ${show(subgroup.labels_needed.p90)})`;
  };
  return (
    <details className="parts" open={subgroups.length <= 12}>
      <summary>{i18n._("Classes and slices")}</summary>
      {best && (
        <p className="muted">
          {i18n._("The next 100 labels help most in class {name}.", { name: best.title })}
        </p>
      )}
      <div className="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{i18n._("Class or slice")}</th>
              <th scope="col">{i18n._("Share")}</th>
              <th scope="col">{i18n._("Recall now")}</th>
              <th scope="col">{i18n._("95% interval")}</th>
              <th scope="col">{i18n._("Curve")}</th>
              <th scope="col">{i18n._("Total labels needed (80% interval)")}</th>
              <th scope="col">{i18n._("Gain of 100 more labels")}</th>
              <th scope="col">
                <span className="visually-hidden">{i18n._("Show")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {subgroups.map((subgroup) => {
              const last = subgroup.pooled[subgroup.pooled.length - 1];
              return (
                <tr key={subgroup.key} className={subgroup === best ? "chosen" : ""}>
                  <th scope="row">
                    {subgroup.title}
                    {subgroup === best && <span className="badge">{i18n._("Label next")}</span>}
                  </th>
                  <td className="num">{percent(subgroup.fraction, i18n.locale, 0)}</td>
                  <td className="num">{last && percent(last.score, i18n.locale)}</td>
                  <td className="num muted">
                    {last &&
                      `${percent(Math.max(0, last.score - 1.96 * last.se), i18n.locale, 0)} – ${percent(Math.min(1, last.score + 1.96 * last.se), i18n.locale, 0)}`}
                  </td>
                  <td>
                    <Sparkline points={measuredPoints(subgroup.pooled)} />
                  </td>
                  <td className="num">{need(subgroup)}</td>
                  <td className="num">
                    {subgroup.next_100_labels_gain === null
                      ? "–"
                      : `+${percent(subgroup.next_100_labels_gain, i18n.locale, 2)}`}
                  </td>
                  <td>
                    <button
                      type="button"
                      className="small"
                      aria-pressed={metric === subgroup.key}
                      aria-label={i18n._("Show the curve of {name}", { name: subgroup.title })}
                      onClick={() => onPick(metric === subgroup.key ? PRIMARY_METRIC : subgroup.key)}
                    >
                      {i18n._("Show")}
                    </button>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </details>
  );
}
