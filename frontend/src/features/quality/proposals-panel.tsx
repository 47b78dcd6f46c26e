import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { count, percent } from "../../shared/ui/numbers";
import { Empty, Failure, Waiting } from "../../shared/ui/parts";

type Found = Schemas["FoundOut"];

/** What models' proposals do to people: time saved and errors copied, against the share that was kept back. */
export function ProposalsPanel({ projectId }: { projectId: number }) {
  const { i18n } = useLingui();
  const found = useQuery({
    queryKey: ["proposals", projectId],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/proposals/", { params: { path: { project_id: projectId } } }),
      ),
  });
  if (found.error) return <Failure error={found.error} again={() => void found.refetch()} />;
  if (!found.data) return <Waiting />;
  const { shown, control, time, pull, wrong, copied } = found.data;
  if (shown + control === 0) {
    return (
      <Empty>
        {i18n._(
          "No proposal was answered yet. Propose labels on a model's page; a share is kept back, so that the effect can be measured.",
        )}
      </Empty>
    );
  }
  const signed = (one: Found) => {
    const points = (value: number) =>
      new Intl.NumberFormat(i18n.locale, { signDisplay: "exceptZero", maximumFractionDigits: 1 }).format(
        100 * value,
      );
    return `${points(one.value)} (${points(one.low)} … ${points(one.high)})`;
  };
  const few = i18n._("too few answers to say: ten of each are needed");
  return (
    <section className="panel">
      <h2>{i18n._("What proposals do")}</h2>
      <p className="muted">
        {i18n._("{shown} answers with the proposal shown, {control} with it kept back at random.", {
          shown: count(shown, i18n.locale),
          control: count(control, i18n.locale),
        })}
      </p>
      <dl className="facts">
        <div>
          <dt>{i18n._("Median time, shown against kept back")}</dt>
          <dd>
            {time
              ? `${percent(time.value, i18n.locale, 0)} (${percent(time.low, i18n.locale, 0)} – ${percent(time.high, i18n.locale, 0)})`
              : few}
          </dd>
        </div>
        <div>
          <dt>{i18n._("Answers drawn to the proposal, points")}</dt>
          <dd>{pull ? signed(pull) : few}</dd>
        </div>
        <div>
          <dt>
            {i18n._("Errors copied, points, over {wrong} proposals known to be wrong", {
              wrong: count(wrong, i18n.locale),
            })}
          </dt>
          <dd>{copied ? signed(copied) : few}</dd>
        </div>
      </dl>
    </section>
  );
}
