import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "../../../shared/api/client";
import { count, percent } from "../../../shared/ui/numbers";
import { Empty, Failure, Waiting } from "../../../shared/ui/parts";

type EffectInterval = Schemas["EffectIntervalOut"];

/** Effect of pre-annotations on people: time saved and errors copied, against the fraction that was hidden. */
export function PreAnnotationsPanel({ projectId }: { projectId: number }) {
  const { i18n } = useLingui();
  const effect = useQuery({
    queryKey: ["pre-annotation-effect", projectId],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/pre-annotation-effect/", {
          params: { path: { project_id: projectId } },
        }),
      ),
  });
  if (effect.error) return <Failure error={effect.error} again={() => void effect.refetch()} />;
  if (!effect.data) return <Waiting />;
  const { shown_count, hidden_count, wrong_count } = effect.data;
  const { time_ratio, agreement_difference, copied_error_difference } = effect.data;
  if (shown_count + hidden_count === 0) {
    return (
      <Empty>
        {i18n._(
          "No proposal was answered yet. Propose labels on a model's page; a share is kept back, so that the effect can be measured.",
        )}
      </Empty>
    );
  }
  const signed = (interval: EffectInterval) => {
    const points = (value: number) =>
      new Intl.NumberFormat(i18n.locale, { signDisplay: "exceptZero", maximumFractionDigits: 1 }).format(
        100 * value,
      );
    return `${points(interval.value)} (${points(interval.low)} … ${points(interval.high)})`;
  };
  const few = i18n._("too few answers to say: ten of each are needed");
  return (
    <section className="panel">
      <h2>{i18n._("What proposals do")}</h2>
      <p className="muted">
        {i18n._("{shown} answers with the proposal shown, {control} with it kept back at random.", {
          shown: count(shown_count, i18n.locale),
          control: count(hidden_count, i18n.locale),
        })}
      </p>
      <dl className="facts">
        <div>
          <dt>{i18n._("Median time, shown against kept back")}</dt>
          <dd>
            {time_ratio
              ? `${percent(time_ratio.value, i18n.locale, 0)} (${percent(time_ratio.low, i18n.locale, 0)} – ${percent(time_ratio.high, i18n.locale, 0)})`
              : few}
          </dd>
        </div>
        <div>
          <dt>{i18n._("Answers drawn to the proposal, points")}</dt>
          <dd>{agreement_difference ? signed(agreement_difference) : few}</dd>
        </div>
        <div>
          <dt>
            {i18n._("Errors copied, points, over {wrong} proposals known to be wrong", {
              wrong: count(wrong_count, i18n.locale),
            })}
          </dt>
          <dd>{copied_error_difference ? signed(copied_error_difference) : few}</dd>
        </div>
      </dl>
    </section>
  );
}
