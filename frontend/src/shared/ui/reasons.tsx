import { useLingui } from "@lingui/react";
import type { Schemas } from "../api/client";
import { percent } from "./numbers";

/** Why a target may not be reached; each reason names its evidence. */
export function Reasons({ rows, short = false }: { rows: Schemas["DiagnosisOut"][]; short?: boolean }) {
  const { i18n } = useLingui();
  if (rows.length === 0) return null;
  const words: Record<string, string> = {
    label_noise: i18n._("label noise"),
    saturated: i18n._("plateau"),
    imbalance: i18n._("rare class"),
    weak_class: i18n._("weak class"),
    non_monotone: i18n._("uneven curve"),
  };
  const share = (value: unknown) => percent(Number(value), i18n.locale, 0);
  const text = ({ code, evidence }: Schemas["DiagnosisOut"]) => {
    const e = evidence as Record<string, unknown>;
    switch (code) {
      case "label_noise":
        return i18n._(
          "Label noise is a ceiling: annotators agree on {agreement} of answers, below the target of {target}. Sharpen the guidelines first.",
          { agreement: share(e.agreement), target: share(e.target) },
        );
      case "saturated":
        return i18n._(
          "The curve levels off: the target is never reached with a chance of {never}. Another recipe may help; more labels hardly.",
          { never: share(e.probability_never) },
        );
      case "imbalance":
        return i18n._(
          "The class {name} is rare ({share} of labels) and weak ({score} right): label more of it.",
          { name: String(e.class), share: share(e.fraction), score: share(e.score) },
        );
      case "weak_class":
        return i18n._("{name} is the bottleneck (recall {score}).", {
          name: String(e.class),
          score: share(e.score),
        });
      default:
        return i18n._("The curve is uneven: {chance} chance that it gets worse somewhere.", {
          chance: share(e.probability),
        });
    }
  };
  if (short) return <>{rows.map((row) => words[row.code] ?? row.code).join(", ")}</>;
  return (
    <ul className="reasons">
      {rows.map((row) => (
        <li key={row.code}>{text(row)}</li>
      ))}
    </ul>
  );
}
