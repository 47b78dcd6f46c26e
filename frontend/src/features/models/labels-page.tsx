import { useLingui } from "@lingui/react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { api, unwrap } from "../../shared/api/client";
import { moment } from "../../shared/ui/numbers";
import { Failure, Page, Waiting } from "../../shared/ui/parts";
import { sourceName } from "./lineage-panel";
import { Aliases } from "./parts";

/** Every label version that made a model; and from each, every model that learned it. */
export function LabelsPage() {
  const { i18n } = useLingui();
  const id = Number(useParams().versionId);
  const [open, setOpen] = useState(0);
  const path = { version_id: id };
  const version = useQuery({
    queryKey: ["version", id],
    queryFn: () => unwrap(api.GET("/api/v1/model-versions/{version_id}/", { params: { path } })),
  });
  const labels = useInfiniteQuery({
    queryKey: ["labels-of", id],
    queryFn: ({ pageParam }) =>
      unwrap(
        api.GET("/api/v1/model-versions/{version_id}/labels/", {
          params: { path, query: pageParam ? { cursor: pageParam } : {} },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const rows = labels.data?.pages.flatMap((page) => page.results) ?? [];
  const title = version.data ? `${version.data.name} ${version.data.version}` : "";
  return (
    <Page
      title={i18n._("Labels that made {model}", { model: title })}
      lead={<Link to={`/versions/${id}`}>{i18n._("Back to the version")}</Link>}
    >
      {labels.isPending && <Waiting />}
      {labels.error && <Failure error={labels.error} again={() => void labels.refetch()} />}
      {rows.length > 0 && (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{i18n._("Item")}</th>
                <th scope="col">{i18n._("Label")}</th>
                <th scope="col">{i18n._("By")}</th>
                <th scope="col">{i18n._("When")}</th>
                <th scope="col">{i18n._("Guideline")}</th>
                <th scope="col">{i18n._("Proposal seen")}</th>
                <th scope="col">{i18n._("Who learned it")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.entry_id}>
                  <th scope="row">
                    <Link to={`/label/${version.data?.project_id}?task=${row.task_id}`}>{row.item}</Link>
                  </th>
                  <td>
                    {shortly(row.value)}{" "}
                    {row.is_superseded && (
                      <span className="warn" title={i18n._("The item has another answer by now.")}>
                        ▲ {i18n._("changed since")}
                      </span>
                    )}
                  </td>
                  <td>{row.annotator || sourceName(row.source, i18n)}</td>
                  <td>{moment(row.annotated_at, i18n.locale)}</td>
                  <td className="num">{row.guideline_version}</td>
                  <td>{row.pre_annotation_shown ? i18n._("yes") : i18n._("no")}</td>
                  <td>
                    {open === row.annotation_id ? (
                      <Eaters annotationId={row.annotation_id} />
                    ) : (
                      <button type="button" className="small" onClick={() => setOpen(row.annotation_id)}>
                        {i18n._("Show")}
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {labels.hasNextPage && (
        <button type="button" onClick={() => void labels.fetchNextPage()} disabled={labels.isFetching}>
          {i18n._("Show more")}
        </button>
      )}
    </Page>
  );
}

function Eaters({ annotationId }: { annotationId: number }) {
  const { i18n } = useLingui();
  const found = useQuery({
    queryKey: ["eaters", annotationId],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/annotations/{annotation_id}/models/", {
          params: { path: { annotation_id: annotationId } },
        }),
      ),
  });
  if (found.error) return <Failure error={found.error} />;
  return (
    <ul className="plain">
      {found.data?.results.map((row) => (
        <li key={row.id}>
          <Link to={`/versions/${row.id}`}>{`${row.name} ${row.version}`}</Link>{" "}
          <Aliases names={row.aliases} />{" "}
          {row.deployments.length > 0 && (
            <strong>{i18n._("runs as {names}", { names: row.deployments.join(", ") })}</strong>
          )}
        </li>
      ))}
    </ul>
  );
}

function shortly(value: unknown): string {
  const label = (value as { label?: unknown } | null)?.label;
  const text = typeof label === "string" ? label : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
