import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { ApiError, api, csrfToken, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { count } from "../../shared/ui/numbers";
import { Confirm, Failure, Field } from "../../shared/ui/parts";

async function send(body: FormData): Promise<void> {
  const answer = await fetch("/api/v1/segmentation-models/", {
    method: "POST",
    body,
    headers: { "X-CSRFToken": csrfToken() },
  });
  if (answer.ok) return;
  const data = await answer.json();
  throw new ApiError(answer.status, data.code, data.detail, data.errors);
}

/** Click-to-mask models: the newest one is offered to everybody who paints masks, and runs in their browser. */
export function SegmentationModelsPanel() {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const may = useMay("models.write");
  const models = useQuery({
    queryKey: ["segmentation-models"],
    queryFn: () => unwrap(api.GET("/api/v1/segmentation-models/")),
  });
  const refresh = () => queries.invalidateQueries({ queryKey: ["segmentation-models"] });
  const add = useMutation({ mutationFn: send, onSuccess: refresh });
  const drop = useMutation({
    mutationFn: (id: number) =>
      unwrap(
        api.DELETE("/api/v1/segmentation-models/{segmentation_model_id}/", {
          params: { path: { segmentation_model_id: id } },
        }),
      ),
    onSuccess: refresh,
  });
  return (
    <section className="panel">
      <h2>{i18n._("Models that make masks out of clicks")}</h2>
      <p className="muted">
        {i18n._(
          "ONNX with the inputs image, points and labels and the output mask. The newest one is offered in the editor and runs in the annotator's browser.",
        )}
      </p>
      {models.error && <Failure error={models.error} />}
      <ul>
        {models.data?.results.map((row) => (
          <li key={row.id}>
            {row.name} <span className="muted num">{count(row.size_bytes, i18n.locale)} B</span>{" "}
            {may && (
              <Confirm
                ask={i18n._("Take it away? Masks made with it stay.")}
                yes={i18n._("Take away")}
                onYes={() => drop.mutate(row.id)}
              >
                {i18n._("Take away…")}
              </Confirm>
            )}
          </li>
        ))}
      </ul>
      {(add.error ?? drop.error) && <Failure error={add.error ?? drop.error} />}
      {may && (
        <details>
          <summary>{i18n._("Register one")}</summary>
          <form
            className="form"
            onSubmit={(event: FormEvent<HTMLFormElement>) => {
              event.preventDefault();
              add.mutate(new FormData(event.currentTarget));
            }}
          >
            <Field label={i18n._("Name")}>
              <input name="name" required maxLength={120} />
            </Field>
            <Field label={i18n._("File")}>
              <input name="file" type="file" accept=".onnx" required />
            </Field>
            <button type="submit" className="primary" disabled={add.isPending}>
              {i18n._("Register")}
            </button>
          </form>
        </details>
      )}
    </section>
  );
}
