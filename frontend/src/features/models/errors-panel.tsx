import { useLingui } from "@lingui/react";
import { Button, Text } from "@mantine/core";
import { IconChartBar, IconCheck } from "@tabler/icons-react";
import { Link } from "react-router";
import { api, unwrap } from "../../shared/api/client";
import { EmptyState, ErrorAlert } from "../../shared/ui/feedback";
import { useListState } from "../../shared/ui/list/list-state";
import { ListToolbar } from "../../shared/ui/list/list-toolbar";
import { useList } from "../../shared/ui/list/use-list";
import { Pictures } from "./parts";
import type { VersionDetail } from "./version-page";

/** Test items that the model got wrong, or right, the most confident first; by true and by predicted class. */
export function ErrorsPanel({ version }: { version: VersionDetail }) {
  const { i18n } = useLingui();
  const { evaluation } = version;
  const state = useListState(["is_correct", "true_label", "predicted_label"]);
  const list = useList(
    ["model-version-errors", version.id, evaluation?.id, state.query],
    (cursor) =>
      unwrap(
        api.GET("/api/v1/model-versions/{version_id}/errors/", {
          params: { path: { version_id: version.id }, query: { ...state.query, ...cursor } as object },
        }),
      ),
    { enabled: evaluation !== null },
  );
  if (!evaluation) {
    return (
      <EmptyState
        title={i18n._("Not evaluated yet")}
        Icon={IconChartBar}
        action={
          <Button component={Link} to="?tab=evaluation" variant="default">
            {i18n._("Open evaluation")}
          </Button>
        }
      >
        {i18n._("Errors are listed once the version was evaluated on a test set.")}
      </EmptyState>
    );
  }
  if (list.error) return <ErrorAlert error={list.error} retry={list.reload} />;
  const isCorrect = state.filters.is_correct === "true";
  const classes = evaluation.confusion.length > 0 ? evaluation.names : [];
  return (
    <>
      <ListToolbar
        state={state}
        filters={
          classes.length > 0
            ? [
                {
                  name: "is_correct",
                  label: i18n._("Result"),
                  options: [["true", i18n._("Correct")]],
                  none: i18n._("Errors"),
                },
                {
                  name: "true_label",
                  label: i18n._("Ground truth"),
                  options: classes.map((name): [string, string] => [name, name]),
                },
                {
                  name: "predicted_label",
                  label: i18n._("Prediction"),
                  options: classes.map((name): [string, string] => [name, name]),
                },
              ]
            : []
        }
      />
      {isCorrect && (
        <Text size="sm" c="dimmed">
          {i18n._("Test items that the model predicted correctly.")}
        </Text>
      )}
      {!list.isPending && list.rows.length === 0 && (
        <EmptyState
          title={state.isFiltered ? i18n._("No prediction matches.") : i18n._("No errors on the test set")}
          Icon={IconCheck}
        />
      )}
      {list.rows.length > 0 && (
        <>
          <Text size="sm" c="dimmed" mb="sm">
            {i18n._("Most confident first. Each opens in the editor.")}
          </Text>
          <Pictures rows={list.rows} projectId={version.project_id} />
        </>
      )}
      {list.hasMore && (
        <Button variant="default" mt="sm" onClick={list.loadMore} loading={list.isFetching}>
          {i18n._("Show more")}
        </Button>
      )}
    </>
  );
}
