import { useLingui } from "@lingui/react";
import { Badge, Button, Group, Skeleton } from "@mantine/core";
import { IconArrowRight, IconGitMerge } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { Facts } from "../../shared/ui/facts";
import { EmptyState, ErrorAlert } from "../../shared/ui/feedback";
import { count, moment, percent } from "../../shared/ui/numbers";
import { Section } from "../../shared/ui/section";

/** Back from a version to who labeled what it learned from. */
export function LineagePanel({ version }: { version: Schemas["VersionDetail"] }) {
  const { i18n } = useLingui();
  const maySee = useMay("snapshots.read");
  const result = useQuery({
    queryKey: ["lineage", version.id],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/model-versions/{version_id}/lineage/", {
          params: { path: { version_id: version.id } },
        }),
      ),
  });
  const lineage = result.data;
  if (result.error) return <ErrorAlert error={result.error} retry={() => void result.refetch()} />;
  if (!lineage) return <Skeleton height={160} role="status" aria-label={i18n._("Loading…")} />;
  if (!lineage.is_known) {
    return (
      <EmptyState title={i18n._("Training data unknown")} Icon={IconGitMerge}>
        {i18n._(
          "Log the tag plateau.snapshot_hash with the MLflow run to link this version to the snapshot and every label it learned from.",
        )}
      </EmptyState>
    );
  }
  return (
    <Section
      title={i18n._("Lineage")}
      actions={
        maySee && (
          <Button component={Link} to={`/versions/${version.id}/labels`} variant="default">
            {i18n._("Training labels")}
          </Button>
        )
      }
    >
      <Group gap="xs" mb="md">
        <Badge variant="light" tt="none" size="lg">
          {i18n._("{count, plural, one {# label} other {# labels}}", { count: lineage.labels ?? 0 })}
        </Badge>
        <IconArrowRight size={16} aria-hidden />
        <Badge
          variant="light"
          tt="none"
          size="lg"
          component={Link}
          to={`/projects/${version.project_id}/snapshots`}
          title={version.snapshot_hash}
        >
          {i18n._("snapshot v{version}", { version: version.snapshot_version ?? 0 })}
        </Badge>
        <IconArrowRight size={16} aria-hidden />
        <Badge variant="light" tt="none" size="lg">
          {version.origin === "recipe"
            ? version.recipe
            : i18n._("MLflow run by {person}", { person: version.created_by })}
        </Badge>
        <IconArrowRight size={16} aria-hidden />
        <Badge tt="none" size="lg">{`${version.name} v${version.version}`}</Badge>
      </Group>
      <Facts
        rows={[
          [
            i18n._("Annotators"),
            lineage.annotators
              ?.slice(0, 6)
              .map((row) => `${row.name || sourceName(row.source, i18n)}: ${count(row.labels, i18n.locale)}`)
              .join(" · ") ?? "–",
          ],
          [
            i18n._("Guidelines"),
            lineage.guidelines
              ?.map((row) =>
                i18n._("version {version}: {labels}", {
                  version: row.version,
                  labels: count(row.labels, i18n.locale),
                }),
              )
              .join(" · ") ?? "–",
          ],
          [
            i18n._("Annotated"),
            lineage.first_label_at && lineage.last_label_at
              ? `${moment(lineage.first_label_at, i18n.locale)} – ${moment(lineage.last_label_at, i18n.locale)}`
              : "–",
          ],
          [
            i18n._("Pre-label assisted"),
            lineage.labels ? percent((lineage.pre_annotation_shown ?? 0) / lineage.labels, i18n.locale) : "–",
          ],
          [i18n._("Snapshot hash"), <code key="hash">{version.snapshot_hash}</code>],
        ]}
      />
    </Section>
  );
}

/** What is no person, in words. */
export function sourceName(source: string, i18n: { _: (text: string) => string }): string {
  const words: Record<string, string> = {
    imported: i18n._("imported"),
    consensus: i18n._("consensus"),
    model: i18n._("model"),
    relabeled: i18n._("relabeled"),
    person: i18n._("former member"),
    reviewer: i18n._("former reviewer"),
  };
  return words[source] ?? source;
}
