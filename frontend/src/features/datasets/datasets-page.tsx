import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { Link, useNavigate } from "react-router";
import { api, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { count, moment } from "../../shared/ui/numbers";
import { Empty, Failure, Field, Page, Waiting } from "../../shared/ui/parts";

export function DatasetsPage() {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const mayWrite = useMay("data.write");
  const datasets = useQuery({ queryKey: ["datasets"], queryFn: () => unwrap(api.GET("/api/v1/datasets/")) });
  const make = useMutation({
    mutationFn: (name: string) => unwrap(api.POST("/api/v1/datasets/", { body: { name, note: "" } })),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: ["datasets"] });
      navigate(`/datasets/${made.id}`);
    },
  });
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    make.mutate(String(new FormData(event.currentTarget).get("name")));
  };
  return (
    <Page title={i18n._("Data")}>
      {datasets.isPending && <Waiting />}
      {datasets.error && <Failure error={datasets.error} again={() => void datasets.refetch()} />}
      {datasets.data?.results.length === 0 && (
        <Empty>{i18n._("No dataset yet. Name one below, then drop pictures on its page.")}</Empty>
      )}
      <ul className="cards">
        {datasets.data?.results.map((row) => (
          <li key={row.id} className="card">
            <h2>
              <Link to={`/datasets/${row.id}`}>{row.name}</Link>
            </h2>
            <p className="num">{i18n._("{number} items", { number: count(row.items, i18n.locale) })}</p>
            <p className="muted">{moment(row.created_at, i18n.locale)}</p>
          </li>
        ))}
      </ul>
      {mayWrite && (
        <form className="form inline" onSubmit={send}>
          <Field label={i18n._("New dataset")}>
            <input name="name" required maxLength={120} />
          </Field>
          <button type="submit" className="primary" disabled={make.isPending}>
            {i18n._("Make it")}
          </button>
          {make.error && <Failure error={make.error} />}
        </form>
      )}
    </Page>
  );
}
