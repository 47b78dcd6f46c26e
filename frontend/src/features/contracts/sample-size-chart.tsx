import { useLingui } from "@lingui/react";
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import type { Schemas } from "../../shared/api/client";
import { count, percent } from "../../shared/ui/numbers";

const WIDTH = 560;
const HEIGHT = 300;
const MARGIN = { top: 12, right: 24, bottom: 40, left: 50 };
const DASHES = ["", "7 4", "2 4", "10 3 2 3", "4 2", "1 3"];

/** How often a model of each true accuracy passes: few test items refuse good models, many tell them apart. */
export function SampleSizeChart({
  sampleSize,
  terms,
}: {
  sampleSize: Schemas["SampleSizeOut"];
  terms: Schemas["TermsIn"];
}) {
  const { i18n } = useLingui();
  const first = sampleSize.accuracies[0] ?? 0;
  const x = scaleLinear([first, 1], [MARGIN.left, WIDTH - MARGIN.right]);
  const y = scaleLinear([0, 1], [HEIGHT - MARGIN.bottom, MARGIN.top]);
  const chosen = sampleSize.parts[0]?.sampling_plan?.acceptance_number;
  const shown = sampleSize.sampling_plans
    .filter((plan) => [0, 2, 5, chosen].includes(plan.acceptance_number))
    .slice(0, 4);
  const path = (chances: number[]) =>
    line<number>(
      (_, index) => x(sampleSize.accuracies[index] ?? 0),
      (chance) => y(chance),
    )(chances) ?? "";
  return (
    <figure className="chart oc">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={i18n._("Chance to pass against true accuracy")}
      >
        {[0, 0.25, 0.5, 0.75, 1].map((tick) => (
          <g key={tick}>
            <line className="grid" x1={MARGIN.left} x2={WIDTH - MARGIN.right} y1={y(tick)} y2={y(tick)} />
            <text className="tick" x={MARGIN.left - 8} y={y(tick)} dy="0.32em" textAnchor="end">
              {percent(tick, i18n.locale, 0)}
            </text>
          </g>
        ))}
        {x.ticks(6).map((tick) => (
          <text key={tick} className="tick" x={x(tick)} y={HEIGHT - MARGIN.bottom + 18} textAnchor="middle">
            {percent(tick, i18n.locale, tick * 100 === Math.round(tick * 100) ? 0 : 1)}
          </text>
        ))}
        <text
          className="tick"
          x={(MARGIN.left + WIDTH - MARGIN.right) / 2}
          y={HEIGHT - 4}
          textAnchor="middle"
        >
          {i18n._("true accuracy")}
        </text>
        {[terms.target, terms.expected].map((rate) => (
          <line
            key={rate}
            className="target"
            x1={x(rate)}
            x2={x(rate)}
            y1={MARGIN.top}
            y2={HEIGHT - MARGIN.bottom}
          />
        ))}
        {shown.map((plan, index) => (
          <path
            key={plan.acceptance_number}
            className="curve measured"
            strokeDasharray={DASHES[index]}
            d={path(plan.pass_probabilities)}
          />
        ))}
      </svg>
      <figcaption className="legend">
        {shown.map((plan, index) => (
          <span key={plan.acceptance_number}>
            <svg width="30" height="8" aria-hidden="true">
              <line className="measured" x1="0" x2="30" y1="4" y2="4" strokeDasharray={DASHES[index]} />
            </svg>{" "}
            {i18n._("{items} items, at most {errors} wrong", {
              items: count(plan.sample_size, i18n.locale),
              errors: plan.acceptance_number,
            })}
          </span>
        ))}
      </figcaption>
      <div className="scroll">
        <table>
          <caption>{i18n._("Designs that keep the accept risk")}</caption>
          <thead>
            <tr>
              <th scope="col">{i18n._("Test items")}</th>
              <th scope="col">{i18n._("Mistakes allowed")}</th>
              <th scope="col">{i18n._("Passes at {rate}", { rate: percent(terms.target, i18n.locale) })}</th>
              <th scope="col">
                {i18n._("Passes at {rate}", { rate: percent(terms.expected, i18n.locale) })}
              </th>
            </tr>
          </thead>
          <tbody>
            {sampleSize.sampling_plans.map((plan) => (
              <tr key={plan.acceptance_number} className={plan.acceptance_number === chosen ? "chosen" : ""}>
                <td className="num">{count(plan.sample_size, i18n.locale)}</td>
                <td className="num">{plan.acceptance_number}</td>
                <td className="num">{percent(plan.pass_probability_at_target, i18n.locale)}</td>
                <td className="num">{percent(plan.pass_probability_at_expected, i18n.locale)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}
