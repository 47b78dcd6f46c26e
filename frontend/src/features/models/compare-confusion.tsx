import { useLingui } from "@lingui/react";
import { Drawer, SegmentedControl, SimpleGrid, Skeleton, Text, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { ErrorAlert } from "../../shared/ui/feedback";
import { count, percent } from "../../shared/ui/numbers";
import { versionName } from "./compare-subjects";
import { ConfusionTable, cellTitle, Pictures } from "./parts";

type Version = Schemas["VersionDetail"];

/** A cell of a version's matrix, as the address has it. */
export interface Cell {
  versionId: number;
  row: number;
  column: number;
}

const MOST_CLASSES = 30;

/** A matrix for each version; a cell opens the items behind it. */
export function ConfusionPanel({
  versions,
  normalized,
  setNormalized,
  cell,
  open,
}: {
  versions: Version[];
  normalized: boolean;
  setNormalized: (normalized: boolean) => void;
  cell: Cell | null;
  open: (cell: Cell | null) => void;
}) {
  const { i18n } = useLingui();
  const withMatrix = versions.filter((version) => (version.evaluation?.confusion.length ?? 0) > 0);
  if (withMatrix.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {i18n._("Confusion matrices are of evaluated versions that answer with one class.")}
      </Text>
    );
  const opened = withMatrix.find((candidate) => candidate.id === cell?.versionId);
  return (
    <>
      <SegmentedControl
        size="xs"
        mb="sm"
        aria-label={i18n._("Values of the matrices")}
        value={normalized ? "share" : "count"}
        onChange={(value) => setNormalized(value === "share")}
        data={[
          { value: "share", label: i18n._("Share of the true class") },
          { value: "count", label: i18n._("Items") },
        ]}
      />
      <SimpleGrid cols={{ base: 1, lg: withMatrix.length > 1 ? 2 : 1 }}>
        {withMatrix.map((entry) => (
          <Matrix key={entry.id} version={entry} normalized={normalized} open={open} />
        ))}
      </SimpleGrid>
      <Drawer
        opened={opened !== undefined && cell !== null}
        onClose={() => open(null)}
        position="right"
        size="lg"
        title={opened && versionName(opened)}
      >
        {opened && cell && <Examples version={opened} cell={cell} />}
      </Drawer>
    </>
  );
}

function Matrix({
  version,
  normalized,
  open,
}: {
  version: Version;
  normalized: boolean;
  open: (cell: Cell) => void;
}) {
  const { i18n } = useLingui();
  const { confusion = [], names = [] } = version.evaluation ?? {};
  if (names.length > MOST_CLASSES)
    return <p className="muted">{i18n._("More than 30 classes: see the per-class table.")}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keys too
    <section className="scroll" tabIndex={0} aria-label={versionName(version)}>
      <ConfusionTable
        confusion={confusion}
        names={names}
        title={versionName(version)}
        cell={(value, { row, column, total }) => {
          const text = normalized
            ? percent(total ? value / total : 0, i18n.locale, 0)
            : count(value, i18n.locale);
          if (value === 0) return text;
          return (
            <UnstyledButton
              fz="inherit"
              c="inherit"
              aria-label={cellTitle(i18n, value, names[row] ?? "", names[column] ?? "")}
              onClick={() => open({ versionId: version.id, row, column })}
            >
              {text}
            </UnstyledButton>
          );
        }}
      />
    </section>
  );
}

function Examples({ version, cell }: { version: Version; cell: Cell }) {
  const { i18n } = useLingui();
  const names = version.evaluation?.names ?? [];
  const [truth, prediction] = [names[cell.row] ?? "", names[cell.column] ?? ""];
  const result = useQuery({
    queryKey: ["errors", version.id, truth, prediction],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/model-versions/{version_id}/errors/", {
          params: {
            path: { version_id: version.id },
            query: {
              true_label: truth,
              predicted_label: prediction,
              is_correct: truth === prediction,
              limit: 200,
            },
          },
        }),
      ),
  });
  if (result.error) return <ErrorAlert error={result.error} retry={() => void result.refetch()} />;
  if (!result.data) return <Skeleton height={200} />;
  return (
    <>
      <Text size="sm" c="dimmed" mb="sm">
        {cellTitle(i18n, result.data.results.length, truth, prediction)}
      </Text>
      <Pictures rows={result.data.results} projectId={version.project_id} />
    </>
  );
}
