import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { count, moment, percent } from "../../shared/ui/numbers";
import { Failure } from "../../shared/ui/parts";
import { Fact } from "./parts";

/** Back from a version to who labeled what it learned from. */
export function LineagePanel({ version }: { version: Schemas["VersionDetail"] }) {
  const { i18n } = useLingui();
  const maySee = useMay("snapshots.read");
  const found = useQuery({
    queryKey: ["lineage", version.id],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/model-versions/{version_id}/lineage/", {
          params: { path: { version_id: version.id } },
        }),
      ),
  });
  const lineage = found.data;
  return (
    <section className="panel">
      <h2>{i18n._("What made it")}</h2>
      {found.error && <Failure error={found.error} />}
      {version.erased_items > 0 && (
        <p className="warn" role="note">
          {i18n._(
            "{number} items of its snapshot were erased since it was made. It may still know them: train anew, then delete this version.",
            { number: count(version.erased_items, i18n.locale) },
          )}
        </p>
      )}
      {lineage && !lineage.is_known && (
        <p className="muted">
          {i18n._(
            "Nobody said which snapshot it learned from. Log the tag plateau.snapshot_hash with its run, and every label is tied to it.",
          )}
        </p>
      )}
      {lineage?.is_known && (
        <>
          <p className="way">
            {i18n._("{labels} labels", { labels: count(lineage.labels ?? 0, i18n.locale) })} →{" "}
            {i18n._("snapshot {version}", { version: version.snapshot_version ?? 0 })}{" "}
            <code title={version.snapshot_hash}>{version.snapshot_hash.slice(0, 12)}</code> →{" "}
            {version.origin === "recipe"
              ? version.recipe
              : i18n._("a run of {person}", { person: version.created_by })}{" "}
            → <strong>{`${version.name} ${version.version}`}</strong>
          </p>
          <dl className="facts">
            <Fact term={i18n._("People")}>
              {lineage.annotators
                ?.slice(0, 6)
                .map(
                  (row) => `${row.name || sourceName(row.source, i18n)}: ${count(row.labels, i18n.locale)}`,
                )
                .join(" · ")}
            </Fact>
            <Fact term={i18n._("Guideline")}>
              {lineage.guidelines
                ?.map((row) =>
                  i18n._("version {version}: {labels}", {
                    version: row.version,
                    labels: count(row.labels, i18n.locale),
                  }),
                )
                .join(" · ")}
            </Fact>
            <Fact term={i18n._("Labeled")}>
              {lineage.first_label_at && lineage.last_label_at
                ? `${moment(lineage.first_label_at, i18n.locale)} – ${moment(lineage.last_label_at, i18n.locale)}`
                : "–"}
            </Fact>
            <Fact term={i18n._("Led by a proposal")}>
              {lineage.labels
                ? percent((lineage.pre_annotation_shown ?? 0) / lineage.labels, i18n.locale)
                : "–"}
            </Fact>
          </dl>
          {maySee && <Link to={`/versions/${version.id}/labels`}>{i18n._("Every label that made it")}</Link>}
        </>
      )}
    </section>
  );
}

/** What is no person, in words. */
export function sourceName(source: string, i18n: { _: (text: string) => string }): string {
  const words: Record<string, string> = {
    imported: i18n._("imported"),
    consensus: i18n._("consensus"),
    model: i18n._("a model"),
    relabeled: i18n._("relabeled"),
    person: i18n._("somebody who left"),
    reviewer: i18n._("a reviewer who left"),
  };
  return words[source] ?? source;
}
