import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { Navigate, useParams } from "react-router";
import { api, unwrap } from "../../shared/api/client";
import { ErrorAlert } from "../../shared/ui/feedback";
import { Page } from "../../shared/ui/parts";

/** An import by its number: leads to it in its dataset. */
export function UploadRedirectPage() {
  const { i18n } = useLingui();
  const id = Number(useParams().uploadId);
  const result = useQuery({
    queryKey: ["upload", id],
    queryFn: () => unwrap(api.GET("/api/v1/uploads/{batch_id}/", { params: { path: { batch_id: id } } })),
  });
  if (result.data)
    return <Navigate replace to={`/datasets/${result.data.dataset_id}/imports?upload=${id}`} />;
  return (
    <Page title={i18n._("Import")} crumbs={[["/datasets", i18n._("Datasets")]]}>
      {result.error && <ErrorAlert error={result.error} retry={() => void result.refetch()} />}
    </Page>
  );
}
