import { useLingui } from "@lingui/react";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, unwrap } from "../../shared/api/client";
import { CurveChart } from "../../shared/ui/curve-chart";
import { ForecastSentence, SufficiencyChart } from "../../shared/ui/forecast-sentence";
import { rough } from "../../shared/ui/numbers";
import { Failure, Field, Page } from "../../shared/ui/parts";
import { parseCurve } from "./parse";

const EXAMPLE = "n,score\n50,0.62\n100,0.70\n200,0.76\n400,0.81\n800,0.85";

/** Anyone's curve, pasted: what it says of a target. */
export function CalculatorPage() {
  const { i18n } = useLingui();
  const [text, setText] = useState(EXAMPLE);
  const [target, setTarget] = useState("0.9");
  const [worst, setWorst] = useState("0");
  const [best, setBest] = useState("1");
  const [price, setPrice] = useState("");
  const { points, problems } = parseCurve(text);
  const ask = useMutation({
    mutationFn: () =>
      unwrap(
        api.POST("/api/v1/forecasts/", {
          body: {
            points,
            target: Number(target),
            worst_score: Number(worst),
            best_score: Number(best),
            ...(price === "" ? {} : { cost_per_label: Number(price) }),
          },
        }),
      ),
  });
  const share = worst === "0" && best === "1";
  const sizes = new Set(points.map((point) => point.n)).size;
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (problems.length === 0) ask.mutate();
  };
  const cost = ask.data?.cost;
  const show = (value: number | null) => (value === null ? i18n._("never") : rough(value, i18n.locale));
  return (
    <Page
      title={i18n._("Learning-curve calculator")}
      lead={i18n._(
        "Paste a learning curve measured anywhere and see how many labels a target needs. Nothing is stored.",
      )}
    >
      <section className="panel">
        <form onSubmit={send}>
          <Field
            label={i18n._("Curve")}
            hint={i18n._(
              "One run per line: n, score and, if known, seed and standard error. Nothing is stored.",
            )}
          >
            <textarea
              rows={9}
              spellCheck={false}
              value={text}
              aria-invalid={problems.length > 0}
              onChange={(event) => setText(event.target.value)}
            />
          </Field>
          {problems.length > 0 && (
            <ul className="bad" role="alert">
              {problems.slice(0, 8).map((problem) => (
                <li key={`${problem.line}-${problem.column}`}>
                  {i18n._("Line {line}, column {column}: “{text}” cannot be read.", { ...problem })}
                </li>
              ))}
            </ul>
          )}
          <div className="grid-form">
            <Field label={i18n._("Target score")}>
              <input
                required
                type="number"
                step="any"
                value={target}
                onChange={(e) => setTarget(e.target.value)}
              />
            </Field>
            <Field label={i18n._("Worst possible score")}>
              <input
                required
                type="number"
                step="any"
                value={worst}
                onChange={(e) => setWorst(e.target.value)}
              />
            </Field>
            <Field
              label={i18n._("Best possible score")}
              hint={i18n._("Below the worst score if lower is better")}
            >
              <input
                required
                type="number"
                step="any"
                value={best}
                onChange={(e) => setBest(e.target.value)}
              />
            </Field>
            <Field label={i18n._("Price per label")}>
              <input
                type="number"
                min={0}
                step="any"
                value={price}
                onChange={(e) => setPrice(e.target.value)}
              />
            </Field>
            <button
              type="submit"
              className="primary"
              disabled={ask.isPending || problems.length > 0 || sizes < 3}
            >
              {i18n._("Forecast")}
            </button>
          </div>
          {problems.length === 0 && sizes < 3 && (
            <p className="muted">{i18n._("A forecast needs at least three measured sizes.")}</p>
          )}
        </form>
        {ask.error && <Failure error={ask.error} />}
      </section>
      {ask.data && (
        <section className="panel" aria-live="polite">
          <ForecastSentence forecast={ask.data.forecast} share={share} />
          <div className="budget-columns">
            <CurveChart
              pooled={ask.data.pooled}
              forecast={ask.data.forecast}
              name="curve"
              metric={i18n._("Score")}
              share={share}
              measured={i18n._("As entered")}
            />
            <div className="budget-side">
              <SufficiencyChart forecast={ask.data.forecast} />
              {cost && (
                <p>
                  {i18n._("Cost still needed: median {p50} (80% interval {p10} to {p90})", {
                    p10: show(cost.p10),
                    p50: show(cost.p50),
                    p90: show(cost.p90),
                  })}
                </p>
              )}
            </div>
          </div>
        </section>
      )}
    </Page>
  );
}
