import { useLingui } from "@lingui/react";
import { count, percent } from "../../shared/ui/numbers";
import { ContractState } from "./contract-state";

interface Span {
  value: number | null;
  low: number | null;
  high: number | null;
}

export interface EvaluationResult {
  verdict: string;
  parts: {
    key: string;
    title: string;
    target: number;
    correct: number;
    items: number;
    value: number | null;
    low: number;
    high: number;
    p_value: number;
    state: string;
    additional_samples_needed: number | null;
  }[];
  errors: {
    item_id: number;
    name: string;
    true_label: string;
    predicted_label: string;
    confidence: number;
  }[];
  agreement: (Span & { items: number }) | null;
  prediction_powered: (Span & { unlabeled: number }) | null;
  stratified?: (Span & { next_hundred: number[] }) | null;
}

/** The result of an evaluation, part by part. */
export function EvaluationTable({ result }: { result: EvaluationResult }) {
  const { i18n } = useLingui();
  const span = (one: Span) => ({
    value: percent(one.value ?? 0, i18n.locale),
    low: percent(one.low ?? 0, i18n.locale),
    high: percent(one.high ?? 0, i18n.locale),
  });
  const { agreement, prediction_powered: powered, stratified } = result;
  return (
    <>
      <div className="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{i18n._("Part")}</th>
              <th scope="col">{i18n._("Target")}</th>
              <th scope="col">{i18n._("Right")}</th>
              <th scope="col">{i18n._("Accuracy")}</th>
              <th scope="col">{i18n._("95 % interval")}</th>
              <th scope="col">{i18n._("p, adjusted (Holm)")}</th>
              <th scope="col">{i18n._("State")}</th>
              <th scope="col">{i18n._("Missing")}</th>
            </tr>
          </thead>
          <tbody>
            {result.parts.map((part) => (
              <tr key={part.key}>
                <th scope="row">{part.title || i18n._("All items")}</th>
                <td className="num">{percent(part.target, i18n.locale)}</td>
                <td className="num">
                  {count(part.correct, i18n.locale)} / {count(part.items, i18n.locale)}
                </td>
                <td className="num">{part.value === null ? "–" : percent(part.value, i18n.locale)}</td>
                <td className="num">
                  {percent(part.low, i18n.locale)} – {percent(part.high, i18n.locale)}
                </td>
                <td className="num">{part.p_value < 0.0001 ? "< 0.0001" : part.p_value.toFixed(4)}</td>
                <td>
                  <ContractState state={part.state} />
                </td>
                <td className="num">
                  {part.state !== "inconclusive"
                    ? "–"
                    : part.additional_samples_needed === null
                      ? i18n._("more items alone will not do")
                      : i18n._("about {items} items", {
                          items: count(part.additional_samples_needed, i18n.locale),
                        })}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {agreement && agreement.value !== null && agreement.items >= 10 && (
        <p className="muted">
          {i18n._(
            "Annotators agree on {value} of answers ({low} to {high}): a ceiling for what accuracy can mean.",
            span(agreement),
          )}
        </p>
      )}
      {powered && (
        <p className="muted">
          {i18n._(
            "With {unlabeled} sealed items that have no label yet, a prediction-powered estimate is {value} ({low} to {high}); it does not count for the verdict.",
            { ...span(powered), unlabeled: count(powered.unlabeled, i18n.locale) },
          )}
        </p>
      )}
      {stratified && (
        <p className="muted">
          {i18n._(
            "By strata of the model's confidence: {value} ({low} to {high}). A hundred more labels tell most if spread {spread} from the least sure to the surest fifth.",
            { ...span(stratified), spread: stratified.next_hundred.join(" · ") },
          )}
        </p>
      )}
    </>
  );
}

/** Errors by confidence, as images. */
export function ContractErrors({ result }: { result: EvaluationResult }) {
  const { i18n } = useLingui();
  if (result.errors.length === 0) return null;
  return (
    <details>
      <summary>{i18n._("Examples of mistakes, the surest first")}</summary>
      <ul className="mistakes">
        {result.errors.map((one) => (
          <li key={one.item_id}>
            <img
              src={`/api/v1/items/${one.item_id}/content/`}
              alt={one.name}
              loading="lazy"
              width="96"
              height="96"
            />
            <span>
              {i18n._("{truth}, answered {answered} ({sure})", {
                truth: one.true_label,
                answered: one.predicted_label,
                sure: percent(one.confidence, i18n.locale, 0),
              })}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
