import { useLingui } from "@lingui/react";
import { Button, Table } from "@mantine/core";
import { IconChartBar } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { Facts } from "../../shared/ui/facts";
import { EmptyState, ErrorAlert } from "../../shared/ui/feedback";
import { useMetrics } from "../../shared/ui/metrics";
import { count, moment, percent } from "../../shared/ui/numbers";
import { JobLine } from "../../shared/ui/parts";
import { Section } from "../../shared/ui/section";
import { ConfusionMatrix } from "./parts";
import type { VersionDetail } from "./version-page";

/** Metrics on the held-out test set, by class, and the confusion matrix. */
export function EvaluationPanel({ version }: { version: VersionDetail }) {
  const { i18n } = useLingui();
  const metrics = useMetrics();
  const { evaluation } = version;
  const { button, status } = useEvaluate(version);
  if (!evaluation) {
    return (
      <>
        {status}
        <EmptyState title={i18n._("Not evaluated yet")} Icon={IconChartBar} action={button}>
          {version.is_evaluable
            ? i18n._("An evaluation runs the model on the held-out test set of the latest snapshot.")
            : i18n._(
                "Models of this format run code of their authors, so they are not run here. Send predictions for the test set by the API, or export the model to ONNX.",
              )}
        </EmptyState>
      </>
    );
  }
  const names = Object.fromEntries(evaluation.labels.map((label, at) => [label, evaluation.names[at]]));
  const isOfClasses = evaluation.confusion.length > 0;
  return (
    <>
      {status}
      <Section title={i18n._("Test accuracy (held-out)")} actions={button}>
        <Facts
          rows={[
            ...metrics
              .inOrder(evaluation.metrics)
              .map((name): [string, string] => [
                metrics.title(name),
                metrics.format(name, evaluation.metrics[name]),
              ]),
            [
              i18n._("Test set"),
              i18n._("{count, plural, one {# item} other {# items}} of snapshot v{version}", {
                count: evaluation.items,
                version: evaluation.snapshot_version,
              }),
            ],
            [
              i18n._("Predictions by"),
              evaluation.predicted_by === "worker"
                ? i18n._("a worker of this platform")
                : i18n._("the model's author, not verified"),
            ],
            [i18n._("Evaluated"), moment(evaluation.created_at, i18n.locale)],
          ]}
        />
      </Section>
      {evaluation.per_class.length > 0 && (
        <Section
          title={
            isOfClasses
              ? i18n._("Recall by class")
              : i18n._("{metric} by label", { metric: metrics.title(metrics.primaryOf(evaluation.metrics)) })
          }
        >
          <Table.ScrollContainer minWidth={420}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th scope="col">{i18n._("Class")}</Table.Th>
                  <Table.Th scope="col">{isOfClasses ? i18n._("Correct") : i18n._("Value")}</Table.Th>
                  <Table.Th scope="col">{isOfClasses ? i18n._("Test items") : i18n._("Instances")}</Table.Th>
                  <Table.Th scope="col">{i18n._("95% CI")}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {evaluation.per_class.map((row) => (
                  <Table.Tr key={row.label}>
                    <Table.Th scope="row">{names[row.label] ?? row.label}</Table.Th>
                    <Table.Td className="num">
                      {row.correct == null
                        ? percent(row.value ?? 0, i18n.locale)
                        : count(row.correct, i18n.locale)}
                    </Table.Td>
                    <Table.Td className="num">{count(row.items, i18n.locale)}</Table.Td>
                    <Table.Td className="num">
                      {percent(row.low, i18n.locale)} – {percent(row.high, i18n.locale)}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </Section>
      )}
      {isOfClasses && (
        <Section title={i18n._("Confusion matrix")}>
          <ConfusionMatrix evaluation={evaluation} />
        </Section>
      )}
    </>
  );
}

/** The button that starts an evaluation, and how far the one that was started is. */
function useEvaluate(version: VersionDetail) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const may = useMay("runs.write") && version.is_evaluable && version.state !== "deleted";
  const [jobId, setJobId] = useState(0);
  const evaluate = useMutation({
    mutationFn: () =>
      unwrap(
        api.POST("/api/v1/model-versions/{version_id}/evaluate/", {
          params: { path: { version_id: version.id } },
        }),
      ),
    onSuccess: (job) => setJobId(job.id),
  });
  const job = useQuery({
    queryKey: ["job", jobId],
    enabled: jobId > 0,
    queryFn: async () => {
      const now = await unwrap(api.GET("/api/v1/jobs/{job_id}/", { params: { path: { job_id: jobId } } }));
      if (now.state === "done") void queries.invalidateQueries({ queryKey: ["version", version.id] });
      return now;
    },
    refetchInterval: (query) =>
      ["queued", "running", undefined].includes(query.state.data?.state) ? 1000 : false,
  });
  return {
    button: may && (
      <Button variant="default" onClick={() => evaluate.mutate()} loading={evaluate.isPending}>
        {i18n._("Evaluate on latest snapshot")}
      </Button>
    ),
    status: (
      <>
        {evaluate.error && <ErrorAlert error={evaluate.error} />}
        {job.data && job.data.state !== "done" && <JobLine job={job.data} />}
      </>
    ),
  };
}
