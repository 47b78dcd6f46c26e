import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { pointsOf, useMetrics } from "../../shared/ui/metrics";
import { count, percent } from "../../shared/ui/numbers";
import { Failure, JobLine } from "../../shared/ui/parts";
import { bytes } from "./parts";

/** A version made ready for the browser: what each number format weighs and costs, a page to try it, a folder to take. */
export function ExportsPanel({ versionId }: { versionId: number }) {
  const { i18n } = useLingui();
  const metrics = useMetrics();
  const queries = useQueryClient();
  const may = useMay("runs.write");
  const path = { params: { path: { version_id: versionId } } };
  const found = useQuery({
    queryKey: ["exports", versionId],
    queryFn: () => unwrap(api.GET("/api/v1/model-versions/{version_id}/exports/", path)),
    refetchInterval: (query) =>
      ["queued", "running"].includes(query.state.data?.job?.state ?? "") ? 1000 : false,
  });
  const make = useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/model-versions/{version_id}/exports/", path)),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["exports", versionId] }),
  });
  const rows = found.data?.results ?? [];
  const active = ["queued", "running"].includes(found.data?.job?.state ?? "");
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{i18n._("In the browser")}</h2>
        {may && (
          <button
            type="button"
            className="small"
            disabled={active || make.isPending}
            onClick={() => make.mutate()}
          >
            {rows.length ? i18n._("Export again") : i18n._("Export for the browser")}
          </button>
        )}
      </div>
      <p className="muted">
        {i18n._("Runs where the pictures are: nothing is installed, and no picture leaves the device.")}
      </p>
      {make.error && <Failure error={make.error} />}
      {found.error && <Failure error={found.error} />}
      {found.data?.job && found.data.job.state !== "done" && <JobLine job={found.data.job} />}
      {rows.length > 0 && (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{i18n._("Format")}</th>
                <th scope="col">{i18n._("Size")}</th>
                <th scope="col">{i18n._("On the sealed split")}</th>
                <th scope="col">{i18n._("Cost in points (95 %)")}</th>
                <th scope="col">{i18n._("Largest difference of a number that comes out")}</th>
                <th scope="col">{i18n._("Run")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.variant}>
                  <th scope="row">{row.variant}</th>
                  {row.error ? (
                    <td colSpan={5} className="bad">
                      {row.error}
                    </td>
                  ) : (
                    <>
                      <td className="num">{bytes(row.size_bytes, i18n.locale)}</td>
                      <td className="num">
                        {row.value === null ? "–" : percent(row.value, i18n.locale)}{" "}
                        <span className="muted">
                          {row.metric &&
                            `${metrics.title(row.metric)}, ${i18n._("{items} items", { items: count(row.items, i18n.locale) })}`}
                        </span>
                      </td>
                      <td className="num">{row.difference ? pointsOf(row.difference, i18n.locale) : "–"}</td>
                      <td className="num">
                        {row.max_abs_difference === null ? "–" : row.max_abs_difference.toExponential(1)}
                      </td>
                      <td>
                        <a
                          href={`/runner/index.html?manifest=/api/v1/model-versions/${versionId}/exports/${row.variant}/`}
                        >
                          {i18n._("Open the page")}
                        </a>{" "}
                        ·{" "}
                        <a
                          href={`/api/v1/model-versions/${versionId}/exports/${row.variant}/folder.zip`}
                          download
                        >
                          {i18n._("Download the folder")}
                        </a>
                      </td>
                    </>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
