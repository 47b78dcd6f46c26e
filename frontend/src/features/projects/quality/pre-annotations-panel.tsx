import { useLingui } from "@lingui/react";
import { Button, Skeleton, Text, Title } from "@mantine/core";
import { IconWand } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, type Schemas, unwrap } from "../../../shared/api/client";
import { EmptyState, ErrorAlert } from "../../../shared/ui/feedback";
import { percent } from "../../../shared/ui/numbers";
import { Stat, Stats } from "../../../shared/ui/stat";

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
  if (effect.error) return <ErrorAlert error={effect.error} retry={() => void effect.refetch()} />;
  if (!effect.data)
    return (
      <div role="status" aria-label={i18n._("Loading…")}>
        <Skeleton height={84} />
      </div>
    );
  const { shown_count, hidden_count, wrong_count } = effect.data;
  const { time_ratio, agreement_difference, copied_error_difference } = effect.data;
  if (shown_count + hidden_count === 0) {
    return (
      <EmptyState
        Icon={IconWand}
        title={i18n._("No pre-labels were annotated yet.")}
        action={
          <Button component={Link} to="/models">
            {i18n._("Open models")}
          </Button>
        }
      >
        {i18n._(
          "Pre-label open tasks from a model's page. A hold-out share without pre-labels measures the effect.",
        )}
      </EmptyState>
    );
  }
  const points = (value: number) =>
    new Intl.NumberFormat(i18n.locale, { signDisplay: "exceptZero", maximumFractionDigits: 1 }).format(
      100 * value,
    );
  const interval = (low: string, high: string) => i18n._("95% interval: {low} to {high}", { low, high });
  const difference = (match: EffectInterval | null) =>
    match
      ? { value: points(match.value), note: interval(points(match.low), points(match.high)) }
      : { value: "–", note: i18n._("Needs 10 annotations of each kind") };
  const share = (value: number) => percent(value, i18n.locale, 0);
  return (
    <>
      <Title order={2}>{i18n._("Impact of pre-labels")}</Title>
      <Text size="sm" c="dimmed">
        {i18n._(
          "{shown, plural, one {# annotation} other {# annotations}} with the pre-label shown, {control, plural, one {# annotation} other {# annotations}} with it hidden at random.",
          { shown: shown_count, control: hidden_count },
        )}
      </Text>
      <Stats>
        <Stat
          label={i18n._("Median time, shown / hidden")}
          value={time_ratio ? share(time_ratio.value) : "–"}
          note={
            time_ratio
              ? interval(share(time_ratio.low), share(time_ratio.high))
              : i18n._("Needs 10 annotations of each kind")
          }
        />
        <Stat label={i18n._("Anchoring effect (pp)")} {...difference(agreement_difference)} />
        <Stat label={i18n._("Wrong pre-labels accepted (pp)")} {...difference(copied_error_difference)} />
        <Stat
          label={i18n._("Known wrong pre-labels")}
          value={new Intl.NumberFormat(i18n.locale).format(wrong_count)}
        />
      </Stats>
    </>
  );
}
