import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { count } from "../../shared/ui/numbers";
import { Confirm, Failure, Field, Waiting } from "../../shared/ui/parts";

/** Where something named leads: a snapshot to its project, a model to its version. */
export function AffectedResources({ resources }: { resources: Schemas["AffectedResourceOut"][] }) {
  const { i18n } = useLingui();
  const words: Record<string, string> = {
    snapshot: i18n._("Snapshot"),
    model: i18n._("Model"),
    predictions: i18n._("Predictions"),
  };
  return (
    <ul className="plain">
      {resources.map((one) => (
        <li key={`${one.kind} ${one.id}`}>
          {words[one.kind] ?? one.kind}{" "}
          <Link to={one.kind === "model" ? `/versions/${one.id}` : `/projects/${one.project_id}`}>
            {one.title}
          </Link>{" "}
          <span className="muted num">
            {i18n._("{number} items", { number: count(one.items, i18n.locale) })}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** What erasing the chosen items would touch, and the button that does it. */
export function ErasePanel({
  datasetId,
  chosen,
  onDone,
}: {
  datasetId: number;
  chosen: number[];
  onDone: () => void;
}) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const path = { dataset_id: datasetId };
  const found = useQuery({
    queryKey: ["erasure", datasetId, ...chosen],
    enabled: chosen.length > 0,
    queryFn: () =>
      unwrap(
        api.POST("/api/v1/datasets/{dataset_id}/erasures/preview/", {
          params: { path },
          body: { item_ids: chosen },
        }),
      ),
  });
  const erase = useMutation({
    mutationFn: () =>
      unwrap(
        api.POST("/api/v1/datasets/{dataset_id}/erasures/", {
          params: { path },
          body: { item_ids: chosen, reason: reason.trim() },
        }),
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["erasures"] });
      onDone();
    },
  });
  const number = count(found.data?.items ?? chosen.length, i18n.locale);
  return (
    <section className="panel" aria-label={i18n._("Erase items")}>
      <h2>{i18n._("Erase items")}</h2>
      {chosen.length === 0 && <p>{i18n._("Mark the items that are to go.")}</p>}
      {chosen.length > 0 && found.isPending && <Waiting />}
      {found.error && <Failure error={found.error} again={() => void found.refetch()} />}
      {found.data && (
        <>
          <p role="status" className="num">
            {i18n._(
              "{number} items (the same pictures in other datasets among them): {tasks} tasks and {labels} answers go with them.",
              {
                number,
                tasks: count(found.data.counts.tasks ?? 0, i18n.locale),
                labels: count(found.data.counts.labels ?? 0, i18n.locale),
              },
            )}
          </p>
          {found.data.resources.length > 0 && (
            <>
              <p>
                {i18n._(
                  "These lose them. A model keeps what it learned and is flagged: train it anew on its snapshot if it must forget.",
                )}
              </p>
              <AffectedResources resources={found.data.resources} />
            </>
          )}
          <div className="form">
            <Field label={i18n._("Why")} hint={i18n._("Kept in the audit log.")}>
              <input value={reason} maxLength={300} onChange={(event) => setReason(event.target.value)} />
            </Field>
            {reason.trim() === "" ? (
              <p className="muted">{i18n._("Say why, then they can be erased.")}</p>
            ) : (
              <p className="actions">
                <Confirm
                  ask={i18n._("{number} items go for good, everywhere. This cannot be undone.", { number })}
                  yes={i18n._("Erase for good")}
                  onYes={() => erase.mutate()}
                >
                  {i18n._("Erase…")}
                </Confirm>
              </p>
            )}
          </div>
          {erase.error && <Failure error={erase.error} />}
        </>
      )}
    </section>
  );
}
