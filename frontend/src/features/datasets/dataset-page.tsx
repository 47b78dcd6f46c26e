import { useLingui } from "@lingui/react";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { api, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { count } from "../../shared/ui/numbers";
import { Empty, Failure, JobLine, Page, Progress, Waiting } from "../../shared/ui/parts";
import { ErasePanel } from "./erase-panel";
import { KeepPanel } from "./keep-panel";
import { dropped, type Picked, send, TAKEN } from "./upload";

const MOST_AT_ONCE = 1000;

/** A dataset: bring files in, see what came in and what was set aside. */
export function DatasetPage() {
  const { i18n } = useLingui();
  const datasetId = Number(useParams().datasetId);
  const navigate = useNavigate();
  const mayWrite = useMay("data.write");
  const [batchId, setBatchId] = useState<number | null>(null);
  const mayErase = useMay("data.erase");
  const [chosen, setChosen] = useState<number[] | null>(null);
  const one = useQuery({
    queryKey: ["dataset", datasetId],
    queryFn: () =>
      unwrap(api.GET("/api/v1/datasets/{dataset_id}/", { params: { path: { dataset_id: datasetId } } })),
  });
  const items = useInfiniteQuery({
    queryKey: ["items", datasetId],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/items/", {
          params: {
            path: { dataset_id: datasetId },
            query: pageParam ? { limit: 60, cursor: pageParam } : { limit: 60 },
          },
        }),
      ),
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const dataset = one.data;
  const mark = (id: number, on: boolean) =>
    setChosen((marked) => (on ? [...(marked ?? []), id] : (marked ?? []).filter((other) => other !== id)));
  const rows = items.data?.pages.flatMap((page) => page.results) ?? [];
  return (
    <Page
      title={dataset?.name ?? i18n._("Dataset")}
      lead={dataset ? i18n._("{number} items", { number: count(dataset.items, i18n.locale) }) : undefined}
    >
      {mayWrite && <DropZone datasetId={datasetId} onStarted={setBatchId} />}
      {one.error && <Failure error={one.error} again={() => void one.refetch()} />}
      {mayErase && dataset && (
        <details>
          <summary>{i18n._("Keeping and erasing")}</summary>
          <KeepPanel dataset={dataset} />
          <p className="actions">
            <button
              type="button"
              aria-pressed={chosen !== null}
              onClick={() => setChosen(chosen ? null : [])}
            >
              {i18n._("Choose items to erase")}
            </button>
            <Link to="/datasets/erased">{i18n._("Erased items")}</Link>
          </p>
        </details>
      )}
      {chosen !== null && (
        <ErasePanel
          datasetId={datasetId}
          chosen={chosen}
          onDone={() => {
            setChosen(null);
            navigate("/datasets/erased");
          }}
        />
      )}
      {batchId !== null && <BatchLine batchId={batchId} datasetId={datasetId} />}
      {items.isPending && <Waiting />}
      {items.error && <Failure error={items.error} again={() => void items.refetch()} />}
      {items.data && rows.length === 0 && <Empty>{i18n._("Nothing here yet. Drop files above.")}</Empty>}
      <ul className="thumbs">
        {rows.map((row) => (
          <li key={row.id} title={row.name}>
            {chosen !== null && (
              <input
                type="checkbox"
                className="mark"
                aria-label={row.name}
                checked={chosen.includes(row.id)}
                disabled={chosen.length >= MOST_AT_ONCE && !chosen.includes(row.id)}
                onChange={(event) => mark(row.id, event.target.checked)}
              />
            )}
            {row.asset_id === null ? (
              <span className="address">{/^(text|row):/.test(row.uri) ? row.name : row.uri}</span>
            ) : (
              <img src={`/api/v1/assets/${row.asset_id}/thumbnail/`} alt={row.name} loading="lazy" />
            )}
          </li>
        ))}
      </ul>
      {items.hasNextPage && (
        <button type="button" onClick={() => void items.fetchNextPage()} disabled={items.isFetchingNextPage}>
          {i18n._("Show more")}
        </button>
      )}
    </Page>
  );
}

function DropZone({ datasetId, onStarted }: { datasetId: number; onStarted: (batchId: number) => void }) {
  const { i18n } = useLingui();
  const [over, setOver] = useState(false);
  const [sent, setSent] = useState<{ done: number; total: number } | null>(null);
  const [failed, setFailed] = useState<{ error: unknown; batch: number; files: Picked[] } | null>(null);

  const go = async (files: Picked[], resumed?: number) => {
    if (files.length === 0) return;
    setFailed(null);
    setSent({ done: 0, total: files.length });
    let batch = resumed;
    try {
      if (batch === undefined) {
        const opened = await unwrap(
          api.POST("/api/v1/datasets/{dataset_id}/uploads/", { params: { path: { dataset_id: datasetId } } }),
        );
        batch = opened.id;
      }
      await send(batch, files, (done, total) => setSent({ done, total }));
      await unwrap(api.POST("/api/v1/uploads/{batch_id}/start/", { params: { path: { batch_id: batch } } }));
      onStarted(batch);
    } catch (error) {
      if (batch !== undefined) setFailed({ error, batch, files });
    } finally {
      setSent(null);
    }
  };
  const chosen = (input: HTMLInputElement) => {
    void go([...(input.files ?? [])].map((file) => ({ name: file.webkitRelativePath || file.name, file })));
    input.value = ""; // the same file can be chosen again once it was changed
  };
  return (
    <section
      className={over ? "drop over" : "drop"}
      aria-label={i18n._("Bring data in")}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void dropped(event.dataTransfer.items).then((files) => go(files));
      }}
    >
      <p>
        {i18n._("Drop pictures, texts (.txt), tables (.csv, .tsv), lists (.jsonl), folders or zips here.")}
      </p>
      <p className="muted">
        {i18n._(
          "A .txt file is one text. Each row of a table and each line of a list is one item: an address (uri), a text (text) or a row. All of it is UTF-8.",
        )}
      </p>
      <p className="actions">
        <label className="button">
          {i18n._("Choose files")}
          <input
            type="file"
            multiple
            accept={TAKEN}
            className="hidden"
            onChange={(event) => chosen(event.target)}
          />
        </label>
        <label className="button">
          {i18n._("Choose a folder")}
          <input
            type="file"
            className="hidden"
            {...{ webkitdirectory: "" }}
            onChange={(event) => chosen(event.target)}
          />
        </label>
      </p>
      {sent && (
        <div className="job">
          <Progress done={sent.done} total={sent.total} label={i18n._("Sending")} />
          <span>{i18n._("{done} of {total} sent", { done: sent.done, total: sent.total })}</span>
        </div>
      )}
      {failed && <Failure error={failed.error} again={() => void go(failed.files, failed.batch)} />}
    </section>
  );
}

function BatchLine({ batchId, datasetId }: { batchId: number; datasetId: number }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const batch = useQuery({
    queryKey: ["upload", batchId],
    queryFn: async () => {
      const row = await unwrap(
        api.GET("/api/v1/uploads/{batch_id}/", { params: { path: { batch_id: batchId } } }),
      );
      if (row.job?.state === "done" || row.job?.state === "failed") {
        void queries.invalidateQueries({ queryKey: ["items", datasetId] });
        void queries.invalidateQueries({ queryKey: ["datasets"] });
        void queries.invalidateQueries({ queryKey: ["dataset", datasetId] });
      }
      return row;
    },
    refetchInterval: (query) =>
      ["queued", "running"].includes(query.state.data?.job?.state ?? "queued") ? 700 : false,
  });
  const row = batch.data;
  if (!row) return null;
  return (
    <section className="panel" aria-label={i18n._("Upload")}>
      {row.job && <JobLine job={row.job} />}
      <p className="num" role="status">
        {i18n._("{added} added, {duplicates} already there, {rejected} set aside", {
          added: count(row.added, i18n.locale),
          duplicates: count(row.duplicates, i18n.locale),
          rejected: count(row.rejected, i18n.locale),
        })}
      </p>
      {row.findings.length > 0 && (
        <>
          <p className="warn">
            {i18n._("Set aside. Change these as each reason says, and bring them in again.")}{" "}
            {row.rejected > row.findings.length &&
              i18n._("The first {number} are shown.", { number: count(row.findings.length, i18n.locale) })}
          </p>
          <ul className="findings" aria-label={i18n._("Set aside")}>
            {row.findings.map((one, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the list only grows at its end, and names may be the same
              <li key={index}>
                <code>{one.name}</code> {one.message}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
