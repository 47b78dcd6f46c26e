import { useLingui } from "@lingui/react";
import type { Schemas } from "../../../shared/api/client";
import { Sparkline } from "../../../shared/ui/curve-chart";
import { percent, rough } from "../../../shared/ui/numbers";

/** Classes and slices: their curves, what they need, and which one the next labels help most. */
export function PartsTable({
  parts,
  metric,
  target,
  onPick,
}: {
  parts: Schemas["PartOut"][];
  metric: string;
  target: number;
  onPick: (key: string) => void;
}) {
  const { i18n } = useLingui();
  if (parts.length === 0) return null;
  const gains = parts.filter((part) => part.key.startsWith("class:") && part.next_hundred !== null);
  const best = gains.reduce<Schemas["PartOut"] | null>(
    (one, part) => ((part.next_hundred ?? 0) > (one?.next_hundred ?? 0) ? part : one),
    null,
  );
  const need = (part: Schemas["PartOut"]) => {
    if (!part.needed) return i18n._("too few sealed items");
    const now = part.pooled[part.pooled.length - 1];
    if (now && now.score >= target) return i18n._("reached");
    const show = (value: number | null) => (value === null ? i18n._("never") : rough(value, i18n.locale));
    return `${show(part.needed.p50)} (${show(part.needed.p10)} – ${show(part.needed.p90)})`;
  };
  return (
    <details className="parts" open={parts.length <= 12}>
      <summary>{i18n._("Classes and slices")}</summary>
      {best && (
        <p className="muted">
          {i18n._("A hundred labels help most if they are of {name}.", { name: best.title })}
        </p>
      )}
      <div className="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{i18n._("Class or slice")}</th>
              <th scope="col">{i18n._("Share")}</th>
              <th scope="col">{i18n._("Right now")}</th>
              <th scope="col">{i18n._("95 % interval")}</th>
              <th scope="col">{i18n._("Curve")}</th>
              <th scope="col">{i18n._("Labels in all for the target (80 % interval)")}</th>
              <th scope="col">{i18n._("100 labels of it add")}</th>
              <th scope="col">
                <span className="visually-hidden">{i18n._("Show")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {parts.map((part) => {
              const last = part.pooled[part.pooled.length - 1];
              return (
                <tr key={part.key} className={part === best ? "chosen" : ""}>
                  <th scope="row">
                    {part.title}
                    {part === best && <span className="badge">{i18n._("label next")}</span>}
                  </th>
                  <td className="num">{percent(part.share, i18n.locale, 0)}</td>
                  <td className="num">{last && percent(last.score, i18n.locale)}</td>
                  <td className="num muted">
                    {last &&
                      `${percent(Math.max(0, last.score - 1.96 * last.se), i18n.locale, 0)} – ${percent(Math.min(1, last.score + 1.96 * last.se), i18n.locale, 0)}`}
                  </td>
                  <td>
                    <Sparkline pooled={part.pooled} />
                  </td>
                  <td className="num">{need(part)}</td>
                  <td className="num">
                    {part.next_hundred === null ? "–" : `+${percent(part.next_hundred, i18n.locale, 2)}`}
                  </td>
                  <td>
                    <button
                      type="button"
                      className="small"
                      aria-pressed={metric === part.key}
                      aria-label={i18n._("Show the curve of {name}", { name: part.title })}
                      onClick={() => onPick(metric === part.key ? "accuracy" : part.key)}
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
